# SPDX-License-Identifier: Apache-2.0
"""A cluster of nothing but an API server. What else belongs to one (the scheduler, kubelets, kube-controller-manager)
is played here, as far as storage notices."""

import time
from collections.abc import Callable
from typing import TypeVar

from control_plane import ControlPlane, ControlPlaneError

DRIVER = "rds.csi.srvlab.io"
PATIENCE = 120  # seconds; on a machine that has time, nothing here takes more than a few
_MERGE = "application/merge-patch+json"
_CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
_VOLUMES = "/api/v1/persistentvolumes"
_ATTACHMENTS = "/apis/storage.k8s.io/v1/volumeattachments"

T = TypeVar("T")


def wait_until(what: str, look: Callable[[], T], seconds: float = PATIENCE) -> T:
    """The first answer of `look` that is true. Raises AssertionError with the last one."""
    end = time.monotonic() + seconds
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s not: {what} (last: {answer!r})")
        time.sleep(0.2)


class Cluster:
    """All as the administrator. ControlPlaneError: refused."""

    def __init__(self, plane: ControlPlane):
        self.plane = plane
        self._places = _places(plane)

    def create(self, each: dict, dry_run: bool = False) -> dict:
        """Any object, with strict validation: an unknown field is an error."""
        place, in_name_space = self._places[each["apiVersion"], each["kind"]]
        folder = f"/namespaces/{each['metadata']['namespace']}" if in_name_space else ""
        root = "/api" if "/" not in each["apiVersion"] else "/apis"
        query = "?fieldValidation=Strict" + ("&dryRun=All" if dry_run else "")
        return self.plane.request("POST", f"{root}/{each['apiVersion']}{folder}/{place}{query}", each)

    def find(self, path: str) -> dict | None:
        try:
            return self.plane.request("GET", path)
        except ControlPlaneError as error:
            if ": 404 " in str(error):
                return None
            raise

    def add_node(self, name: str) -> None:
        """A machine whose kubelet has registered the driver."""
        self.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
        drivers = [{"name": DRIVER, "nodeID": name, "topologyKeys": []}]
        self.create({
            "apiVersion": "storage.k8s.io/v1", "kind": "CSINode",
            "metadata": {"name": name}, "spec": {"drivers": drivers}})

    def remove_node(self, name: str) -> None:
        self.plane.request("DELETE", f"/api/v1/nodes/{name}")

    def add_claim(self, name: str, storage_class: str, node: str, block: bool = False, shared: bool = False) -> dict:
        """As it is once the scheduler has chosen `node` for its pod."""
        return self.create({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {
                "name": name,
                "namespace": "default",
                "annotations": {
                    "volume.kubernetes.io/storage-provisioner": DRIVER,
                    "volume.kubernetes.io/selected-node": node,
                },
            },
            "spec": {
                "storageClassName": storage_class,
                "accessModes": ["ReadWriteMany" if shared else "ReadWriteOnce"],
                "volumeMode": "Block" if block else "Filesystem",
                "resources": {"requests": {"storage": "1Gi"}},
            },
        })

    def bind(self, claim: dict) -> str:
        """Waits for the claim's volume, and binds the two. The volume's name."""
        name, path = f"pvc-{claim['metadata']['uid']}", f"{_CLAIMS}/{claim['metadata']['name']}"
        volume = wait_until(f"volume for claim {path}", lambda: self.find(f"{_VOLUMES}/{name}"))
        self.plane.request("PATCH", path, {"spec": {"volumeName": name}}, _MERGE)
        held = {"phase": "Bound", "accessModes": claim["spec"]["accessModes"], "capacity": volume["spec"]["capacity"]}
        self.plane.request("PATCH", f"{path}/status", {"status": held}, _MERGE)
        self.plane.request("PATCH", f"{_VOLUMES}/{name}/status", {"status": {"phase": "Bound"}}, _MERGE)
        return name

    def resize(self, claim: str, size: str) -> None:
        wanted = {"spec": {"resources": {"requests": {"storage": size}}}}
        self.plane.request("PATCH", f"{_CLAIMS}/{claim}", wanted, _MERGE)

    def release(self, claim: str, volume: str) -> None:
        """Deletes the claim; nothing uses it, so nothing protects it and its volume any more."""
        free = {"metadata": {"finalizers": None}}
        self.plane.request("PATCH", f"{_CLAIMS}/{claim}", free, _MERGE)
        self.plane.request("DELETE", f"{_CLAIMS}/{claim}")
        kept = [each for each in self.volume(volume)["metadata"]["finalizers"] if each != "kubernetes.io/pv-protection"]
        self.plane.request("PATCH", f"{_VOLUMES}/{volume}", {"metadata": {"finalizers": kept}}, _MERGE)
        self.plane.request("PATCH", f"{_VOLUMES}/{volume}/status", {"status": {"phase": "Released"}}, _MERGE)

    def volume(self, name: str) -> dict | None:
        return self.find(f"{_VOLUMES}/{name}")

    def claim(self, name: str) -> dict | None:
        return self.find(f"{_CLAIMS}/{name}")

    def want_attached(self, volume: str, node: str) -> str:
        """Makes a VolumeAttachment and answers its name."""
        name = f"{volume}-{node}"
        self.create({
            "apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": name},
            "spec": {"attacher": DRIVER, "nodeName": node, "source": {"persistentVolumeName": volume}}})
        return name

    def attach(self, volume: str, node: str) -> dict[str, str]:
        """What the attached node is told."""
        name = self.want_attached(volume, node)
        wait_until(f"{volume} attached to {node}", lambda: self.attachment(name)["status"].get("attached"))
        return self.attachment(name)["status"]["attachmentMetadata"]

    def detach(self, volume: str, node: str) -> None:
        name = f"{volume}-{node}"
        self.plane.request("DELETE", f"{_ATTACHMENTS}/{name}")
        wait_until(f"{volume} detached from {node}", lambda: self.attachment(name) is None)

    def attachment(self, name: str) -> dict | None:
        return self.find(f"{_ATTACHMENTS}/{name}")

    def event(self, claim: str, reason: str, count: int = 1) -> str:
        """The message of an event about a claim, once it was told so often."""
        return wait_until(f"event {reason} on {claim}", lambda: self._find_event(claim, reason, count))["message"]

    def _find_event(self, claim: str, reason: str, count: int) -> dict | None:
        listed = self.plane.request("GET", "/api/v1/namespaces/default/events")["items"]
        about = ("PersistentVolumeClaim", claim)
        found = [each for each in listed if each["reason"] == reason and each["count"] >= count
                 and (each["involvedObject"]["kind"], each["involvedObject"]["name"]) == about]
        return found[0] if found else None


def _places(plane: ControlPlane) -> dict[tuple[str, str], tuple[str, bool]]:
    """What a kind is called in a path, and whether it belongs to a namespace."""
    found = {}
    groups = plane.request("GET", "/apis")["groups"]
    versions = ["v1", *(version["groupVersion"] for group in groups for version in group["versions"])]
    for version in versions:
        root = "/api" if "/" not in version else "/apis"
        for each in plane.request("GET", f"{root}/{version}")["resources"]:
            if "/" not in each["name"]:
                found[version, each["kind"]] = (each["name"], each["namespaced"])
    return found
