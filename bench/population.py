# SPDX-License-Identifier: Apache-2.0
"""A cluster's objects, many at once: they are put into etcd as the API server would have put them, in batches."""

import base64
import json
import urllib.request
import uuid
from collections.abc import Iterable, Iterator

from control_plane import ControlPlane
from rig import NODES

DRIVER = "rds.csi.srvlab.io"
_BATCH = 100  # of the 128 operations that etcd takes at once
_MADE = "2026-01-01T00:00:00Z"


def add_nodes(plane: ControlPlane) -> None:
    _put(plane, (("minions", _object("v1", "Node", node, {})) for node in NODES))


def add_volumes(plane: ControlPlane, first: int, beyond: int) -> None:
    """The volumes pvc-FIRST and up, each attached to the first node."""
    _put(plane, (each for number in range(first, beyond) for each in _volume_and_attachment(f"pvc-{number}")))


def _volume_and_attachment(name: str) -> Iterator[tuple[str, dict]]:
    csi = {"driver": DRIVER, "volumeHandle": name, "fsType": "ext4",
           "volumeAttributes": {"nqn": f"nqn.2000-02.com.mikrotik:{name}"}}
    volume = {"spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "csi": csi,
                       "persistentVolumeReclaimPolicy": "Delete", "storageClassName": "rds",
                       "volumeMode": "Filesystem"},
              "status": {"phase": "Bound"}}
    attachment = {"spec": {"attacher": DRIVER, "nodeName": NODES[0], "source": {"persistentVolumeName": name}},
                  "status": {"attached": True}}
    yield "persistentvolumes", _object("v1", "PersistentVolume", name, volume)
    yield "volumeattachments", _object("storage.k8s.io/v1", "VolumeAttachment", f"csi-{name}", attachment)


def _object(version: str, kind: str, name: str, rest: dict) -> dict:
    made = {"name": name, "uid": str(uuid.uuid4()), "creationTimestamp": _MADE}
    return {"apiVersion": version, "kind": kind, "metadata": made, **rest}


def _put(plane: ControlPlane, objects: Iterable[tuple[str, dict]]) -> None:
    batch = []
    for folder, each in objects:
        key = f"/registry/{folder}/{each['metadata']['name']}"
        batch.append({"requestPut": {"key": _base64(key), "value": _base64(json.dumps(each))}})
        if len(batch) == _BATCH:
            _send(plane, batch)
            batch = []
    _send(plane, batch)


def _send(plane: ControlPlane, batch: list[dict]) -> None:
    request = urllib.request.Request(f"{plane.etcd}/v3/kv/txn", json.dumps({"success": batch}).encode())
    with urllib.request.urlopen(request) as answer:
        answer.read()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
