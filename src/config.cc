// SPDX-License-Identifier: Apache-2.0
#include "config.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/status.h"
#include "base/text.h"
#include "config_flags.h"
#include "csi/socket_claim.h"
#include "kube/kubeconfig.h"
#include "model/address.h"
#include "model/fields.h"
#include "model/name.h"
#include "model/paths.h"
#include "model/storage_class.h"
#include "rds/credentials.h"

namespace rds_csi {
namespace {

constexpr int kWrongCommandLine = 2;
constexpr uint16_t kMetricsPort = 9809;
constexpr size_t kLongestLabel = 63;  // of Kubernetes label values, and of driver names

// Takes values out of the given flags and gathers what is wrong with them. What it answers for a
// wrong one is of no use, and nobody uses it: there are problems then.
class FlagReader {
 public:
  FlagReader(const CommandLine& line, const Subcommand& subcommand)
      : given_(line.given), problems_(line.problems) {
    for (const FlagGroup& group : subcommand.groups) {
      for (const Flag& flag : group.flags) {
        if (flag.fallback.starts_with("required") && !Has(flag.name)) {
          Problem(flag.name, fmt::format("required (or {})", EnvironmentName(flag.name)));
        }
      }
    }
  }

  bool Has(std::string_view flag) const { return given_.contains(flag); }

  // Whether it was given, but without a value.
  bool IsEmpty(std::string_view flag) const {
    return Has(flag) && given_.find(flag)->second == std::vector<std::string>{""};
  }

  // none: not given, or a problem.
  template <typename Parse>
  auto Find(std::string_view flag, Parse parse)
      -> std::optional<std::decay_t<decltype(*parse(std::string_view()))>> {
    if (!Has(flag)) return std::nullopt;
    const std::vector<std::string>& values = given_.find(flag)->second;
    if (values.size() > 1) {
      Problem(flag, "given more than once");
      return std::nullopt;
    }
    return Parsed(flag, values.front(), parse);
  }

  // All values of a flag that may be repeated.
  template <typename Parse>
  auto All(std::string_view flag, Parse parse) {
    std::vector<std::decay_t<decltype(*parse(std::string_view()))>> all;
    if (!Has(flag)) return all;
    for (const std::string& value : given_.find(flag)->second) {
      if (auto parsed = Parsed(flag, value, parse)) all.push_back(*std::move(parsed));
    }
    return all;
  }

  bool Switch(std::string_view flag) {
    if (!Has(flag)) return false;
    const std::string& value = given_.find(flag)->second.back();
    if (value != "" && value != "true" && value != "false") {
      Problem(flag, fmt::format("{} is neither true nor false", Quoted(value)));
    }
    return value != "false";
  }

  void Problem(std::string_view flag, std::string_view reason) {
    problems_.push_back(fmt::format("--{}: {}", flag, reason));
  }

  const std::vector<std::string>& problems() const { return problems_; }

 private:
  template <typename Parse>
  auto Parsed(std::string_view flag, const std::string& value, Parse parse)
      -> std::optional<std::decay_t<decltype(*parse(std::string_view()))>> {
    if (value.empty()) {
      Problem(flag, "its value is missing");
      return std::nullopt;
    }
    auto parsed = parse(value);
    if (parsed.ok()) return *std::move(parsed);
    Problem(flag, Message(parsed.status()));
    return std::nullopt;
  }

  const GivenFlags& given_;
  std::vector<std::string> problems_;
};

auto NumberParser(int32_t least, int32_t most) {
  return [least, most](std::string_view text) { return ParseNumber(text, least, most); };
}

auto PathParser(std::string_view what) {
  return [what](std::string_view text) { return ParseAbsolutePath(text, what); };
}

// A name that ends in a letter or digit too, as Kubernetes wants it of label values and drivers.
absl::StatusOr<std::string> ParseLabel(std::string_view text, std::string_view what) {
  RETURN_IF_ERROR(CheckName(text, what, kLongestLabel));
  if (absl::ascii_isalnum(static_cast<unsigned char>(text.back()))) return std::string(text);
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is not a {}: it must end in a letter or digit", Quoted(text), what));
}

absl::StatusOr<std::string> ParseDriverName(std::string_view text) {
  if (text.find('_') != std::string_view::npos) {
    return Error(absl::StatusCode::kInvalidArgument,
                 fmt::format("{} is not a driver name: it has a '_'", Quoted(text)));
  }
  return ParseLabel(text, "driver name");
}

absl::StatusOr<std::string> ParseZone(std::string_view text) {
  return ParseLabel(text, "label value");
}

absl::StatusOr<LogLevel> ParseLogLevel(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (text == "warning") return LogLevel::kWarning;
  if (text == "error") return LogLevel::kError;
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is none of debug, info, warning, error", Quoted(text)));
}

absl::StatusOr<HostPort> ParseMetricsAddress(std::string_view text) {
  if (!text.starts_with(':')) return ParseHostPort(text, kMetricsPort);
  ASSIGN_OR_RETURN(const uint16_t port, ParsePort(text.substr(1)));
  return HostPort{"", port};
}

std::optional<HostPort> ReadMetricsAddress(FlagReader& flags) {
  if (flags.IsEmpty("metrics-address")) return std::nullopt;
  return flags.Find("metrics-address", ParseMetricsAddress).value_or(HostPort{"", kMetricsPort});
}

absl::StatusOr<ClusterConfig> ReadKubeconfigFlag(std::string_view path) {
  ASSIGN_OR_RETURN(const std::string file, ParseAbsolutePath(path, "file"));
  return ReadKubeconfig(file);
}

// A kubeconfig if one is given; else, in a pod, the pod's own credentials.
std::optional<ClusterConfig> ReadKubernetes(FlagReader& flags) {
  std::optional<ClusterConfig> config = flags.Find("kubeconfig", ReadKubeconfigFlag);
  if (flags.Switch("no-kubernetes")) {
    if (flags.Has("kubeconfig")) flags.Problem("no-kubernetes", "contradicts --kubeconfig");
    return std::nullopt;
  }
  const std::optional<PodEnvironment> pod = PodEnvironment::OfThisProcess();
  if (flags.Has("kubeconfig") || !pod) return config;
  absl::StatusOr<ClusterConfig> own = ReadInClusterConfig(*pod);
  if (own.ok()) return *std::move(own);
  flags.Problem("kubeconfig", fmt::format("is not given, and the pod's own credentials cannot be "
                                          "used: {}",
                                          Message(own.status())));
  return std::nullopt;
}

ServingSettings ReadServing(FlagReader& flags) {
  ServingSettings serving;
  serving.socket_path = flags.Find("endpoint", ParseSocketPath).value_or("");
  serving.driver_name = flags.Find("driver-name", ParseDriverName).value_or("rds.csi.srvlab.io");
  serving.kubernetes = ReadKubernetes(flags);
  serving.metrics = ReadMetricsAddress(flags);
  serving.log_level = flags.Find("log-level", ParseLogLevel).value_or(LogLevel::kInfo);
  if (const std::optional<std::string> zone = flags.Find("topology-zone", ParseZone)) {
    serving.topology = {.key = fmt::format("topology.{}/zone", serving.driver_name), .zone = *zone};
  }
  return serving;
}

void CheckBasePaths(const std::vector<std::string>& paths, FlagReader& flags) {
  for (auto path = paths.begin(); path != paths.end(); ++path) {
    if (std::find(paths.begin(), path, *path) != path) {
      flags.Problem("volume-base-path", fmt::format("{} is given twice", *path));
    }
  }
}

ControllerConfig ReadControllerConfig(const std::optional<Endpoint>& rds, FlagReader& flags) {
  ControllerConfig config;
  config.cluster_id = flags.Find("cluster-id", ParseClusterId).value_or("");
  config.base_paths = flags.All("volume-base-path", ParseRdsDirectory);
  CheckBasePaths(config.base_paths, flags);
  config.rds_address = rds ? rds->address.host : "";
  config.nvme.host = flags.Find("nvme-address", ParseHost).value_or(config.rds_address);
  config.nvme.port = flags.Find("nvme-port", ParsePort).value_or(kDefaultNvmePort);
  return config;
}

TransportOptions ReadTransport(const std::optional<Endpoint>& rds, FlagReader& flags) {
  TransportOptions options;
  options.connections = flags.Find("rds-ssh-sessions", NumberParser(1, 16)).value_or(0);
  options.any_host_key = flags.Switch("rds-insecure-ssh-host-key");
  if (!rds || rds->door == Endpoint::Door::kSsh) return options;
  constexpr std::string_view kSshOnly = "has no meaning with --rds-url https://...";
  if (options.connections != 0) flags.Problem("rds-ssh-sessions", kSshOnly);
  if (options.any_host_key) flags.Problem("rds-insecure-ssh-host-key", kSshOnly);
  return options;
}

absl::Status CheckCredentials(const Endpoint& rds, const std::string& directory,
                              bool any_host_key) {
  ASSIGN_OR_RETURN(const Credentials credentials, ReadCredentials(directory));
  if (rds.door == Endpoint::Door::kRest) return CheckForRest(credentials, directory);
  if (any_host_key && !credentials.host_key.empty()) {
    return absl::FailedPreconditionError(fmt::format(
        "{}/host-key pins a host key, and --rds-insecure-ssh-host-key believes any: take one of "
        "the two away",
        directory));
  }
  return CheckForSsh(credentials, directory, !any_host_key);
}

Notice WrongCommandLine(const std::vector<std::string>& problems, std::string_view subcommand) {
  std::string text;
  for (const std::string& problem : problems) text += fmt::format("rds-csi: {}\n", problem);
  text += fmt::format("rds-csi: not started; see rds-csi{}{} --help\n",
                      subcommand.empty() ? "" : " ", subcommand);
  return {.text = std::move(text), .exit_code = kWrongCommandLine};
}

std::set<NodeId> ReadKnownNodes(FlagReader& flags) {
  const std::vector<NodeId> nodes = flags.All("known-node", NodeId::Parse);
  return {nodes.begin(), nodes.end()};
}

absl::Duration ReadStaleAfter(FlagReader& flags) {
  return absl::Seconds(
      flags.Find("stale-attachment-seconds", NumberParser(10, 86'400)).value_or(300));
}

Invocation ReadController(FlagReader& flags) {
  const std::optional<Endpoint> rds = flags.Find("rds-url", ParseEndpoint);
  ControllerSettings settings = {
      .serving = ReadServing(flags),
      .rds = rds.value_or(Endpoint()),
      .credentials_dir = flags.Find("rds-credentials-dir", PathParser("directory")).value_or(""),
      .transport = ReadTransport(rds, flags),
      .behaviour = {.allow_host_is_list = flags.Switch("rds-allow-host-list"),
                    .allow_host_drops_sessions = flags.Switch("rds-allow-host-drops-sessions")},
      .config = ReadControllerConfig(rds, flags),
      .known_nodes = ReadKnownNodes(flags),
      .stale_after = ReadStaleAfter(flags)};
  if (rds && !settings.credentials_dir.empty()) {
    const absl::Status usable =
        CheckCredentials(*rds, settings.credentials_dir, settings.transport.any_host_key);
    if (!usable.ok()) flags.Problem("rds-credentials-dir", Message(usable));
  }
  if (settings.serving.kubernetes && !settings.known_nodes.empty()) {
    flags.Problem("known-node", "has no meaning beside an API server, which knows the nodes");
  }
  if (!flags.problems().empty()) return WrongCommandLine(flags.problems(), "controller");
  return settings;
}

// Whether one of the two is the other or lies in it.
bool Overlap(const std::string& a, const std::string& b) {
  return a == b || IsBelow(a, b) || IsBelow(b, a);
}

Invocation ReadNode(FlagReader& flags) {
  ServingSettings serving = ReadServing(flags);
  const std::optional<NodeId> node = flags.Find("node-id", NodeId::Parse);
  std::string cluster_id = flags.Find("cluster-id", ParseClusterId).value_or("");
  std::string kubelet =
      flags.Find("kubelet-dir", PathParser("directory")).value_or("/var/lib/kubelet");
  std::string state = flags.Find("state-dir", PathParser("directory")).value_or("/var/lib/rds-csi");
  std::string run = flags.Find("host-run-dir", PathParser("directory")).value_or("/run");
  const int32_t anchor = flags.Find("anchor-seconds", NumberParser(0, 86'400)).value_or(600);
  std::string io = flags.Find("io-program", PathParser("file")).value_or("");
  const int64_t most = flags.Find("max-volumes-per-node", NumberParser(0, 100'000)).value_or(0);
  if (Overlap(state, kubelet)) {
    flags.Problem("state-dir", fmt::format("{} and --kubelet-dir {} lie in one another; kubelet "
                                           "cleans up what it finds in its own",
                                           state, kubelet));
  }
  if (!flags.problems().empty()) return WrongCommandLine(flags.problems(), "node");
  return NodeSettings{.serving = std::move(serving),
                      .config = {.node = *node,
                                 .cluster_id = std::move(cluster_id),
                                 .kubelet_dir = std::move(kubelet),
                                 .state_dir = std::move(state),
                                 .anchor_seconds = anchor},
                      .host_run_dir = std::move(run),
                      .io_program = std::move(io),
                      .max_volumes = most};
}

}  // namespace

Invocation ReadCommandLine(const std::vector<std::string>& arguments, std::string_view version) {
  CommandLine line = Tokenize(arguments, Subcommands());
  if (!line.subcommand) {
    if (line.help) return Notice{.text = Overview(version), .exit_code = 0};
    line.problems.emplace_back("which subcommand: controller, node or version?");
    return WrongCommandLine(line.problems, "");
  }
  const auto subcommand = std::ranges::find(Subcommands(), *line.subcommand, &Subcommand::name);
  if (line.help) return Notice{.text = HelpFor(*subcommand), .exit_code = 0};
  FlagReader flags(line, *subcommand);
  if (subcommand->name == "controller") return ReadController(flags);
  if (subcommand->name == "node") return ReadNode(flags);
  if (!line.problems.empty()) return WrongCommandLine(line.problems, "");
  return Notice{.text = fmt::format("rds-csi {}\n", version), .exit_code = 0};
}

}  // namespace rds_csi
