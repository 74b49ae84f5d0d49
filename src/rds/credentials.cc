// SPDX-License-Identifier: Apache-2.0
#include "rds/credentials.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "base/text_file.h"
#include "rds/server_pin.h"

namespace rds_csi {
namespace {

constexpr size_t kLargestFile = size_t{64} << 10;

// Empty when there is no such file.
absl::StatusOr<std::string> ReadIfThere(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return "";
  auto text = ReadTextFile(path, kLargestFile);
  if (!text.ok()) return Annotate(text.status(), "credentials");
  return text;
}

absl::Status Missing(const std::string& directory, const std::vector<std::string>& files) {
  if (files.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("credentials: {} lacks {}", directory, Join(files, " and ")));
}

}  // namespace

absl::StatusOr<Credentials> ReadCredentials(const std::string& directory) {
  Credentials read;
  ASSIGN_OR_RETURN(const std::string username, ReadIfThere(directory + "/username"));
  ASSIGN_OR_RETURN(const std::string password, ReadIfThere(directory + "/password"));
  ASSIGN_OR_RETURN(const std::string host_key, ReadIfThere(directory + "/host-key"));
  ASSIGN_OR_RETURN(read.private_key, ReadIfThere(directory + "/private-key"));
  ASSIGN_OR_RETURN(read.ca, ReadIfThere(directory + "/ca.crt"));
  ASSIGN_OR_RETURN(read.server, ReadIfThere(directory + "/server.crt"));
  read.username = Trim(username);
  read.password = Trim(password);
  read.host_key = Trim(host_key);
  if (read.username.empty()) return Missing(directory, {"username"});
  return read;
}

absl::Status CheckForRest(const Credentials& credentials, const std::string& directory) {
  std::vector<std::string> missing;
  if (credentials.password.empty()) missing.push_back("password");
  if (credentials.ca.empty() && credentials.server.empty()) {
    missing.push_back("ca.crt (or server.crt)");
  }
  if (!credentials.server.empty()) {
    RETURN_IF_ERROR(Annotate(ServerPin(credentials.server).status(), directory));
  }
  return Missing(directory, missing);
}

absl::Status CheckForSsh(const Credentials& credentials, const std::string& directory,
                         bool pinned) {
  std::vector<std::string> missing;
  if (credentials.password.empty() && credentials.private_key.empty()) {
    missing.push_back("private-key (or password)");
  }
  if (pinned && credentials.host_key.empty()) missing.push_back("host-key");
  return Missing(directory, missing);
}

}  // namespace rds_csi
