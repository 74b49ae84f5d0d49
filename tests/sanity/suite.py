# SPDX-License-Identifier: Apache-2.0
"""csi-sanity against a controller and a node that run in a guest, and a look at what it left behind there."""

from pathlib import Path

import evidence
from lab import LabError
from report import Report, advertised_by, read_report
from stack import Stack

VOLUME_MIB = 64
SUITE_MINUTES = 15


def run_suite(stack: Stack, access: str, csi_sanity: Path) -> Report:
    """Runs every spec with mount or block volumes. What csi-sanity prints and its JUnit file end up in the machine's
    folder. Raises LabError when it does not come to its end."""
    advertised = _advertised(stack)
    name = f"csi-sanity-{access}"
    staging = f"{stack.kubelet}/plugins/kubernetes.io/csi/csi-sanity/globalmount"
    targets = f"{stack.kubelet}/pods/csi-sanity/volumes"
    stack.machine.run(f"mkdir -p $(dirname {staging} {targets})")  # csi-sanity makes and removes the last part.
    program = stack.machine.spawn(
        [
            csi_sanity,
            f"--csi.endpoint={stack.node}",
            f"--csi.controllerendpoint={stack.controller}",
            f"--csi.stagingdir={staging}",
            f"--csi.mountdir={targets}",
            f"--csi.testvolumeaccesstype={access}",
            f"--csi.testvolumesize={VOLUME_MIB << 20}",
            f"--csi.testvolumeexpandsize={2 * VOLUME_MIB << 20}",
            "--csi.testnodevolumeattachlimit=true",
            f"--ginkgo.timeout={SUITE_MINUTES}m",
            "--ginkgo.no-color",
            "--ginkgo.v",
            f"--ginkgo.junit-report=/lab/{name}.xml",
        ],
        log=f"{name}.log",
    )
    code = program.wait(timeout=60 * (SUITE_MINUTES + 2)).code
    junit = stack.machine.log(f"{name}.xml")
    if not junit:
        log = stack.machine.log(f"{name}.log")
        raise LabError(f"csi-sanity ended with exit code {code} and without a report\n{log[-2000:]}")
    report = read_report(junit, advertised)
    if code != 0 and not report.failed:
        report.failed.append(("csi-sanity", f"ended with exit code {code}, although no spec failed"))
    report.failed += _left_behind(stack)
    return report


def _advertised(stack: Stack) -> set[str]:
    controller = stack.call_controller("ControllerGetCapabilities")
    node = stack.call_node("NodeGetCapabilities")
    node_info = stack.call_node("NodeGetInfo")
    sockets = (stack.controller, stack.node)
    plugins = [stack.csi.call(socket, "Identity/GetPluginCapabilities") for socket in sockets]
    return set().union(*(advertised_by(plugin, controller, node, node_info) for plugin in plugins))


def _left_behind(stack: Stack) -> list[tuple[str, str]]:
    """Every spec cleans up after itself, so that nothing may be left once all have run."""
    found = {
        "disks of the RDS": [disk.get("slot", "?") for disk in stack.rds.disks()],
        "files of the RDS": stack.rds.images(),
        "mounts": list(evidence.mounts_below(stack.machine, stack.kubelet)),
        "NVMe connections": list(evidence.connections(stack.machine)),
    }
    return [(f"left behind: {what}", "\n".join(names)) for what, names in found.items() if names]
