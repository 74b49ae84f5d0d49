# SPDX-License-Identifier: Apache-2.0
"""csi-sanity against a controller and a node that listen in a guest, and a look at what it left behind there."""

import json
from dataclasses import dataclass
from pathlib import Path

from lab import LabError, Machine
from report import LIST_VOLUMES, Report, advertised_by, read_report

VOLUME_MIB = 64
_SUITE_MINUTES = 15
_CALL_SECONDS = 60


@dataclass(frozen=True)
class Driver:
    """Where a driver is: its machine, and its sockets (unix://...) and kubelet folder in there."""

    machine: Machine
    controller: str
    node: str
    kubelet: str

    def call(self, socket: str, method: str, binaries: Path) -> dict:
        """The response to a CSI call without arguments. Raises CommandFailed."""
        command = [binaries / "csi-call", socket, method, "{}"]
        return json.loads(self.machine.run(command, timeout=_CALL_SECONDS).out)


def run_suite(driver: Driver, access: str, binaries: Path) -> Report:
    """Runs every spec with mount or block volumes. What csi-sanity prints and its JUnit file end up in the machine's
    folder. Raises LabError when it does not come to its end."""
    advertised = _advertised(driver, binaries)
    name = f"csi-sanity-{access}"
    staging = f"{driver.kubelet}/plugins/kubernetes.io/csi/csi-sanity/globalmount"
    targets = f"{driver.kubelet}/pods/csi-sanity/volumes"
    driver.machine.run(f"mkdir -p {staging} {targets} && rmdir {staging} {targets}")  # csi-sanity makes the last part.
    program = driver.machine.spawn(
        [
            binaries / "csi-sanity",
            f"--csi.endpoint={driver.node}",
            f"--csi.controllerendpoint={driver.controller}",
            f"--csi.stagingdir={staging}",
            f"--csi.mountdir={targets}",
            f"--csi.testvolumeaccesstype={access}",
            f"--csi.testvolumesize={VOLUME_MIB << 20}",
            f"--csi.testvolumeexpandsize={2 * VOLUME_MIB << 20}",
            "--csi.testnodevolumeattachlimit=true",
            f"--ginkgo.timeout={_SUITE_MINUTES}m",
            "--ginkgo.no-color",
            "--ginkgo.v",
            f"--ginkgo.junit-report=/lab/{name}.xml",
        ],
        log=f"{name}.log",
    )
    code = program.wait(timeout=60 * (_SUITE_MINUTES + 2)).code
    junit = driver.machine.log(f"{name}.xml")
    if not junit:
        raise LabError(f"csi-sanity ended with exit code {code} and no report; see {driver.machine.folder / name}.log")
    report = read_report(junit, advertised)
    if code != 0 and not report.failed:
        report.failed.append(("csi-sanity", f"ended with exit code {code}, although no spec failed"))
    report.failed += _left_behind(driver, _volumes(driver, binaries) if LIST_VOLUMES in advertised else [])
    return report


def _advertised(driver: Driver, binaries: Path) -> set[str]:
    def call(socket: str, method: str) -> dict:
        return driver.call(socket, f"csi.v1.{method}", binaries)

    controller = call(driver.controller, "Controller/ControllerGetCapabilities")
    node = call(driver.node, "Node/NodeGetCapabilities")
    node_info = call(driver.node, "Node/NodeGetInfo")
    sockets = (driver.controller, driver.node)
    plugins = [call(socket, "Identity/GetPluginCapabilities") for socket in sockets]
    return set().union(*(advertised_by(plugin, controller, node, node_info) for plugin in plugins))


def _volumes(driver: Driver, binaries: Path) -> list[str]:
    entries = driver.call(driver.controller, "csi.v1.Controller/ListVolumes", binaries)["entries"]
    return [entry["volume"]["volume_id"] for entry in entries]


def _left_behind(driver: Driver, volumes: list[str]) -> list[tuple[str, str]]:
    """Every spec cleans up after itself, so that nothing may be left once all have run."""
    found = {
        "volumes": ", ".join(volumes),
        "mounts": driver.machine.run(f"grep ' {driver.kubelet}/' /proc/self/mountinfo || true").out,
        "NVMe controllers": driver.machine.run("ls /sys/class/nvme 2>/dev/null || true").out,
    }
    return [(f"left behind: {what}", text.strip()) for what, text in found.items() if text.strip()]
