// SPDX-License-Identifier: Apache-2.0
// ParseLedger: a ledger has exactly one text, and whatever is read keeps the rules of ledger.h.
#include "fuzz/fuzz.h"
#include "model/ledger.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view comment = Text(data, size);
  const absl::StatusOr<Ledger> ledger = ParseLedger(comment);
  if (!ledger.ok()) {
    Require(absl::IsFailedPrecondition(ledger.status()), "refusals are FAILED_PRECONDITION");
    Require(ledger.status().message().size() < 16384, "refusals are short");
    return 0;
  }
  Require(IsLedger(comment), "what is read is a ledger");
  Require(FormatLedger(*ledger) == comment, "a ledger has one text");
  Require(comment.size() <= 696, "a ledger has at most 696 characters");
  Require(ledger->attachments.size() <= 2, "at most two attachments");
  for (const Attachment& attachment : ledger->attachments) {
    Require(attachment.generation >= 1 && attachment.generation <= ledger->generation,
            "generations are from 1 to that of the ledger");
    const HostIdentity host = IdentityOf(*ledger, attachment);
    Require(ParseHostIdentity(host.nqn, host.id).ok(), "it has a host identity");
    Require(ledger->Find(attachment.node) == attachment, "every node has one attachment");
  }
  return 0;
}
