# SPDX-License-Identifier: Apache-2.0
"""The node plugin is killed at any moment of any verb. What it began is finished when it is asked again."""

import random
import time
from collections.abc import Callable

import evidence
from cluster import Cluster, Worker
from lab import Lab
from pace import thorough
from stack import CallFailed
from volume import Volume, eventually

_KINDS = ("ext4", "")
_ROUNDS = 10
_VERBS = {
    "stage": ("NodeStageVolume", Volume.stage_request),
    "publish": ("NodePublishVolume", Volume.publish_request),
    "unpublish": ("NodeUnpublishVolume", Volume.unpublish_request),
    "unstage": ("NodeUnstageVolume", Volume.unstage_request),
    "stage again": ("NodeStageVolume", Volume.stage_request),
}
Runner = Callable[[Volume, str], None]


@thorough(minutes=45)
def test_Pain25_a_node_plugin_killed_50_times_finishes_every_verb_when_it_is_asked_again(lab: Lab) -> str:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    with Cluster(lab) as cluster:
        node = cluster.workers[0]
        killer = Killer(node, random.Random(seed), {kind: pace(node, kind) for kind in _KINDS})
        for number in range(_ROUNDS):
            live(node, f"round-{number}", _KINDS[number % 2], killer.run)
        assert cluster.storage.rds.images() == []
        return f"{killer.kills} kills, of them {killer.in_time} before the answer; all verbs finished, all data there"


def pace(node: Worker, kind: str) -> dict[str, float]:
    """How long each verb takes when nothing happens."""
    seconds: dict[str, float] = {}

    def run(volume: Volume, verb: str) -> None:
        start = time.monotonic()
        call(node, volume, verb)
        seconds[verb] = time.monotonic() - start

    live(node, f"pace-{kind or 'block'}", kind, run)
    return seconds


def live(node: Worker, name: str, kind: str, run: Runner) -> None:
    """A volume's life with every verb of a node; its data is there in the end, and nothing else."""
    volume = Volume(node, name, mib=64, fs_type=kind)
    volume.create()
    volume.attach()
    node.machine.run(f"mkdir -p {volume.staging} {volume.target.rpartition('/')[0]}")
    run(volume, "stage")
    run(volume, "publish")
    path = volume.target if volume.is_block else f"{volume.target}/data"
    written = evidence.write_random(node.machine, path, mib=4)
    run(volume, "unpublish")
    run(volume, "unstage")
    assert evidence.left_on_node(node.machine, node.kubelet) == []
    run(volume, "stage again")
    volume.publish()
    assert evidence.stored_checksum(node.machine, path, kib=4 << 10) == written
    volume.unpublish()
    volume.unstage()
    assert evidence.left_on_node(node.machine, node.kubelet) == []
    volume.detach()
    volume.delete()


def call(node: Worker, volume: Volume, verb: str) -> None:
    method, request = _VERBS[verb]
    node.call_node(method, **request(volume))


class Killer:
    """Runs verbs, kills the plugin at a random moment of each, and asks again."""

    def __init__(self, node: Worker, chance: random.Random, paces: dict[str, dict[str, float]]) -> None:
        self.kills = 0
        self.in_time = 0
        self._node = node
        self._chance = chance
        self._paces = paces

    def run(self, volume: Volume, verb: str) -> None:
        method, request = _VERBS[verb]
        seconds = self._paces[volume.fs_type][verb] * self._chance.uniform(0, 1.1)
        started = self._node.csi.start(self._node.plugin.SOCKET, f"Node/{method}", **request(volume))
        time.sleep(seconds)
        self._node.restart_plugin()
        self.kills += 1
        self.in_time += not self._was_answered(started)
        try:
            eventually(lambda: call(self._node, volume, verb), timeout=60)
        except CallFailed as failure:
            raise AssertionError(f"{verb} of {volume.name} after a kill at {seconds:.3f} s: {failure}") from None

    def _was_answered(self, started: int) -> bool:
        try:
            self._node.csi.finish(started)
        except CallFailed:
            return False
        return True
