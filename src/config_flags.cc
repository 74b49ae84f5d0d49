// SPDX-License-Identifier: Apache-2.0
#include "config_flags.h"

#include <fmt/format.h>

namespace rds_csi {
namespace {

FlagGroup Serving(std::string_view socket_help) {
  return {
      "Serving",
      {{"endpoint", "SOCKET", "required", socket_help},
       {"driver-name", "NAME", "rds.csi.srvlab.io",
        "The driver's name, as StorageClasses (provisioner), the CSIDriver object and kubelet\n"
        "know it. At most 63 letters, digits, '-' and '.'."},
       {"cluster-id", "NAME", "required",
        "This installation's own name, at most 64 letters, digits, '-', '_' and '.'. It marks the\n"
        "volumes on the RDS as ours: two clusters that share an RDS must differ in it, and it\n"
        "must never change. The same for the controller and all nodes."},
       {"topology-zone", "ZONE", "off",
        "The place the RDS can be reached from, as a label's value. Nodes then carry\n"
        "topology.<driver name>/zone=ZONE and pods are kept where their volumes are."},
       {"kubeconfig", "FILE", "in a pod: its own credentials",
        "How to reach the API server from outside a pod. It is asked for nodes and attachments\n"
        "(controller), and gets events on PersistentVolumeClaims."},
       {"no-kubernetes", "", "off",
        "Do without an API server even in a pod: no events, and nobody is ever taken to be gone."},
       {"metrics-address", "ADDRESS", ":9809",
        "Where Prometheus finds /metrics, and probes /healthz: HOST:PORT, [IPv6]:PORT, or :PORT "
        "for\n"
        "all addresses. Empty (--metrics-address=): nowhere."},
       {"log-level", "LEVEL", "info",
        "debug, info, warning or error. Log lines are JSON on standard error; the audit log is\n"
        "JSON on standard output and knows no levels. Secrets are in neither."}}};
}

constexpr std::string_view kEnvironment =
    "Every flag can be given as an environment variable instead, --rds-url as RDS_CSI_RDS_URL; "
    "the\n"
    "command line wins. A switch is turned off again with --flag=false.\n";

const std::string& ControllerEnding() {
  static const std::string* const kText = new std::string(
      fmt::format("{}\n"
                  "Examples\n"
                  "  rds-csi controller --endpoint unix:///csi/csi.sock --cluster-id prod \\\n"
                  "      --rds-url https://rds.example --rds-credentials-dir /etc/rds-csi \\\n"
                  "      --volume-base-path /storage-pool/volumes\n"
                  "  rds-csi controller --endpoint unix:///csi/csi.sock --cluster-id prod \\\n"
                  "      --rds-url ssh://10.0.0.2:22 --rds-credentials-dir /etc/rds-csi \\\n"
                  "      --volume-base-path /fast/volumes --volume-base-path /big/volumes \\\n"
                  "      --nvme-address 10.1.0.2",
                  kEnvironment));
  return *kText;
}

const std::string& NodeEnding() {
  static const std::string* const kText = new std::string(fmt::format(
      "{}\n"
      "It runs as root, sees the machine's own /dev, /sys and /proc, and its kubelet directory "
      "with\n"
      "Bidirectional mount propagation. The kernel module nvme-tcp must be there (modprobe "
      "nvme-tcp).\n"
      "\n"
      "Example\n"
      "  rds-csi node --endpoint unix:///csi/csi.sock --cluster-id prod --node-id worker-1",
      kEnvironment));
  return *kText;
}

Subcommand Controller() {
  return {
      "controller",
      "rds-csi controller: makes, attaches, grows, lists and deletes volumes on the RDS. One for "
      "a\n"
      "whole cluster, beside the sidecars of Kubernetes (provisioner, attacher, resizer).",
      {Serving(
           "Where the sidecars find us: unix:///path or /path, at most 107 characters. Only our\n"
           "own user may connect, and a second controller on the same socket is refused."),
       {"The RDS",
        {{"rds-url", "URL", "required",
          "How to talk to RouterOS (7.21 or later): https://HOST[:443] for its REST API, or\n"
          "ssh://HOST[:22] for its console. HOST is a name, an IPv4 address or an [IPv6] address."},
         {"rds-credentials-dir", "DIR", "required",
          "A mounted Secret with username; password (REST), or private-key or password (SSH);\n"
          "and how to know the RDS again: ca.crt or server.crt (REST), host-key (SSH: a public "
          "key\n"
          "line or SHA256:...). Read at every login, so that they may be replaced while we run."},
         {"rds-ssh-sessions", "N", "2",
          "SSH only: how many commands run at once, 1 to 16. 1 suits an RDS that refuses a second\n"
          "session."},
         {"rds-insecure-ssh-host-key", "", "off",
          "SSH only: believe whoever answers. Anybody on the way can then read the password and\n"
          "every volume's name, and pose as the RDS. For a first try in a lab."},
         {"rds-allow-host-list", "", "off",
          "nvme-tcp-server-allow-host-name of this RouterOS takes several names, separated by\n"
          "commas. Without it, two nodes at once (live migration of block volumes) can only be\n"
          "admitted by admitting every host for that time."},
         {"rds-allow-host-drops-sessions", "", "off",
          "Changing nvme-tcp-server-allow-host-name on this RouterOS drops the sessions of hosts\n"
          "that are no longer admitted. Without it, the export is switched off in between."}}},
       {"Volumes",
        {{"volume-base-path", "DIR", "required; repeatable",
          "A directory on the RDS that volumes may live in, such as /storage-pool/volumes. The "
          "first\n"
          "is the default; volumePath of a StorageClass chooses another one, or a directory "
          "below."},
         {"nvme-address", "HOST", "the host of --rds-url",
          "Where nodes connect to, unless a StorageClass says otherwise."},
         {"nvme-port", "PORT", "4420", "The port of NVMe/TCP there."}}},
       {"The cluster",
        {{"known-node", "NAME", "every node is taken to exist; repeatable",
          "A node of the cluster. Once one is named, volumes are attached to named nodes only, and "
          "a\n"
          "node that is not named counts as gone for good: its volumes may be given to "
          "another."},
         {"stale-attachment-seconds", "SECONDS", "300",
          "For how long an attachment on the RDS must have been without its VolumeAttachment\n"
          "before it is taken out; 10 to 86400. The two are compared every minute, and more often\n"
          "where this is less than 300."}}}},
      ControllerEnding()};
}

Subcommand Node() {
  return {
      "node",
      "rds-csi node: connects volumes over NVMe/TCP, formats and mounts them, and cleans up. One "
      "on\n"
      "every machine.",
      {Serving(
           "Where kubelet finds us: unix:///path or /path, at most 107 characters. Only our own\n"
           "user may connect, and a second node plugin on the same socket is refused."),
       {"This machine",
        {{"node-id", "NAME", "required",
          "This machine's name, the same as its Node object has. At most 192 letters, digits,\n"
          "'-', '_' and '.'."},
         {"kubelet-dir", "DIR", "/var/lib/kubelet",
          "Kubelet's root directory. Paths outside of it are refused."},
         {"state-dir", "DIR", "/var/lib/rds-csi",
          "A directory of our own on this machine, made if it is missing. It must outlive this\n"
          "plugin: it holds what is known of the volumes that are staged. A lock in it keeps a\n"
          "second node plugin from working on the same volumes."},
         {"anchor-seconds", "SECONDS", "600",
          "For how long I/O waits for an RDS whose connection the kernel has given up, before it\n"
          "fails; 0 to 86400, 0: not at all. For volumes whose StorageClass has no anchorSeconds."},
         {"host-run-dir", "DIR", "/run",
          "The machine's own /run, as we see it: nologin and systemd/shutdown/scheduled in it "
          "tell\n"
          "a machine that goes down, whose connections are let go, from a plugin that is "
          "replaced."},
         {"io-program", "FILE", "rds-csi-io beside this program",
          "The small program that does in our stead what may block on dead storage."},
         {"max-volumes-per-node", "N", "0",
          "How many volumes this machine takes at once, at most 100000; 0: no limit."}}}},
      NodeEnding()};
}

}  // namespace

const std::vector<Subcommand>& Subcommands() {
  static const auto* const kAll =
      new std::vector<Subcommand>{Controller(), Node(), {"version", "Prints the version.", {}, ""}};
  return *kAll;
}

std::string Overview(std::string_view version) {
  return fmt::format(
      "rds-csi {}: the Kubernetes storage driver (CSI) for the MikroTik ROSE data server\n"
      "\n"
      "Usage: rds-csi SUBCOMMAND FLAGS\n"
      "\n"
      "  controller   makes, attaches, grows, lists and deletes volumes on the RDS; one a cluster\n"
      "  node         connects, formats and mounts volumes; one on every machine\n"
      "  version      prints the version\n"
      "\n"
      "rds-csi SUBCOMMAND --help has the flags of each.\n",
      version);
}

}  // namespace rds_csi
