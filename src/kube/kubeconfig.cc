// SPDX-License-Identifier: Apache-2.0
#include "kube/kubeconfig.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>

#include "absl/strings/escaping.h"
#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr uint16_t kHttps = 443;
constexpr std::string_view kScheme = "https://";
constexpr std::array kRefusedOfCluster = {"insecure-skip-tls-verify", "proxy-url"};
constexpr std::array kRefusedOfUser = {"exec", "auth-provider", "username",  "password",
                                       "as",   "as-uid",        "as-groups", "as-user-extra"};

absl::Status Unusable(std::string_view where, std::string_view why) {
  return Error(absl::StatusCode::kFailedPrecondition, fmt::format("{} {}", where, why));
}

// One map of the file, and what it is called: "/etc/config: kubeconfig.clusters["prod"].cluster".
class Section {
 public:
  Section(const YAML::Node& node, std::string where) : node_(node), where_(std::move(where)) {}

  std::string Where(std::string_view field) const { return fmt::format("{}.{}", where_, field); }

  bool Has(const std::string& field) const {
    return node_[field].IsDefined() && !node_[field].IsNull();
  }

  // Empty when it is not there.
  absl::StatusOr<std::string> Text(const std::string& field) const {
    if (!Has(field)) return "";
    if (!node_[field].IsScalar()) return Unusable(Where(field), "is no text");
    return node_[field].Scalar();
  }

  absl::StatusOr<std::string> Required(const std::string& field) const {
    ASSIGN_OR_RETURN(std::string text, Text(field));
    if (text.empty()) return Unusable(Where(field), "is missing");
    return text;
  }

  // Of the list of `{name: …, <kind>: {…}}` in `list`: what the one called `name` holds.
  absl::StatusOr<Section> Named(const std::string& list, const std::string& kind,
                                const std::string& name) const {
    const std::string where = fmt::format("{}[{}]", Where(list), Quoted(name));
    const YAML::Node entries = node_[list];
    if (Has(list) && !entries.IsSequence()) return Unusable(Where(list), "is no list");
    for (const YAML::Node& entry : entries) {
      if (!entry.IsMap() || entry["name"].as<std::string>("") != name) continue;
      const YAML::Node found = entry[kind];
      if (!found.IsDefined() || !found.IsMap()) return Unusable(where, "has no map " + kind);
      return Section(found, fmt::format("{}.{}", where, kind));
    }
    return Unusable(where, "is missing");
  }

  template <size_t count>
  absl::Status Refuse(const std::array<const char*, count>& fields) const {
    for (const char* const field : fields) {
      if (!Has(field) || IsFalse(field)) continue;
      return Unusable(Where(field), "is not supported");
    }
    return absl::OkStatus();
  }

 private:
  bool IsFalse(const char* field) const {
    return node_[field].IsScalar() && node_[field].Scalar() == "false";
  }

  YAML::Node node_;
  std::string where_;
};

std::string Beside(const std::string& kubeconfig, const std::string& file) {
  return (std::filesystem::path(kubeconfig).parent_path() / file).string();
}

// The PEM text of `field`: embedded in `field`-data, which then counts, or in the file it names.
absl::StatusOr<std::string> Pem(const Section& section, const std::string& field,
                                std::string_view kind, const std::string& kubeconfig) {
  ASSIGN_OR_RETURN(const std::string embedded, section.Text(field + "-data"));
  ASSIGN_OR_RETURN(const std::string file, section.Text(field));
  if (embedded.empty() && file.empty()) return "";
  if (embedded.empty()) {
    const std::string path = Beside(kubeconfig, file);
    ASSIGN_OR_RETURN(std::string pem, ReadConfigFile(path));
    RETURN_IF_ERROR(CheckPem(pem, kind, path));
    return pem;
  }
  const std::string where = section.Where(field + "-data");
  std::string pem;
  if (!absl::Base64Unescape(embedded, &pem)) return Unusable(where, "is no base64");
  RETURN_IF_ERROR(CheckPem(pem, kind, where));
  return pem;
}

bool IsPlainPath(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("/-._~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

absl::Status ReadServer(const Section& cluster, ClusterConfig& config) {
  const std::string where = cluster.Where("server");
  ASSIGN_OR_RETURN(const std::string url, cluster.Required("server"));
  if (!url.starts_with(kScheme)) return Unusable(where, "does not begin with https://");
  std::string_view rest = std::string_view(url).substr(kScheme.size());
  const std::string_view authority = rest.substr(0, rest.find('/'));
  rest.remove_prefix(authority.size());
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const auto server = ParseHostPort(authority, kHttps);
  if (!server.ok())
    return Unusable(where, fmt::format("is unusable: {}", Message(server.status())));
  if (server->host.find('%') != std::string::npos) return Unusable(where, "names a zone");
  if (!IsPlainPath(rest)) return Unusable(where, "has a path with unusual characters");
  config.server = *server;
  config.path_prefix = rest;
  return absl::OkStatus();
}

absl::Status ReadCluster(const Section& cluster, const std::string& path, ClusterConfig& config) {
  RETURN_IF_ERROR(cluster.Refuse(kRefusedOfCluster));
  RETURN_IF_ERROR(ReadServer(cluster, config));
  ASSIGN_OR_RETURN(config.server_name, cluster.Text("tls-server-name"));
  if (!config.server_name.empty() && !ParseHost(config.server_name).ok()) {
    return Unusable(cluster.Where("tls-server-name"), "is no name of a server");
  }
  ASSIGN_OR_RETURN(config.ca, Pem(cluster, "certificate-authority", "CERTIFICATE", path));
  if (!config.ca.empty()) return absl::OkStatus();
  return Unusable(cluster.Where("certificate-authority"), "is missing, and so is its -data");
}

absl::Status ReadToken(const Section& user, const std::string& path, ClusterConfig& config) {
  ASSIGN_OR_RETURN(config.token, user.Text("token"));
  ASSIGN_OR_RETURN(const std::string file, user.Text("tokenFile"));
  if (file.empty()) return absl::OkStatus();
  config.token.clear();  // As kubectl has it: the file counts.
  config.token_file = Beside(path, file);
  return ReadConfigFile(config.token_file).status();
}

absl::Status ReadUser(const Section& user, const std::string& path, ClusterConfig& config) {
  RETURN_IF_ERROR(user.Refuse(kRefusedOfUser));
  RETURN_IF_ERROR(ReadToken(user, path, config));
  ASSIGN_OR_RETURN(config.client_certificate, Pem(user, "client-certificate", "CERTIFICATE", path));
  ASSIGN_OR_RETURN(config.client_key, Pem(user, "client-key", "PRIVATE KEY", path));
  const bool certificate = !config.client_certificate.empty();
  if (certificate != !config.client_key.empty()) {
    return Unusable(user.Where("client-certificate"), "and client-key belong together");
  }
  if (certificate || !config.token.empty() || !config.token_file.empty()) return absl::OkStatus();
  return Unusable(user.Where("token"), "is missing, and so is a client certificate");
}

absl::StatusOr<ClusterConfig> Read(const Section& file, const std::string& path) {
  ClusterConfig config;
  ASSIGN_OR_RETURN(const std::string current, file.Required("current-context"));
  ASSIGN_OR_RETURN(const Section context, file.Named("contexts", "context", current));
  ASSIGN_OR_RETURN(const std::string cluster, context.Required("cluster"));
  ASSIGN_OR_RETURN(const std::string user, context.Required("user"));
  ASSIGN_OR_RETURN(const Section cluster_section, file.Named("clusters", "cluster", cluster));
  ASSIGN_OR_RETURN(const Section user_section, file.Named("users", "user", user));
  RETURN_IF_ERROR(ReadCluster(cluster_section, path, config));
  RETURN_IF_ERROR(ReadUser(user_section, path, config));
  ASSIGN_OR_RETURN(config.name_space, context.Text("namespace"));
  if (config.name_space.empty()) config.name_space = "default";
  return config;
}

}  // namespace

absl::StatusOr<ClusterConfig> ReadKubeconfig(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadConfigFile(path));
  return ParseKubeconfig(text, path);
}

absl::StatusOr<ClusterConfig> ParseKubeconfig(std::string_view text, const std::string& path) {
  try {
    const YAML::Node file = YAML::Load(std::string(text));
    if (!file.IsMap()) return Unusable(path, "is no kubeconfig");
    return Read(Section(file, path + ": kubeconfig"), path);
  } catch (const std::exception& error) {  // Of yaml-cpp; its words may repeat the file's.
    return Unusable(path, fmt::format("is no YAML: {}", Quoted(error.what())));
  }
}

}  // namespace rds_csi
