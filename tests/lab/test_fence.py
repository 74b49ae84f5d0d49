# SPDX-License-Identifier: Apache-2.0
"""A volume is never written by two nodes: what the fence promises, on machines of their own and by the bytes that the
RDS has on its disk."""

from collections.abc import Callable

import evidence
from cluster import IMPATIENT, Cluster, Worker
from lab import Lab
from pace import thorough
from pod import Pod
from stack import CallFailed, Controller
from volume import Volume, eventually

# A node that comes back has so many seconds to do harm in.
_TIME_FOR_HARM = 20


def test_ATT_7_of_two_nodes_that_ask_at_once_one_gets_the_volume(lab: Lab) -> None:
    with Cluster(lab, nodes=2) as cluster:
        volume = Volume(cluster.workers[0], "wanted-by-two", mib=64, fs_type="ext4")
        volume.create()
        for _ in range(10):
            asked = {worker: ask(cluster, volume.on(worker)) for worker in cluster.workers}
            outcomes = {worker: answer(cluster, call) for worker, call in asked.items()}
            winners = [worker for worker, outcome in outcomes.items() if outcome == "OK"]
            assert len(winners) == 1, outcomes
            assert set(outcomes.values()) <= {"OK", "ABORTED", "FAILED_PRECONDITION"}, outcomes
            hosts = evidence.exported_to(cluster.storage.machine, volume.nqn)
            assert len(hosts) == 1 and hosts != ["*"], hosts
            volume.on(winners[0]).detach()
        volume.delete()


def ask(cluster: Cluster, volume: Volume) -> int:
    return cluster.storage.csi.start(Controller.SOCKET, "Controller/ControllerPublishVolume", **volume.attach_request())


def answer(cluster: Cluster, call: int) -> str:
    try:
        cluster.storage.csi.finish(call)
        return "OK"
    except CallFailed as failure:
        return failure.code_name


@thorough()
def test_Pain06_ATT_12_a_node_whose_cable_was_cut_writes_not_one_byte_when_it_comes_back(lab: Lab) -> None:
    """The volume is detached from it by force, as Kubernetes does with a node that is out of service."""

    def move(_: Cluster, volume: Volume) -> None:
        volume.detach()

    with Cluster(lab, nodes=2) as cluster:
        come_back_too_late(cluster, lambda: cluster.cut_off(cluster.workers[0]), move)


@thorough()
def test_ATT_10_a_node_that_hung_writes_not_one_byte_when_it_goes_on(lab: Lab) -> None:
    """The volume is taken over from it: the cluster has forgotten the node. Its sessions were alive when it stopped."""

    def forget(cluster: Cluster, volume: Volume) -> None:
        if volume.machine.name in cluster.storage.controller.known_nodes:
            cluster.storage.forget_node(volume.machine.name)

    with Cluster(lab, nodes=2) as cluster:
        come_back_too_late(cluster, cluster.workers[0].machine.pause, forget)


def come_back_too_late(cluster: Cluster, lose: Callable[[], None], give_up: Callable[[Cluster, Volume], None]) -> None:
    """Node 1 writes to a filesystem and a block volume and is lost; node 2 gets both; node 1 comes back."""
    one, two = cluster.workers
    patience = {"ctrlLossTmo": "240", "anchorSeconds": "30"}
    volumes = [cluster.volume("late-fs", "ext4", **patience), cluster.volume("late-block", **patience)]
    pods = [Pod(volume) for volume in volumes]
    for pod in pods:
        pod.writer.wait_for_records(20)
        pod.write_dirty()
    lose()
    for volume in volumes:
        give_up(cluster, volume)
    there = [volume.on(two) for volume in volumes]
    successors = [succeed(pod, volume) for pod, volume in zip(pods, there, strict=True)]
    before = [cluster.storage.checksum(volume) for volume in volumes]

    come_back(cluster, one, pods)

    assert [cluster.storage.checksum(volume) for volume in volumes] == before, "late writes of node 1 are on the disk"
    for volume, pod in zip(volumes, pods, strict=True):
        pod.abandon()
        eventually(volume.unpublish, timeout=420)  # Linux 6.1 goes on asking an RDS that has refused it.
        eventually(volume.unstage)
    assert evidence.left_on_node(one.machine, one.kubelet) == []
    assert [cluster.storage.checksum(volume) for volume in volumes] == before, "unstaging wrote to the disk"
    for successor in successors:
        successor.volume.stage()
        successor.volume.publish()
        successor.verify()
        successor.volume.leave()


def succeed(pod: Pod, there: Volume) -> Pod:
    """The pod's successor on the other node finds all that was synced, and writes. Then the volume rests, unused, but
    attached there."""
    there.put_to_use()
    pod.on(there).writer.verify()
    successor = Pod(there, name="successor")
    successor.write_dirty()
    successor.writer.wait_for_records(20)
    successor.finish()
    there.unpublish()
    there.unstage()
    return successor


def come_back(cluster: Cluster, worker: Worker, pods: list[Pod]) -> None:
    """With more that it wants to write, and time to do so; the RDS has seen it and has refused it."""
    console = cluster.storage.machine

    def refused() -> int:
        return console.log("console.log").count("not allowed")

    before = refused()
    worker.machine.resume()
    for pod in pods:
        pod.write_dirty()
    cluster.cut_off(worker, False)
    console.wait_until("node 1 asks again", lambda: refused() > before, timeout=120)
    worker.machine.run(f"sleep {_TIME_FOR_HARM}")


@thorough()
def test_STL_8_pages_of_a_lost_attachment_never_reach_the_volume_when_it_is_attached_again(lab: Lab) -> None:
    """Node 1 is cut off with dirty pages, node 2 changes the volume and lets it go, node 1 gets it again."""
    with Cluster(lab, nodes=2) as cluster:
        one, two = cluster.workers
        parameters = {**IMPATIENT, "anchorSeconds": "600"}
        volumes = [cluster.volume(f"old-{kind or 'block'}", kind, **parameters) for kind in ("ext4", "xfs", "")]
        pods = [Pod(volume) for volume in volumes]
        for pod in pods:
            pod.make_room_for_marked()
        cluster.cut_off(one)
        for pod in pods:
            pod.write_marked()
        for volume in volumes:
            volume.detach()
        successors = [succeed(pod, volume.on(two)) for pod, volume in zip(pods, volumes, strict=True)]
        for successor in successors:
            successor.volume.detach()
        before = [cluster.storage.checksum(volume) for volume in volumes]
        cluster.cut_off(one, False)

        for volume in volumes:
            volume.attach()
        one.machine.run(f"sleep {_TIME_FOR_HARM}")
        assert [cluster.storage.checksum(volume) for volume in volumes] == before, "old pages are on the disk"

        for pod, volume, successor in zip(pods, volumes, successors, strict=True):
            pod.abandon()  # Its writer ends when its I/O fails: when the volume is staged as it is attached now.
            eventually(volume.stage)
            eventually(volume.unpublish)
            volume.publish()
            volume.sync()
            one.machine.run(f"sleep {_TIME_FOR_HARM // 4}")
            assert not evidence.contains(cluster.storage.machine, cluster.storage.image(volume), pod.MARK)
            successor.on(volume).verify()
            volume.leave()
            volume.delete()
        assert evidence.left_on_node(one.machine, one.kubelet) == []


@thorough()
def test_ACC_1_a_block_volume_migrates_between_two_nodes_under_write_load(lab: Lab) -> None:
    """As KubeVirt does it: both nodes have the volume, and the writer goes on on the second from where it was."""
    with Cluster(lab, nodes=2) as cluster:
        one, two = cluster.workers
        here = Volume(one, "migrating", mib=64, access_mode="MULTI_NODE_MULTI_WRITER")
        here.create()
        here.put_to_use()
        for _ in range(3):
            there = here.on(two if here.machine is one.machine else one)
            pod = Pod(here)
            there.put_to_use()
            assert len(evidence.connections(there.machine)) == 1
            pod.writer.wait_for_records(50)
            pod.write_dirty()
            pod.finish()

            successor = Pod(there, first=pod.writer.acknowledged + 1)
            here.leave()
            hosts = evidence.exported_to(cluster.storage.machine, here.nqn)
            assert len(hosts) == 1 and hosts != ["*"], f"after the migration the RDS admits {hosts}"
            assert evidence.left_on_node(here.machine, one.kubelet) == []
            successor.writer.wait_for_records(50)
            successor.finish()
            here = there
        here.leave()
        here.delete()
