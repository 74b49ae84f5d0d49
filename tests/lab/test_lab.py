# SPDX-License-Identifier: Apache-2.0
"""Proves the lab itself, without the driver: the kernel's NVMe/TCP target and host, and every switch a machine has."""

import time

from kernel_target import connect, controller_state, export_file
from lab import Lab, Machine

# The host notices a silent link after the keep-alive time, and tries again every second for as long as it takes.
_PATIENT = "keep_alive_tmo=3,reconnect_delay=1,ctrl_loss_tmo=600"


def test_a_file_exported_by_the_kernel_is_mounted_and_keeps_its_data(lab: Lab) -> None:
    for filesystem in ("ext4", "xfs"):
        machine = lab.machine(filesystem)
        export_file(machine, "volume", size_mib=512)
        mount_new(machine, connect(machine, "127.0.0.1", "volume"), filesystem)
        wanted = write_random(machine, "/mnt/data", mib=16)
        machine.run("umount /mnt; echo 3 >/proc/sys/vm/drop_caches; mount /dev/nvme0n1 /mnt")
        assert checksum(machine, "/mnt/data") == wanted
        assert machine.run("uname -r").out.startswith(f"{lab.kernel.series}.")
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


def test_synced_data_outlives_a_power_cut_of_the_node(lab: Lab) -> None:
    rds, node = mounted_over_the_segment(lab)
    wanted = write_random(node, "/mnt/data", mib=4)

    node.power_off()
    node.power_on()

    node.run(f"mount {connect(node, rds.address, 'volume', _PATIENT)} /mnt")
    assert checksum(node, "/mnt/data") == wanted


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
