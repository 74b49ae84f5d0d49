// SPDX-License-Identifier: Apache-2.0
// Generators of random model values for property tests. Included by tests only.
#ifndef RDS_CSI_MODEL_ARBITRARY_H_
#define RDS_CSI_MODEL_ARBITRARY_H_

#include <rapidcheck.h>

#include <string>
#include <string_view>

#include "model/ledger.h"

namespace rds_csi::arbitrary {

// [A-Za-z0-9][A-Za-z0-9._-]* of 1 to `limit` characters.
inline rc::Gen<std::string> Name(int limit) {
  static constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  static constexpr int kAlphanumerics = 62;
  return rc::gen::mapcat(rc::gen::inRange(0, limit), [](int rest) {
    const auto character = [](int count) {
      return rc::gen::map(rc::gen::inRange(0, count),
                          [](int i) { return kCharacters[static_cast<size_t>(i)]; });
    };
    return rc::gen::apply(
        [](char first, const std::string& others) { return first + others; },
        character(kAlphanumerics),
        rc::gen::container<std::string>(static_cast<size_t>(rest),
                                        character(static_cast<int>(kCharacters.size()))));
  });
}

inline rc::Gen<VolumeId> AnyVolumeId() {
  return rc::gen::map(Name(128), [](const std::string& id) { return *VolumeId::Parse(id); });
}

inline rc::Gen<NodeId> AnyNodeId() {
  return rc::gen::map(Name(192), [](const std::string& id) { return *NodeId::Parse(id); });
}

inline rc::Gen<std::string> AnyIncarnation() {
  return rc::gen::container<std::string>(kIncarnationDigits,
                                         rc::gen::elementOf(std::string("0123456789abcdef")));
}

// An attachment of a generation from 1 to `newest`.
inline rc::Gen<Attachment> AnyAttachment(int64_t newest) {
  return rc::gen::apply(
      [](NodeId node, int64_t generation, bool shared, int64_t since) {
        return Attachment{.node = std::move(node),
                          .generation = generation,
                          .shared = shared,
                          .since_unix_seconds = since};
      },
      AnyNodeId(), rc::gen::inRange<int64_t>(1, newest + 1), rc::gen::arbitrary<bool>(),
      rc::gen::nonNegative<int64_t>());
}

// A ledger that keeps the rules of ledger.h.
inline Ledger AnyLedger() {
  const int64_t newest = *rc::gen::inRange<int64_t>(1, kLastGeneration + 1);
  Ledger ledger{.cluster_id = *Name(64),
                .volume = *AnyVolumeId(),
                .incarnation = *AnyIncarnation(),
                .origin = *rc::gen::element(Origin::kBlank, Origin::kCopy),
                .generation = newest,
                .attachments = {}};
  const int count = *rc::gen::inRange(0, 3);
  for (int i = 0; i < count; ++i) {
    Attachment attachment = *AnyAttachment(newest);
    if (!ledger.Find(attachment.node)) ledger.attachments.push_back(std::move(attachment));
  }
  return ledger;
}

}  // namespace rds_csi::arbitrary

#endif  // RDS_CSI_MODEL_ARBITRARY_H_
