// SPDX-License-Identifier: Apache-2.0
#include "config.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config_flags.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using Arguments = std::vector<std::string>;

Arguments operator+(Arguments a, const Arguments& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// An environment variable while it lives.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Environment() { unsetenv(name_); }

 private:
  const char* name_;
};

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    char name[] = "/tmp/rds-csi-test.XXXXXX";
    folder_ = mkdtemp(name);
    for (const char* file : {"username", "password", "private-key", "host-key", "ca.crt"}) {
      Credential(file, "text");
    }
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  void Credential(const std::string& file, const std::string& content) {
    std::ofstream(folder_ + "/" + file) << content;
  }
  void Without(const std::string& file) { std::filesystem::remove(folder_ + "/" + file); }

  Arguments Controller(const std::string& url = "https://rds.example") const {
    return {
        "controller",   "--endpoint", "unix:///c.sock",        "--cluster-id", "prod",
        "--rds-url",    url,          "--rds-credentials-dir", folder_,        "--volume-base-path",
        "/pool/volumes"};
  }
  static Arguments Node() {
    return {"node", "--endpoint", "unix:///n.sock", "--cluster-id",
            "prod", "--node-id",  "worker-1"};
  }
  static Invocation Read(const Arguments& arguments) { return ReadCommandLine(arguments, "1.2.3"); }
  static ControllerSettings ReadController(const Arguments& arguments) {
    const Invocation invocation = Read(arguments);
    if (const auto* notice = std::get_if<Notice>(&invocation)) ADD_FAILURE() << notice->text;
    return std::get<ControllerSettings>(invocation);
  }
  static NodeSettings ReadNode(const Arguments& arguments) {
    const Invocation invocation = Read(arguments);
    if (const auto* notice = std::get_if<Notice>(&invocation)) ADD_FAILURE() << notice->text;
    return std::get<NodeSettings>(invocation);
  }
  // What is printed instead of serving; fails the test unless the command line is refused.
  static std::string Refusal(const Arguments& arguments) {
    const Invocation invocation = Read(arguments);
    const auto* notice = std::get_if<Notice>(&invocation);
    EXPECT_NE(notice, nullptr);
    if (notice == nullptr) return "";
    EXPECT_EQ(notice->exit_code, 2);
    return notice->text;
  }

  std::string folder_;
};

TEST_F(ConfigTest, AControllerNeedsNoMoreThanItsRequiredFlags) {
  const ControllerSettings settings = ReadController(Controller("https://rds.example:8443"));
  EXPECT_EQ(settings.serving.socket_path, "/c.sock");
  EXPECT_EQ(settings.serving.driver_name, "rds.csi.srvlab.io");
  EXPECT_FALSE(settings.serving.topology.has_value());
  EXPECT_EQ(settings.rds, (Endpoint{Endpoint::Door::kRest, {"rds.example", 8443}}));
  EXPECT_THAT(settings.config.base_paths, ElementsAre("/pool/volumes"));
  EXPECT_EQ(settings.config.rds_address, "rds.example");
  EXPECT_EQ(settings.config.nvme, (HostPort{"rds.example", 4420}));
  EXPECT_FALSE(settings.behaviour.allow_host_is_list);
  EXPECT_FALSE(settings.transport.any_host_key);
  EXPECT_TRUE(settings.known_nodes.empty());
  EXPECT_EQ(settings.stale_after, absl::Minutes(5));
}

TEST_F(ConfigTest, EveryFlagOfTheControllerArrives) {
  Without("host-key");
  const ControllerSettings settings = ReadController(
      Controller("ssh://[fd00::1]") + Arguments{"--volume-base-path",
                                                "/b",
                                                "--nvme-address",
                                                "fd00::2",
                                                "--nvme-port",
                                                "4421",
                                                "--rds-ssh-sessions",
                                                "1",
                                                "--rds-insecure-ssh-host-key",
                                                "--rds-allow-host-list",
                                                "--rds-allow-host-drops-sessions=true",
                                                "--topology-zone",
                                                "a",
                                                "--driver-name",
                                                "x.example",
                                                "--log-level",
                                                "debug",
                                                "--known-node",
                                                "node",
                                                "--known-node",
                                                "b",
                                                "--stale-attachment-seconds",
                                                "20"});
  EXPECT_EQ(settings.rds, (Endpoint{Endpoint::Door::kSsh, {"fd00::1", 22}}));
  EXPECT_THAT(settings.config.base_paths, ElementsAre("/pool/volumes", "/b"));
  EXPECT_EQ(settings.config.nvme, (HostPort{"fd00::2", 4421}));
  EXPECT_EQ(settings.transport.connections, 1);
  EXPECT_TRUE(settings.transport.any_host_key);
  EXPECT_TRUE(settings.behaviour.allow_host_is_list);
  EXPECT_TRUE(settings.behaviour.allow_host_drops_sessions);
  EXPECT_EQ(settings.known_nodes, (std::set{*NodeId::Parse("b"), *NodeId::Parse("node")}));
  EXPECT_EQ(settings.stale_after, absl::Seconds(20));
  EXPECT_EQ(settings.serving.topology, (TopologySegment{"topology.x.example/zone", "a"}));
  EXPECT_EQ(settings.serving.log_level, LogLevel::kDebug);
}

TEST_F(ConfigTest, MET_1_MetricsAreServedOnAllAddressesUnlessToldOtherwise) {
  const auto metrics = [](const Arguments& more) {
    return ReadNode(Node() + more).serving.metrics;
  };
  EXPECT_EQ(metrics({}), (HostPort{"", 9809}));
  EXPECT_EQ(metrics({"--metrics-address", ":1234"}), (HostPort{"", 1234}));
  EXPECT_EQ(metrics({"--metrics-address", "10.0.0.1:1234"}), (HostPort{"10.0.0.1", 1234}));
  EXPECT_EQ(metrics({"--metrics-address", "[::1]:1234"}), (HostPort{"::1", 1234}));
  EXPECT_EQ(metrics({"--metrics-address", "localhost"}), (HostPort{"localhost", 9809}));
}

TEST_F(ConfigTest, MET_1_AnEmptyMetricsAddressTurnsThemOff) {
  EXPECT_FALSE(ReadNode(Node() + Arguments{"--metrics-address="}).serving.metrics);
  EXPECT_FALSE(ReadController(Controller() + Arguments{"--metrics-address", ""}).serving.metrics);
}

TEST_F(ConfigTest, EveryFlagOfTheNodeArrives) {
  const NodeSettings settings =
      ReadNode(Node() + Arguments{"--kubelet-dir", "/k", "--state-dir", "/s", "--io-program",
                                  "/bin/io", "--max-volumes-per-node", "32", "--topology-zone=b",
                                  "--anchor-seconds", "90", "--host-run-dir", "/host/run"});
  EXPECT_EQ(settings.config.node.str(), "worker-1");
  EXPECT_EQ(settings.config.cluster_id, "prod");
  EXPECT_EQ(settings.config.kubelet_dir, "/k");
  EXPECT_EQ(settings.config.state_dir, "/s");
  EXPECT_EQ(settings.io_program, "/bin/io");
  EXPECT_EQ(settings.max_volumes, 32);
  EXPECT_EQ(settings.config.anchor_seconds, 90);
  EXPECT_EQ(settings.host_run_dir, "/host/run");
  EXPECT_EQ(settings.serving.topology->zone, "b");
}

TEST_F(ConfigTest, TheEnvironmentServesAsWell) {
  const Environment id("RDS_CSI_NODE_ID", "worker-9");
  const Environment dir("RDS_CSI_STATE_DIR", "");  // as a template that fills in nothing
  const NodeSettings settings = ReadNode({"node", "--endpoint", "/n.sock", "--cluster-id", "prod"});
  EXPECT_EQ(settings.config.node.str(), "worker-9");
  EXPECT_EQ(settings.config.state_dir, "/var/lib/rds-csi");
}

TEST_F(ConfigTest, TheCommandLineComesBeforeTheEnvironment) {
  const Environment id("RDS_CSI_NODE_ID", "worker-9");
  EXPECT_EQ(ReadNode(Node()).config.node.str(), "worker-1");
}

TEST_F(ConfigTest, ARepeatableFlagIsAListInTheEnvironment) {
  const Environment paths("RDS_CSI_VOLUME_BASE_PATH", "/a,/b");
  Arguments arguments = Controller();
  arguments.resize(arguments.size() - 2);
  EXPECT_THAT(ReadController(arguments).config.base_paths, ElementsAre("/a", "/b"));
}

TEST_F(ConfigTest, EveryFlagHasAnEnvironmentVariable) {
  EXPECT_EQ(EnvironmentName("rds-insecure-ssh-host-key"), "RDS_CSI_RDS_INSECURE_SSH_HOST_KEY");
}

TEST_F(ConfigTest, EveryRequiredFlagThatIsMissingIsNamedAtOnce) {
  EXPECT_THAT(Refusal({"controller"}),
              AllOf(HasSubstr("--endpoint"), HasSubstr("--cluster-id"), HasSubstr("--rds-url"),
                    HasSubstr("--rds-credentials-dir"), HasSubstr("--volume-base-path")));
  EXPECT_THAT(Refusal({"node"}),
              AllOf(HasSubstr("--endpoint"), HasSubstr("--cluster-id"), HasSubstr("--node-id")));
}

TEST_F(ConfigTest, AllProblemsAreToldAtOnce) {
  EXPECT_THAT(
      Refusal({"node", "--endpoint", "tcp://x", "--node-id", "a b", "--kubelet-dir", "relative",
               "--max-volumes-per-node", "-1", "--log-level", "loud", "--typo", "x"}),
      AllOf(HasSubstr("tcp://x"), HasSubstr("a b"), HasSubstr("relative"), HasSubstr("-1"),
            HasSubstr("loud"), HasSubstr("--typo"), HasSubstr("--cluster-id: required")));
}

TEST_F(ConfigTest, AMalformedValueIsNamedWithItsFlag) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"--driver-name", "bad_name"},
      {"--driver-name", std::string(64, 'a')},
      {"--driver-name", "ends."},
      {"--cluster-id", "a,b"},
      {"--topology-zone", "a/b"},
      {"--log-level", "trace"},
      {"--metrics-address", "9809"},
      {"--metrics-address", ":0"},
      {"--metrics-address", ":99999"},
      {"--metrics-address", "[::1:9809"},
      {"--metrics-address", "a b:9809"},
      {"--rds-url", "http://rds"},
      {"--rds-url", "https://rds/path"},
      {"--rds-credentials-dir", "etc"},
      {"--volume-base-path", "pool"},
      {"--volume-base-path", "/a;b"},
      {"--nvme-address", "a,b"},
      {"--nvme-port", "0"},
      {"--nvme-port", "65536"},
      {"--rds-ssh-sessions", "0"},
      {"--rds-ssh-sessions", "17"},
      {"--rds-allow-host-list", "maybe"},
      {"--endpoint", "/" + std::string(120, 'a')},
      {"--endpoint", "unix://../x"}};
  for (const auto& [flag, value] : bad) {
    const std::string text = Refusal({"controller", fmt::format("{}={}", flag, value)});
    EXPECT_THAT(text, HasSubstr(flag + ": "));
    EXPECT_THAT(text, Not(HasSubstr(flag + ": required"))) << value;
  }
}

TEST_F(ConfigTest, AFlagGivenTwiceIsRefused) {
  EXPECT_THAT(Refusal(Node() + Arguments{"--node-id", "worker-2"}),
              HasSubstr("--node-id: given more than once"));
}

TEST_F(ConfigTest, AFlagWithoutItsValueIsRefused) {
  EXPECT_THAT(Refusal(Node() + Arguments{"--kubelet-dir", "--log-level", "info"}),
              HasSubstr("--kubelet-dir: its value is missing"));
}

TEST_F(ConfigTest, AFlagOfTheOtherSubcommandIsRefused) {
  EXPECT_THAT(Refusal(Node() + Arguments{"--rds-url", "https://x"}),
              HasSubstr("--rds-url: there is no such flag"));
}

TEST_F(ConfigTest, AWordThatDoesNotBelongIsRefused) {
  EXPECT_THAT(Refusal(Node() + Arguments{"now"}), HasSubstr("\"now\": not expected here"));
}

TEST_F(ConfigTest, FlagsOfSshContradictARestUrl) {
  EXPECT_THAT(
      Refusal(Controller() + Arguments{"--rds-ssh-sessions", "4", "--rds-insecure-ssh-host-key"}),
      AllOf(HasSubstr("--rds-ssh-sessions: has no meaning with --rds-url https"),
            HasSubstr("--rds-insecure-ssh-host-key: has no meaning with --rds-url https")));
}

TEST_F(ConfigTest, APinnedHostKeyContradictsBelievingAny) {
  EXPECT_THAT(Refusal(Controller("ssh://rds") + Arguments{"--rds-insecure-ssh-host-key"}),
              HasSubstr("host-key pins a host key"));
}

TEST_F(ConfigTest, SshWithoutAPinnedHostKeyIsRefused) {
  Without("host-key");
  EXPECT_THAT(Refusal(Controller("ssh://rds")), HasSubstr("host-key"));
}

TEST_F(ConfigTest, CredentialsThatAreNotEnoughAreRefused) {
  Without("ca.crt");
  EXPECT_THAT(Refusal(Controller()), HasSubstr("ca.crt"));
  Without("username");
  EXPECT_THAT(Refusal(Controller()), HasSubstr("username"));
}

TEST_F(ConfigTest, ARefusalNeverShowsACredential) {
  Credential("password", "hunter2");
  Without("ca.crt");
  EXPECT_THAT(Refusal(Controller()), Not(HasSubstr("hunter2")));
  EXPECT_THAT(Refusal({"controller", "--rds-url", "https://admin:hunter2@rds"}),
              Not(HasSubstr("hunter2")));
}

TEST_F(ConfigTest, ABasePathGivenTwiceIsRefused) {
  EXPECT_THAT(Refusal(Controller() + Arguments{"--volume-base-path", "/pool/volumes"}),
              HasSubstr("/pool/volumes is given twice"));
}

TEST_F(ConfigTest, AStateDirInsideKubeletsIsRefused) {
  for (const char* state : {"/var/lib/kubelet", "/var/lib/kubelet/rds", "/var/lib"}) {
    EXPECT_THAT(Refusal(Node() + Arguments{"--state-dir", state}), HasSubstr("--state-dir"));
  }
}

TEST_F(ConfigTest, ANameThatLooksLikeConsoleCodeIsEscapedInTheRefusal) {
  EXPECT_THAT(Refusal({"node", "--node-id", "a\nb"}), HasSubstr("a\\x0ab"));
}

TEST_F(ConfigTest, NoSubcommandIsRefused) {
  EXPECT_THAT(Refusal({}), HasSubstr("which subcommand"));
  EXPECT_THAT(Refusal({"doctor"}), HasSubstr("doctor"));
}

TEST_F(ConfigTest, HelpNamesEveryFlagAndItsDefault) {
  const Invocation invocation = Read({"node", "--help"});
  const Notice& notice = std::get<Notice>(invocation);
  EXPECT_EQ(notice.exit_code, 0);
  EXPECT_THAT(notice.text, HasSubstr("--kubelet-dir DIR   [/var/lib/kubelet]"));
  for (const FlagGroup& group : Subcommands()[1].groups) {
    for (const Flag& flag : group.flags) {
      EXPECT_THAT(notice.text, HasSubstr("--" + std::string(flag.name)));
    }
  }
}

TEST_F(ConfigTest, NoHelpIsWiderThanAScreen) {
  for (const char* subcommand : {"controller", "node"}) {
    const Invocation invocation = Read({subcommand, "--help"});
    std::istringstream lines(std::get<Notice>(invocation).text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST_F(ConfigTest, HelpCountsMoreThanProblems) {
  const Invocation invocation = Read({"controller", "--typo", "--help"});
  EXPECT_EQ(std::get<Notice>(invocation).exit_code, 0);
}

TEST_F(ConfigTest, VersionIsPrinted) {
  const Invocation invocation = Read({"version"});
  EXPECT_EQ(std::get<Notice>(invocation).text, "rds-csi 1.2.3\n");
}

TEST_F(ConfigTest, HelpWithoutASubcommandNamesThemAll) {
  const Invocation invocation = Read({"--help"});
  const auto& notice = std::get<Notice>(invocation);
  EXPECT_EQ(notice.exit_code, 0);
  EXPECT_THAT(notice.text, AllOf(HasSubstr("1.2.3"), HasSubstr("  controller  "),
                                 HasSubstr("  node  "), HasSubstr("  version  ")));
}

TEST_F(ConfigTest, AKubeconfigAndNoKubernetesContradictEachOther) {
  const Invocation invocation =
      Read(Node() + Arguments{"--no-kubernetes", "--kubeconfig", folder_ + "/none"});
  EXPECT_THAT(std::get<Notice>(invocation).text,
              HasSubstr("--no-kubernetes: contradicts --kubeconfig"));
}

TEST_F(ConfigTest, APodWhoseCredentialsCannotBeReadIsNotStarted) {
  const Environment host("KUBERNETES_SERVICE_HOST", "10.96.0.1");
  const Environment port("KUBERNETES_SERVICE_PORT", "https");
  EXPECT_THAT(
      std::get<Notice>(Read(Node())).text,
      HasSubstr("--kubeconfig: is not given, and the pod's own credentials cannot be used"));
  EXPECT_FALSE(ReadNode(Node() + Arguments{"--no-kubernetes"}).serving.kubernetes);
}

TEST_F(ConfigTest, KnownNodesContradictAnApiServer) {
  Credential("kubeconfig",
             "current-context: here\n"
             "contexts:\n- {name: here, context: {cluster: prod, user: me}}\n"
             "clusters:\n- {name: prod, cluster: {server: 'https://10.0.0.1:6443', "
             "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1BPT0K}}\n"
             "users:\n- {name: me, user: {token: secret}}\n");
  EXPECT_THAT(Refusal(Controller() + Arguments{"--kubeconfig", folder_ + "/kubeconfig",
                                               "--known-node", "worker-1"}),
              HasSubstr("--known-node: has no meaning beside an API server"));
}

}  // namespace
}  // namespace rds_csi
