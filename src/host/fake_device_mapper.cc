// SPDX-License-Identifier: Apache-2.0
// The part of FakeHost that imitates device mapper: dmsetup(8) with the target `error`, and what
// sysfs then shows.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/text.h"
#include "host/fake_host.h"

namespace rds_csi {
namespace {

constexpr int64_t kSectorBytes = 512;

// The bytes of a table of one line, "0 2048 error"; none for any other.
std::optional<int64_t> TableBytes(std::string_view table) {
  const std::vector<std::string_view> words = Words(table);
  if (words.size() != 3 || words[0] != "0" || words[2] != "error") return std::nullopt;
  const std::optional<int64_t> sectors = ParseInt64(words[1]);
  if (!sectors || *sectors <= 0) return std::nullopt;
  return *sectors * kSectorBytes;
}

std::string OptionAfter(const std::vector<std::string>& argv, std::string_view option) {
  const auto found = std::find(argv.begin(), argv.end(), option);
  return found == argv.end() || std::next(found) == argv.end() ? "" : *std::next(found);
}

}  // namespace

absl::StatusOr<ExecResult> FakeHost::RunDmsetup(const std::vector<std::string>& argv,
                                                std::string_view table, absl::Time deadline) {
  if (argv.size() < 3) return ExecResult{1, "", "dmsetup: wrong usage"};
  const int error = Effect(Join(argv, " "), [&] { return Dmsetup(argv[1], argv[2], argv, table); });
  if (error == 0) return ExecResult{};
  if (error == ETIMEDOUT) return KilledAt(deadline, Join(argv, " "));
  return ExecResult{1, "",
                    fmt::format("device-mapper: {} ioctl on {} failed: {}\nCommand failed.\n",
                                argv[1], argv[2], std::generic_category().message(error))};
}

int FakeHost::Dmsetup(const std::string& verb, const std::string& name,
                      const std::vector<std::string>& argv, std::string_view table) {
  const bool needs_table = verb == "create" || verb == "load" || verb == "reload";
  const int64_t bytes = needs_table ? TableBytes(table).value_or(0) : 0;
  if (needs_table && bytes == 0) return EINVAL;
  if (verb == "create") return CreateMapped(name, OptionAfter(argv, "--uuid"), bytes);
  const auto found = mapped_.find(name);
  if (found == mapped_.end()) return ENXIO;
  if (verb == "remove") return RemoveMapped(name);
  const std::string folder = fmt::format("/sys/block/dm-{}", found->second);
  if (needs_table) {
    mapped_tables_[name] = bytes;
  } else if (verb == "suspend") {
    Put(folder + "/dm/suspended", "1\n");
  } else if (verb == "resume") {
    if (const auto loaded = mapped_tables_.find(name); loaded != mapped_tables_.end()) {
      Put(folder + "/size", fmt::format("{}\n", loaded->second / kSectorBytes));
      mapped_tables_.erase(loaded);
    }
    Put(folder + "/dm/suspended", "0\n");
  } else {
    return EINVAL;
  }
  return 0;
}

int FakeHost::CreateMapped(const std::string& name, const std::string& uuid, int64_t bytes) {
  if (mapped_.contains(name)) return EBUSY;
  int number = 0;
  while (files_.contains(fmt::format("/sys/block/dm-{}/dev", number))) ++number;
  const std::string folder = fmt::format("/sys/block/dm-{}", number);
  Put(folder + "/dev", fmt::format("254:{}\n", number));
  Put(folder + "/size", fmt::format("{}\n", bytes / kSectorBytes));
  Put(folder + "/dm/name", name + "\n");
  Put(folder + "/dm/uuid", uuid + "\n");
  Put(folder + "/dm/suspended", "0\n");
  files_[fmt::format("/dev/dm-{}", number)] = {
      {FileType::kBlockDevice, 0660, {254, static_cast<uint32_t>(number)}}, ""};
  mapped_[name] = number;
  return 0;
}

int FakeHost::RemoveMapped(const std::string& name) {
  const std::string node = fmt::format("/dev/dm-{}", mapped_.at(name));
  for (const auto& [nvmet_namespace, bytes] : nvmet_sizes_) {
    if (NvmetValue(nvmet_namespace + "/device_path") == node) return EBUSY;
  }
  RemoveTree(fmt::format("/sys/block/dm-{}", mapped_.at(name)));
  files_.erase(node);
  mapped_tables_.erase(name);
  mapped_.erase(name);
  return 0;
}

std::vector<std::string> FakeHost::MappedDevices() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, number] : mapped_) names.push_back(name);
  return names;
}

}  // namespace rds_csi
