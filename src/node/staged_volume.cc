// SPDX-License-Identifier: Apache-2.0
#include "node/staged_volume.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "model/access.h"
#include "model/paths.h"

namespace rds_csi {
namespace {

using Json = nlohmann::json;

constexpr int64_t kVersion = 1;
constexpr int64_t kDay = int64_t{24} * 60 * 60;
constexpr int64_t kLongAgo = 0;
constexpr int64_t kFarAhead = int64_t{1} << 53;  // JSON numbers beyond are not exact everywhere

constexpr std::array<std::string_view, 6> kPhases = {"staging",    "formatting", "staged",
                                                     "unmounting", "unstaging",  "evicting"};
constexpr std::array<std::string_view, 7> kLifelines = {
    "off", "wanted", "making", "anchor", "delayed_removal", "recovery", "given_up"};

// Takes values out of a JSON object and remembers the first thing that is wrong. What it answers
// after that is of no use, and nobody uses it.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  std::string Text(const char* key) {
    const auto found = json_.find(key);
    if (found != json_.end() && found->is_string()) return found->get<std::string>();
    Refuse(key, "no text");
    return "";
  }
  int64_t Number(const char* key, int64_t least, int64_t most) {
    const auto found = json_.find(key);
    if (found != json_.end() && found->is_number_integer()) {
      const auto number = found->get<int64_t>();
      if (number >= least && number <= most) return number;
    }
    Refuse(key, fmt::format("no whole number from {} to {}", least, most));
    return least;
  }
  int32_t Seconds(const char* key, int64_t least) {
    return static_cast<int32_t>(Number(key, least, kDay));
  }
  bool Truth(const char* key) {
    const auto found = json_.find(key);
    if (found != json_.end() && found->is_boolean()) return found->get<bool>();
    Refuse(key, "neither true nor false");
    return false;
  }
  std::vector<std::string> Texts(const char* key) {
    std::vector<std::string> texts;
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_array()) Refuse(key, "no list");
    if (!problem_.empty()) return texts;
    for (const Json& text : *found) {
      if (!text.is_string()) Refuse(key, "no list of texts");
      texts.push_back(text.is_string() ? text.get<std::string>() : "");
    }
    return texts;
  }
  // The place of the text among `names`, as the enumeration has it.
  template <typename Enum, size_t kCount>
  Enum OneOf(const char* key, const std::array<std::string_view, kCount>& names) {
    const std::string text = Text(key);
    for (size_t i = 0; i < kCount; ++i) {
      if (names[i] == text) return static_cast<Enum>(i);
    }
    Refuse(key, fmt::format("{} is unknown", Quoted(text)));
    return Enum();
  }
  template <typename Parse>
  auto Parsed(const char* key, Parse parse) {
    auto parsed = parse(Text(key));
    if (!parsed.ok()) Refuse(key, Message(parsed.status()));
    return parsed;
  }
  void Refuse(std::string_view key, std::string_view reason) {
    if (problem_.empty()) problem_ = fmt::format("{}: {}", key, reason);
  }
  const std::string& problem() const { return problem_; }

 private:
  const Json& json_;
  std::string problem_;
};

absl::Status Damaged(std::string_view reason) {
  return absl::FailedPreconditionError(fmt::format("damaged: {}", reason));
}

void ReadConnection(Reader& reader, StagedVolume& volume) {
  const auto address = reader.Parsed("address", ParseHost);
  if (address.ok()) volume.address.host = *address;
  volume.address.port = static_cast<uint16_t>(reader.Number("port", 1, 65535));
  const absl::StatusOr<HostIdentity> host =
      ParseHostIdentity(reader.Text("host_nqn"), reader.Text("host_id"));
  if (host.ok()) volume.host = *host;
  if (!host.ok()) reader.Refuse("host", Message(host.status()));
  volume.generation = reader.Number("generation", 0, kFarAhead);
  volume.timeouts = {.ctrl_loss_seconds = reader.Seconds("ctrl_loss_seconds", -1),
                     .reconnect_delay_seconds = reader.Seconds("reconnect_delay_seconds", 1),
                     .keep_alive_seconds = reader.Seconds("keep_alive_seconds", 0),
                     .anchor_seconds = reader.Seconds("anchor_seconds", 0)};
}

void ReadPlace(Reader& reader, StagedVolume& volume) {
  const auto path = reader.Parsed(
      "staging_path", [](std::string_view text) { return ParseAbsolutePath(text, "path"); });
  if (path.ok()) volume.staging_path = *path;
  volume.block = reader.Truth("block");
  volume.fs_type = reader.Text("fs_type");
  volume.mount_options = reader.Texts("mount_options");
  if (volume.block != volume.fs_type.empty() || (volume.block && !volume.mount_options.empty())) {
    reader.Refuse("block", "contradicts fs_type or mount_options");
  }
  if (!volume.block && !FindFsType(volume.fs_type)) reader.Refuse("fs_type", "unknown");
  for (const std::string& option : volume.mount_options) {
    const absl::Status status = CheckMountFlag(option);
    if (!status.ok()) reader.Refuse("mount_options", Message(status));
  }
}

void ReadState(Reader& reader, StagedVolume& volume) {
  volume.phase = reader.OneOf<StagePhase>("phase", kPhases);
  volume.boot_id = reader.Text("boot");
  volume.claim = {.name_space = reader.Text("claim_namespace"), .name = reader.Text("claim_name")};
  const auto device = reader.Parsed("device", ParseDeviceNumber);
  if (device.ok()) volume.device = *device;
  volume.size_bytes = reader.Number("size_bytes", 0, kFarAhead);
  volume.lifeline = reader.OneOf<Lifeline>("lifeline", kLifelines);
  volume.lost_unix_seconds = reader.Number("lost", kLongAgo, kFarAhead);
}

}  // namespace

std::string FormatStagedVolume(const StagedVolume& volume) {
  const Json json = {{"version", kVersion},
                     {"volume_id", volume.id.str()},
                     {"phase", kPhases.at(static_cast<size_t>(volume.phase))},
                     {"boot", volume.boot_id},
                     {"staging_path", volume.staging_path},
                     {"block", volume.block},
                     {"fs_type", volume.fs_type},
                     {"mount_options", volume.mount_options},
                     {"address", volume.address.host},
                     {"port", volume.address.port},
                     {"host_nqn", volume.host.nqn},
                     {"host_id", volume.host.id},
                     {"generation", volume.generation},
                     {"ctrl_loss_seconds", volume.timeouts.ctrl_loss_seconds},
                     {"reconnect_delay_seconds", volume.timeouts.reconnect_delay_seconds},
                     {"keep_alive_seconds", volume.timeouts.keep_alive_seconds},
                     {"anchor_seconds", volume.timeouts.anchor_seconds.value_or(0)},
                     {"claim_namespace", volume.claim.name_space},
                     {"claim_name", volume.claim.name},
                     {"device", ToString(volume.device)},
                     {"size_bytes", volume.size_bytes},
                     {"lifeline", kLifelines.at(static_cast<size_t>(volume.lifeline))},
                     {"lost", volume.lost_unix_seconds}};
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<StagedVolume> ParseStagedVolume(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Damaged("it is no JSON object");
  Reader reader(json);
  if (reader.Number("version", 0, kFarAhead) != kVersion) {
    return Damaged(fmt::format("it is not of version {}, the only one that is known", kVersion));
  }
  const absl::StatusOr<VolumeId> id = VolumeId::Parse(reader.Text("volume_id"));
  if (!id.ok()) return Damaged(Message(id.status()));
  StagedVolume volume = {.id = *id};
  ReadPlace(reader, volume);
  ReadConnection(reader, volume);
  ReadState(reader, volume);
  if (!reader.problem().empty()) return Damaged(reader.problem());
  // One volume has one text. Anything else was not written by us, or not to its end.
  if (FormatStagedVolume(volume) != text) return Damaged("it is not as this driver writes it");
  return volume;
}

FabricsTarget TargetOf(const StagedVolume& volume) {
  return {.address = volume.address,
          .nqn = volume.id.Nqn(),
          .host = volume.host,
          .timeouts = volume.timeouts};
}

absl::Duration PatienceOf(const StagedVolume& volume) {
  return absl::Seconds(volume.timeouts.anchor_seconds.value_or(0));
}

Survival SurvivalOf(Lifeline lifeline) {
  if (lifeline == Lifeline::kAnchor) return Survival::kAnchor;
  return lifeline == Lifeline::kDelayedRemoval ? Survival::kDelayedRemoval : Survival::kRecovery;
}

}  // namespace rds_csi
