# SPDX-License-Identifier: Apache-2.0
"""The driver and the real sidecars against a real API server, with the rights and the command lines that the chart
gives them: from a claim to its volume, its attachments and its end. And that these rights are enough, and not more."""

import unittest
from pathlib import Path

from chart import rights_of
from cluster import Cluster, wait_until
from control_plane import ControlPlane
from installation import NODE, CallFailed, Installation

PROGRAMS: dict[str, Path] = {}  # Set by who runs the tests: etcd, kube-apiserver and the sidecars.
SIDECARS = {"provisioner": "csi-provisioner", "attacher": "csi-attacher", "resizer": "csi-resizer"}
OTHER = "worker-2"

# Rights that are of use elsewhere.
FOR_OTHER_DAYS = {
    "controller": {
        # With an API server that does not send the first list along with a watch.
        ("list", "persistentvolumeclaims"),
        ("list", "storageclasses"),
        ("list", "csinodes"),
        # The provisioner gives a claim back to the scheduler when there is no room where its pod is.
        ("update", "persistentvolumeclaims"),
    },
    "node": set(),
}


class DriverTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        plane = cls.enterClassContext(ControlPlane(PROGRAMS, audit=True))
        cls.plane, cls.cluster = plane, Cluster(plane)
        for node in (NODE, OTHER):
            cls.cluster.add_node(node)
        sidecars = {container: PROGRAMS[program] for container, program in SIDECARS.items()}
        cls.driver = cls.enterClassContext(Installation(cls.cluster, sidecars))

    def make(self, name: str, storage_class: str = "rds", **more: bool) -> str:
        return self.cluster.bind(self.cluster.add_claim(name, storage_class, NODE, **more))

    def nodes_of(self, volume: str) -> list[str]:
        """Which nodes have a volume, as the ledger on the RDS says."""
        entries = self.driver.call("controller", "Controller/ListVolumes").get("entries", [])
        (status,) = [each.get("status", {}) for each in entries if each["volume"]["volume_id"] == volume]
        return sorted(status.get("published_node_ids", []))

    def test_1_a_claim_becomes_a_volume_that_knows_its_claim(self) -> None:
        name = self.make("first")
        volume = self.cluster.volume(name)
        self.assertEqual(volume["spec"]["csi"]["volumeHandle"], name)
        self.assertEqual(volume["spec"]["csi"]["fsType"], "ext4")
        attributes = volume["spec"]["csi"]["volumeAttributes"]
        self.assertEqual(attributes["csi.storage.k8s.io/pvc/name"], "first")
        self.assertEqual(attributes["csi.storage.k8s.io/pvc/namespace"], "default")
        self.assertEqual(self.nodes_of(name), [])

    def test_2_ATT_4_a_volume_is_not_given_to_a_second_node(self) -> None:
        volume = self.make("held")
        self.assertIn("nqn", " ".join(self.cluster.attach(volume, NODE)).lower())
        second = self.cluster.want_attached(volume, OTHER)
        refused = wait_until("a refusal", lambda: self.cluster.attachment(second)["status"].get("attachError"))
        self.assertIn(NODE, refused["message"])
        self.assertIn(NODE, self.cluster.event("held", "AttachmentConflict"))
        self.assertEqual(self.nodes_of(volume), [NODE])
        self.cluster.detach(volume, NODE)
        wait_until("attached to the second", lambda: self.cluster.attachment(second)["status"].get("attached"))
        self.assertEqual(self.nodes_of(volume), [OTHER])
        self.cluster.event("held", "VolumeDetached")

    def test_3_ATT_5_a_volume_goes_on_when_the_object_of_its_node_is_deleted(self) -> None:
        volume = self.make("left")
        self.cluster.add_node("doomed")
        self.cluster.attach(volume, "doomed")
        self.cluster.remove_node("doomed")
        self.cluster.attach(volume, OTHER)
        self.assertIn("doomed", self.cluster.event("left", "StaleAttachmentCleared"))
        self.assertEqual(self.nodes_of(volume), [OTHER])

    def test_4_ACC_1_a_block_volume_migrates(self) -> None:
        volume = self.make("disk", "rds-migration", block=True, shared=True)
        self.cluster.attach(volume, NODE)
        self.cluster.attach(volume, OTHER)
        self.cluster.event("disk", "MigrationStarted")
        self.assertEqual(self.nodes_of(volume), [NODE, OTHER])
        self.cluster.detach(volume, NODE)
        self.cluster.event("disk", "MigrationCompleted")
        self.assertEqual(self.nodes_of(volume), [OTHER])

    def test_5_ATT_6_what_has_no_volume_attachment_is_taken_out_after_a_while(self) -> None:
        volume = self.make("forgotten")
        mount = {"mount": {"fs_type": "ext4"}, "access_mode": {"mode": "SINGLE_NODE_WRITER"}}
        context = self.cluster.volume(volume)["spec"]["csi"]["volumeAttributes"]
        self.driver.call("controller", "Controller/ControllerPublishVolume", volume_id=volume, node_id=NODE,
                         volume_capability=mount, volume_context=context)
        self.assertEqual(self.nodes_of(volume), [NODE])
        self.assertIn("no VolumeAttachment", self.cluster.event("forgotten", "StaleAttachmentCleared"))
        self.assertEqual(self.nodes_of(volume), [])

    def test_6_a_claim_that_grows_grows_its_volume(self) -> None:
        volume = self.make("small")
        self.cluster.resize("small", "2Gi")
        wait_until("grown", lambda: self.cluster.volume(volume)["spec"]["capacity"]["storage"] == "2Gi")
        wait_until("the node's turn", lambda: "FileSystemResizePending" in [
            each["type"] for each in self.cluster.claim("small")["status"].get("conditions", [])])

    def test_7_a_claim_that_is_deleted_takes_its_volume_along(self) -> None:
        volume = self.make("brief")
        self.cluster.release("brief", volume)
        wait_until("deleted", lambda: self.cluster.volume(volume) is None)
        listed = self.driver.call("controller", "Controller/ListVolumes").get("entries", [])
        self.assertNotIn(volume, [each["volume"]["volume_id"] for each in listed])

    def test_8_EVT_1_the_node_tells_a_claim_why_it_cannot_be_used(self) -> None:
        volume = self.make("unreachable")
        publish = self.cluster.attach(volume, NODE)
        context = self.cluster.volume(volume)["spec"]["csi"]["volumeAttributes"]
        without = {key: value for key, value in context.items() if not key.startswith("csi.storage.k8s.io/")}
        for known in (without, context, context):  # The claim is found through its volume, by name, and once more.
            with self.assertRaises(CallFailed):
                self.stage(volume, publish, known)
        self.assertIn("cannot be reached", self.cluster.event("unreachable", "ConnectionFailure", count=2))

    def stage(self, volume: str, publish: dict, context: dict) -> None:
        """There is no NVMe/TCP behind this RDS."""
        path = self.plane.folder / "kubelet" / volume
        path.mkdir(exist_ok=True)
        mount = {"mount": {"fs_type": "ext4"}, "access_mode": {"mode": "SINGLE_NODE_WRITER"}}
        self.driver.call("node", "Node/NodeStageVolume", volume_id=volume, staging_target_path=str(path),
                         volume_capability=mount, publish_context=publish, volume_context=context)

    def test_9_nobody_was_refused_anything(self) -> None:
        for pod in ("controller", "node"):
            asked = self.asked_by(pod)
            self.assertTrue(asked, pod)
            refused = {(each["verb"], each["requestURI"]) for each in asked if each["responseStatus"]["code"] == 403}
            self.assertEqual(refused, set(), pod)

    def test_9_every_right_is_used(self) -> None:
        for pod in ("controller", "node"):
            used = {(each["verb"], resource_of(each)) for each in self.asked_by(pod) if "objectRef" in each}
            given = rights_of(self.driver.objects, f"rds-csi-{pod}")
            with self.subTest(pod):
                self.assertEqual(given - used, FOR_OTHER_DAYS[pod])

    def asked_by(self, pod: str) -> list[dict]:
        """All that the driver and its sidecars in a pod have asked the API server for."""
        return [each for each in self.plane.audited() if each["user"]["username"] == self.driver.account(pod)]


def resource_of(entry: dict) -> str:
    about = entry["objectRef"]
    return "/".join(filter(None, (about["resource"], about.get("subresource"))))


if __name__ == "__main__":
    unittest.main()
