// SPDX-License-Identifier: Apache-2.0
#include "kube/cluster_config.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "base/text_file.h"

namespace rds_csi {
namespace {

constexpr size_t kLargestFile = size_t{1} << 20;
constexpr uint16_t kHttps = 443;

absl::Status Unusable(std::string_view where, std::string_view why) {
  return Error(absl::StatusCode::kFailedPrecondition, fmt::format("{} {}", where, why));
}

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string_view WithoutBrackets(std::string_view host) {
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return host;
  return host.substr(1, host.size() - 2);
}

absl::StatusOr<HostPort> ServerOf(const PodEnvironment& environment) {
  const auto host = ParseHost(WithoutBrackets(environment.host));
  if (!host.ok()) return Unusable("KUBERNETES_SERVICE_HOST:", Message(host.status()));
  const auto port = environment.port.empty() ? kHttps : ParsePort(environment.port);
  if (!port.ok()) return Unusable("KUBERNETES_SERVICE_PORT:", Message(port.status()));
  return HostPort{*host, *port};
}

}  // namespace

std::string ServerUrl(const ClusterConfig& config) {
  return fmt::format("https://{}{}", ToString(config.server), config.path_prefix);
}

std::optional<PodEnvironment> PodEnvironment::OfThisProcess() {
  PodEnvironment environment;
  environment.host = Variable("KUBERNETES_SERVICE_HOST");
  environment.port = Variable("KUBERNETES_SERVICE_PORT");
  if (environment.host.empty() && environment.port.empty()) return std::nullopt;
  return environment;
}

absl::StatusOr<ClusterConfig> ReadInClusterConfig(const PodEnvironment& environment) {
  ClusterConfig config;
  config.ca_file = environment.folder + "/ca.crt";
  config.token_file = environment.folder + "/token";
  ASSIGN_OR_RETURN(config.server, ServerOf(environment));
  ASSIGN_OR_RETURN(const std::string ca, ReadConfigFile(config.ca_file));
  RETURN_IF_ERROR(CheckPem(ca, "CERTIFICATE", config.ca_file));
  RETURN_IF_ERROR(ReadConfigFile(config.token_file).status());
  ASSIGN_OR_RETURN(const std::string name_space, ReadConfigFile(environment.folder + "/namespace"));
  config.name_space = Trim(name_space);
  return config;
}

absl::StatusOr<std::string> ReadConfigFile(const std::string& path) {
  return ReadTextFile(path, kLargestFile);
}

absl::Status CheckPem(std::string_view pem, std::string_view kind, std::string_view where) {
  const size_t begin = pem.find("-----BEGIN ");
  if (begin != std::string_view::npos &&
      pem.find(fmt::format("{}-----", kind), begin) != std::string_view::npos) {
    return absl::OkStatus();
  }
  return Unusable(where, fmt::format("holds no {} in PEM form", kind));
}

}  // namespace rds_csi
