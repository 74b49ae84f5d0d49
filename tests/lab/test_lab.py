# SPDX-License-Identifier: Apache-2.0
"""Proves the lab itself, without the driver: the kernel's NVMe/TCP target and host, and every switch a machine has."""

import time

from kernel_target import connect, controller_state, export_file
from lab import Lab, Machine
from pace import thorough

# The host notices a silent link after the keep-alive time, and tries again every second for as long as it takes.
_PATIENT = "keep_alive_tmo=3,reconnect_delay=1,ctrl_loss_tmo=600"


@thorough()
def test_a_file_exported_by_the_kernel_is_mounted_and_keeps_its_data(lab: Lab) -> None:
    for filesystem in ("ext4", "xfs"):
        machine = lab.machine(filesystem)
        export_file(machine, "volume", size_mib=512)
        mount_new(machine, connect(machine, "127.0.0.1", "volume"), filesystem)
        wanted = write_random(machine, "/mnt/data", mib=16)
        machine.run("umount /mnt; echo 3 >/proc/sys/vm/drop_caches; mount /dev/nvme0n1 /mnt")
        assert checksum(machine, "/mnt/data") == wanted
        assert machine.run("uname -r").out.strip() == lab.kernel.version
        machine.power_off()


def test_a_writer_lives_through_a_pulled_cable(lab: Lab) -> None:
    rds, node = mounted_over_the_segment(lab)
    wanted = write_random(node, "/mnt/before", mib=8)

    node.cable(False)
    writer = node.spawn("dd if=/dev/urandom of=/mnt/during bs=1M count=8 conv=fsync && sha256sum </mnt/during")
    node.wait_until("the host notices", lambda: controller_state(node) != "live", timeout=30)
    assert writer.running
    node.cable(True)

    during = writer.wait(timeout=60)
    assert during.code == 0, during.err
    assert controller_state(node) == "live"
    node.run("echo 3 >/proc/sys/vm/drop_caches")
    assert checksum(node, "/mnt/before") == wanted
    assert checksum(node, "/mnt/during") == during.out


@thorough()
def test_a_reader_waits_while_the_target_is_paused_or_silent(lab: Lab) -> None:
    rds, node = mounted_over_the_segment(lab)
    wanted = write_random(node, "/mnt/data", mib=4)
    for stop, go_on in (
        (rds.pause, rds.resume),
        (lambda: lab.silence(rds, node), lambda: lab.silence(rds, node, silent=False)),
    ):
        node.run("echo 3 >/proc/sys/vm/drop_caches")
        stop()
        reader = node.spawn("sha256sum </mnt/data")
        time.sleep(2)
        assert reader.running
        go_on()
        assert reader.wait(timeout=60).out == wanted


@thorough()
def test_synced_data_outlives_a_power_cut_of_the_node(lab: Lab) -> None:
    rds, node = mounted_over_the_segment(lab)
    wanted = write_random(node, "/mnt/data", mib=4)

    node.power_off()
    node.power_on()

    node.run(f"mount {connect(node, rds.address, 'volume', _PATIENT)} /mnt")
    assert checksum(node, "/mnt/data") == wanted


@thorough()
def test_what_a_machine_wrote_through_to_its_disk_outlives_a_power_cut(lab: Lab) -> None:
    machine = lab.machine("rds", memory_mib=512, cpus=1, disk_mib=256)
    machine.mount_disk("/mnt", options="sync")
    machine.run("echo kept >/mnt/written")
    machine.power_off()
    machine.power_on()
    machine.mount_disk("/mnt")
    assert machine.run("cat /mnt/written").out == "kept\n"


@thorough()
def test_a_link_can_be_slow_and_lossy(lab: Lab) -> None:
    one, other = lab.machine("one", memory_mib=512, cpus=1), lab.machine("other", memory_mib=512, cpus=1)
    ping = f"busybox ping -i 0.2 -c 50 {other.address}"
    other.wait_ready()
    lab.impair(one, other, loss=0.1, delay=0.1)
    slow = one.run(ping, check=False).out
    answers = int(slow.split(" packets received")[0].split()[-1])
    average = float(slow.rpartition(" = ")[2].split("/")[1])
    assert 25 <= answers < 50 and average >= 200, slow  # Both ways count: nine in eleven come back.
    lab.impair(one, other)
    assert " 0% packet loss" in one.run(ping).out


def mounted_over_the_segment(lab: Lab) -> tuple[Machine, Machine]:
    """A machine that exports a volume and one that has it mounted at /mnt."""
    rds, node = lab.machine("rds", memory_mib=1024, cpus=1), lab.machine("node", memory_mib=1024, cpus=1)
    export_file(rds, "volume", size_mib=256)
    mount_new(node, connect(node, rds.address, "volume", _PATIENT), "ext4")
    return rds, node


def mount_new(machine: Machine, device: str, filesystem: str) -> None:
    machine.run(f"mkfs.{filesystem} -q {device} && mount {device} /mnt", timeout=120)


def write_random(machine: Machine, path: str, mib: int) -> str:
    """Writes and syncs random data; answers its checksum."""
    machine.run(f"dd if=/dev/urandom of={path} bs=1M count={mib} conv=fsync status=none; sync")
    return checksum(machine, path)


def checksum(machine: Machine, path: str) -> str:
    return machine.run(f"sha256sum <{path}").out
