# SPDX-License-Identifier: Apache-2.0
"""What a run of csi-sanity says: which specs passed, which failed and why, and whether each skip was justified.

csi-sanity leaves out the specs of a capability that the driver does not advertise. That is the only good reason to
leave one out, so every skip is held against what the driver does advertise.
"""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

NODE_LIMIT = "node limit of volumes"

# The reason csi-sanity gives -> what the driver must not advertise for that reason to hold.
_SKIPPED_WITHOUT = {
    "Controller Service not provided: CreateVolume not supported": "plugin CONTROLLER_SERVICE",
    "GroupControllerService not supported": "plugin GROUP_CONTROLLER_SERVICE",
    "SNAPSHOT_ACCESSIBILITY_CONSTRAINTS not supported": "plugin SNAPSHOT_ACCESSIBILITY_CONSTRAINTS",
    "CreateVolume not supported": "controller CREATE_DELETE_VOLUME",
    "DeleteVolume not supported": "controller CREATE_DELETE_VOLUME",
    "ControllerPublishVolume not supported": "controller PUBLISH_UNPUBLISH_VOLUME",
    "ControllerUnpublishVolume not supported": "controller PUBLISH_UNPUBLISH_VOLUME",
    "Controller Publish, UnpublishVolume not supported": "controller PUBLISH_UNPUBLISH_VOLUME",
    "ControllerPublishVolume.readonly field not supported": "controller PUBLISH_READONLY",
    "ListVolumes not supported": "controller LIST_VOLUMES",
    "GetCapacity not supported": "controller GET_CAPACITY",
    "Snapshot not supported": "controller CREATE_DELETE_SNAPSHOT",
    "CreateSnapshot not supported": "controller CREATE_DELETE_SNAPSHOT",
    "DeleteSnapshot not supported": "controller CREATE_DELETE_SNAPSHOT",
    "ListSnapshots not supported": "controller LIST_SNAPSHOTS",
    "GetSnapshot not supported": "controller GET_SNAPSHOT",
    "Volume Cloning not supported": "controller CLONE_VOLUME",
    "ControllerExpandVolume not supported": "controller EXPAND_VOLUME",
    "Modify volume not supported": "controller MODIFY_VOLUME",
    "Modify Volume not supported": "controller MODIFY_VOLUME",
    "ControllerModifyVolume not supported": "controller MODIFY_VOLUME",
    "ControllerGetVolumeHealth not supported": "controller GET_VOLUME_HEALTH",
    "ControllerListVolumeHealth not supported": "controller LIST_VOLUME_HEALTH",
    "NodeStageVolume not supported": "node STAGE_UNSTAGE_VOLUME",
    "NodeUnstageVolume not supported": "node STAGE_UNSTAGE_VOLUME",
    "NodeGetVolume not supported": "node GET_VOLUME_STATS",
    "NodeExpandVolume not supported": "node EXPAND_VOLUME",
    "NodeGetVolumeHealth not supported": "node GET_VOLUME_HEALTH",
    "NodeGetStorageHealth not supported": "node GET_STORAGE_HEALTH",
    "Service does not have single node multi writer capability": "node SINGLE_NODE_MULTI_WRITER",
    "No MaxVolumesPerNode": NODE_LIMIT,
}


@dataclass
class Report:
    """One run. A spec that was skipped without good reason is among the failed ones."""

    passed: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def summary(self, title: str) -> str:
        counts = f"{len(self.passed)} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"
        return f"csi-sanity ({title}): {counts}"


def read_report(junit: str, advertised: set[str]) -> Report:
    """The report in a JUnit file of csi-sanity. `advertised` is what `advertised_by` answers."""
    report = Report()
    for case in ElementTree.fromstring(junit).iter("testcase"):
        name = case.get("name", "").removeprefix("[It] ")
        status = case.get("status")
        if status == "passed":
            report.passed.append(name)
        elif status == "pending":  # Switched off by its authors, for everybody.
            report.skipped.append((name, "pending in csi-sanity itself"))
        elif status == "skipped":
            _judge_skip(report, name, _message_of(case, "skipped"), advertised)
        else:
            text = _message_of(case, "failure") or _message_of(case, "error") or "no message"
            report.failed.append((name, f"{status}: {_without_go_structs(text)}"))
    return report


def _judge_skip(report: Report, name: str, message: str, advertised: set[str]) -> None:
    reason = message.removeprefix("skipped - ")
    capability = _SKIPPED_WITHOUT.get(reason)
    if capability is None:
        report.failed.append((name, f"skipped, and not because the driver lacks a capability: {reason}"))
    elif capability in advertised:
        report.failed.append((name, f"skipped ({reason}), but the driver advertises: {capability}"))
    else:
        report.skipped.append((name, reason))


def advertised_by(plugin: dict, controller: dict, node: dict, node_info: dict) -> set[str]:
    """What a driver advertises, from its answers to GetPluginCapabilities, ControllerGetCapabilities,
    NodeGetCapabilities and NodeGetInfo."""
    advertised = {
        f"{part} {capability[kind]['type']}"
        for part, kind, answer in (("plugin", "service", plugin), ("controller", "rpc", controller), ("node", "rpc", node))
        for capability in answer.get("capabilities", [])
        if kind in capability
    }
    if int(node_info.get("max_volumes_per_node", 0)) > 0:
        advertised.add(NODE_LIMIT)
    return advertised


def _message_of(case: ElementTree.Element, tag: str) -> str:
    element = case.find(tag)
    return "" if element is None else element.get("message", "")


def _without_go_structs(text: str) -> str:
    """Leaves out the dump of an error's inside, which repeats its text over twenty lines."""
    kept, depth = [], 0
    for line in text.splitlines():
        stripped = line.strip()
        depth += stripped.endswith("{")
        if depth == 0:
            kept.append(line)
        depth -= depth > 0 and stripped.rstrip(",") == "}"
    return "\n".join(kept)
