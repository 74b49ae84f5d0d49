// SPDX-License-Identifier: Apache-2.0
#include "model/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr std::string_view kMark = "rds-csi:";
constexpr std::string_view kVersion = "1";
constexpr size_t kMostAttachments = 2;
constexpr std::string_view kKeys[] = {"c", "v", "i", "o", "g", "e"};  // and n

absl::Status Refuse(std::string_view comment, std::string_view reason) {
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("the ledger {} {}", Quoted(comment, 1024), reason));
}

// What the functions below say; ParseLedger puts the whole comment in front and picks the code.
absl::Status Wrong(std::string_view reason) {
  return Error(absl::StatusCode::kFailedPrecondition, reason);
}

// "c=…,v=…" taken apart, not yet looked into.
struct Pieces {
  std::map<std::string_view, std::string_view> single;
  std::vector<std::string_view> attachments;
};

absl::Status AddPiece(std::string_view piece, Pieces& pieces) {
  const size_t equals = piece.find('=');
  if (equals == std::string_view::npos) return Wrong(fmt::format("{} has no '='", Quoted(piece)));
  const std::string_view key = piece.substr(0, equals);
  const std::string_view value = piece.substr(equals + 1);
  if (key == "n") {
    pieces.attachments.push_back(value);
    return absl::OkStatus();
  }
  if (std::ranges::find(kKeys, key) == std::ranges::end(kKeys)) {
    return Wrong(fmt::format("{} is not a key", Quoted(key)));
  }
  if (!pieces.single.emplace(key, value).second) {
    return Wrong(fmt::format("the key {} is there twice", Quoted(key)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Pieces> TakeApart(std::string_view body) {
  Pieces pieces;
  for (const std::string_view piece : Split(body, ',')) {
    RETURN_IF_ERROR(AddPiece(piece, pieces));
  }
  for (const std::string_view key : kKeys) {
    if (!pieces.single.contains(key)) {
      return Wrong(fmt::format("the key {} is missing", Quoted(key)));
    }
  }
  const size_t count = pieces.attachments.size();
  if (count > kMostAttachments) {
    return Wrong(fmt::format("it has {} attachments, more than {}", count, kMostAttachments));
  }
  if (pieces.single["e"] != fmt::to_string(count)) {
    return Wrong(
        fmt::format("it has {} attachments but should have {}", count, Quoted(pieces.single["e"])));
  }
  return pieces;
}

absl::StatusOr<int64_t> ParseCount(std::string_view text, std::string_view what, int64_t least,
                                   int64_t most = std::numeric_limits<int64_t>::max()) {
  const std::optional<int64_t> number = ParseInt64(text);
  if (!number || *number < least || *number > most) {
    return Wrong(fmt::format("{} is not a {}", Quoted(text), what));
  }
  return *number;
}

absl::StatusOr<Origin> ParseOrigin(std::string_view text) {
  if (text == "blank") return Origin::kBlank;
  if (text == "copy") return Origin::kCopy;
  return Wrong(fmt::format("{} is not an origin", Quoted(text)));
}

absl::StatusOr<std::string> ParseIncarnation(std::string_view text) {
  if (IsHex(text, kIncarnationDigits)) return std::string(text);
  return Wrong(fmt::format("{} is not an incarnation", Quoted(text)));
}

absl::StatusOr<bool> ParseShared(std::string_view text) {
  if (text == "m") return true;
  if (text == "s") return false;
  return Wrong(fmt::format("{} is neither \"s\" nor \"m\"", Quoted(text)));
}

absl::StatusOr<Attachment> ParseAttachment(std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, '/');
  if (parts.size() != 4) return Wrong(fmt::format("{} is not an attachment", Quoted(text)));
  ASSIGN_OR_RETURN(NodeId node, NodeId::Parse(parts[0]));
  ASSIGN_OR_RETURN(const int64_t generation,
                   ParseCount(parts[1], "generation", 1, kLastGeneration));
  ASSIGN_OR_RETURN(const bool shared, ParseShared(parts[2]));
  ASSIGN_OR_RETURN(const int64_t since, ParseCount(parts[3], "time", 0));
  return Attachment{.node = std::move(node),
                    .generation = generation,
                    .shared = shared,
                    .since_unix_seconds = since};
}

absl::Status AddAttachment(std::string_view text, Ledger& ledger) {
  ASSIGN_OR_RETURN(Attachment attachment, ParseAttachment(text));
  if (attachment.generation > ledger.generation) {
    return Wrong(fmt::format("{} is of a generation beyond {}", Quoted(text), ledger.generation));
  }
  if (ledger.Find(attachment.node)) {
    return Wrong(fmt::format("node {} is there twice", Quoted(attachment.node.str())));
  }
  ledger.attachments.push_back(std::move(attachment));
  return absl::OkStatus();
}

absl::StatusOr<Ledger> ParseBody(std::string_view body) {
  ASSIGN_OR_RETURN(Pieces pieces, TakeApart(body));
  ASSIGN_OR_RETURN(std::string cluster, ParseClusterId(pieces.single["c"]));
  ASSIGN_OR_RETURN(VolumeId volume, VolumeId::Parse(pieces.single["v"]));
  ASSIGN_OR_RETURN(std::string incarnation, ParseIncarnation(pieces.single["i"]));
  ASSIGN_OR_RETURN(const Origin origin, ParseOrigin(pieces.single["o"]));
  ASSIGN_OR_RETURN(const int64_t generation,
                   ParseCount(pieces.single["g"], "generation", 0, kLastGeneration));
  Ledger ledger{.cluster_id = std::move(cluster),
                .volume = std::move(volume),
                .incarnation = std::move(incarnation),
                .origin = origin,
                .generation = generation,
                .attachments = {}};
  for (const std::string_view text : pieces.attachments) {
    RETURN_IF_ERROR(AddAttachment(text, ledger));
  }
  return ledger;
}

}  // namespace

std::optional<Attachment> Ledger::Find(const NodeId& node) const {
  const auto found = std::find_if(attachments.begin(), attachments.end(),
                                  [&](const Attachment& a) { return a.node == node; });
  if (found == attachments.end()) return std::nullopt;
  return *found;
}

HostIdentity IdentityOf(const Ledger& ledger, const Attachment& attachment) {
  return AttachmentIdentity(ledger.cluster_id, attachment.node, ledger.volume, ledger.incarnation,
                            attachment.generation);
}

std::string FormatLedger(const Ledger& ledger) {
  std::string text = fmt::format(
      "{}{},c={},v={},i={},o={},g={}", kMark, kVersion, ledger.cluster_id, ledger.volume.str(),
      ledger.incarnation, ledger.origin == Origin::kBlank ? "blank" : "copy", ledger.generation);
  for (const Attachment& a : ledger.attachments) {
    text += fmt::format(",n={}/{}/{}/{}", a.node.str(), a.generation, a.shared ? 'm' : 's',
                        a.since_unix_seconds);
  }
  return text + fmt::format(",e={}", ledger.attachments.size());
}

bool IsLedger(std::string_view comment) { return comment.starts_with(kMark); }

absl::StatusOr<Ledger> ParseLedger(std::string_view comment) {
  if (!IsLedger(comment)) return Refuse(comment, "does not begin with \"rds-csi:\"");
  const std::string_view text = comment.substr(kMark.size());
  const std::string_view version = text.substr(0, text.find(','));
  if (version != kVersion) {
    return Refuse(comment, fmt::format("is of version {}; this driver reads version {} only",
                                       Quoted(version), kVersion));
  }
  if (version.size() == text.size()) return Refuse(comment, "is damaged: it has no keys");
  absl::StatusOr<Ledger> ledger = ParseBody(text.substr(version.size() + 1));
  if (!ledger.ok()) {
    return Refuse(comment, fmt::format("is damaged: {}", Message(ledger.status())));
  }
  // One ledger has one text. Anything else (another order, leading zeros) was not written by us.
  if (FormatLedger(*ledger) != comment) {
    return Refuse(
        comment, fmt::format("is damaged: it should read {}", Quoted(FormatLedger(*ledger), 1024)));
  }
  return ledger;
}

}  // namespace rds_csi
