# SPDX-License-Identifier: Apache-2.0
"""The chart on a real API server: every object is taken with strict validation, and the rights that the roles give are
the ones that the driver and its sidecars use."""

import unittest
from pathlib import Path

from chart import LEAST, merged, of_kind, render
from cluster import Cluster
from control_plane import ControlPlane, ControlPlaneError

PROGRAMS: dict[str, Path] = {}  # Set by who runs the tests: etcd and kube-apiserver.
NAME_SPACE = "storage"


class ApplyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.plane = cls.enterClassContext(ControlPlane(PROGRAMS))
        cls.plane.request("POST", "/api/v1/namespaces", {"metadata": {"name": NAME_SPACE}})
        cls.cluster = Cluster(cls.plane)
        cls.objects = render(name_space=NAME_SPACE)

    def allowed(self, account: str, verb: str, group: str, resource: str, name_space: str = "default") -> bool:
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {
                "user": f"system:serviceaccount:{NAME_SPACE}:{account}",
                "resourceAttributes": {"verb": verb, "group": group, "resource": resource, "namespace": name_space},
            },
        }
        answer = self.plane.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        return answer["status"]["allowed"]

    def test_1_every_object_is_taken_with_strict_validation(self) -> None:
        for each in self.objects:
            with self.subTest(f"{each['kind']} {each['metadata']['name']}"):
                self.cluster.create(each)

    def test_2_so_is_a_chart_with_every_value_set(self) -> None:
        values = merged(LEAST, {
            "topologyZone": "a", "imagePullSecrets": ["pull"], "driverName": "other.example",
            "rds": {"url": "ssh://[fd00::1]:22", "nvmeAddress": "fd00::2", "insecureSshHostKey": True},
            "controller": {"nodeSelector": {"a": "b"}, "affinity": {"nodeAffinity": {}}, "extraArgs": ["--x"]},
            "node": {"nodeSelector": {"a": "b"}, "maxUnavailable": 1, "loadModules": False},
            "storageClasses": {"rds": {"default": True, "mountOptions": ["noatime"]}},
        })
        for each in render(values, name="other", name_space=NAME_SPACE):
            with self.subTest(f"{each['kind']} {each['metadata']['name']}"):
                try:
                    self.cluster.create(each, dry_run=True)
                except ControlPlaneError as error:
                    self.assertIn("already exists", str(error))  # The StorageClasses of the test before.

    def test_3_strict_validation_would_have_told(self) -> None:
        (driver,) = of_kind(self.objects, "CSIDriver")
        wrong = merged(driver, {"metadata": {"name": "wrong.example"}, "spec": {"typo": True}})
        with self.assertRaisesRegex(ControlPlaneError, "typo"):
            self.cluster.create(wrong, dry_run=True)

    def test_4_a_node_may_tell_of_its_volumes_and_nothing_else(self) -> None:
        for verb, group, resource, wanted in (
            ("create", "", "events", True),
            ("patch", "", "events", True),
            ("get", "", "persistentvolumeclaims", True),
            ("get", "", "persistentvolumes", True),
            ("list", "", "persistentvolumes", False),
            ("get", "", "secrets", False),
            ("get", "", "pods", False),
            ("patch", "", "nodes", False),
            ("get", "storage.k8s.io", "volumeattachments", False),
        ):
            self.assertEqual(self.allowed("rds-csi-node", verb, group, resource), wanted, (verb, resource))

    def test_5_the_controller_may_do_its_work_and_read_no_secret(self) -> None:
        for verb, group, resource, name_space, wanted in (
            ("create", "", "persistentvolumes", "", True),
            ("delete", "", "persistentvolumes", "", True),
            ("update", "", "persistentvolumeclaims", "default", True),
            ("watch", "", "nodes", "", True),
            ("watch", "storage.k8s.io", "volumeattachments", "", True),
            ("update", "coordination.k8s.io", "leases", NAME_SPACE, True),
            ("update", "coordination.k8s.io", "leases", "default", False),
            ("get", "", "secrets", NAME_SPACE, False),
            ("delete", "", "persistentvolumeclaims", "default", False),
            ("delete", "storage.k8s.io", "volumeattachments", "", False),
            ("delete", "", "nodes", "", False),
            ("create", "", "pods", NAME_SPACE, False),
        ):
            self.assertEqual(
                self.allowed("rds-csi-controller", verb, group, resource, name_space), wanted, (verb, resource))


if __name__ == "__main__":
    unittest.main()
