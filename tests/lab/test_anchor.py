# SPDX-License-Identifier: Apache-2.0
"""The anchor on real kernels: one machine exports a volume as an RDS does, the other has it connected.

The driver's own code does it (anchor-call), and nothing else of the driver is involved.
"""

import random
import time
import uuid

from lab import Completed, Lab, Machine, Program
from pace import thorough
from stack import BINARIES

NQN = "nqn.2000-02.com.mikrotik:pvc-anchored"
PORT = 4420
MIB = 1 << 20
_CONFIG = "/sys/kernel/config/nvmet"
_SUBSYSTEM = f"{_CONFIG}/subsystems/{NQN}"
_IMAGE = "/tmp/volume.img"


class Attachment:
    """Who connects; every attachment is somebody else to the RDS."""

    def __init__(self) -> None:
        self.id = str(uuid.uuid4())
        self.nqn = f"nqn.2014-08.org.nvmexpress:uuid:{self.id}"


class Export:
    """A volume with blocks of 512 bytes in a file in memory. Its port listens whether or not it is exported, so that a
    connection that was lost is rejected, as it is by a target that is just starting."""

    def __init__(self, machine: Machine, mib: int) -> None:
        self.machine = machine
        machine.run(f"""
            modprobe -a nvmet nvmet-tcp loop
            truncate -s {mib}M {_IMAGE}
            losetup /dev/loop0 {_IMAGE}
            mkdir {_SUBSYSTEM} {_SUBSYSTEM}/namespaces/1 {_CONFIG}/subsystems/nqn.lab:nobody {_CONFIG}/ports/1
            echo /dev/loop0 >{_SUBSYSTEM}/namespaces/1/device_path
            echo {uuid.uuid4()} >{_SUBSYSTEM}/namespaces/1/device_uuid
            echo 1 >{_SUBSYSTEM}/namespaces/1/enable
            cd {_CONFIG}/ports/1
            echo tcp >addr_trtype; echo ipv4 >addr_adrfam; echo 0.0.0.0 >addr_traddr; echo {PORT} >addr_trsvcid
            ln -s {_CONFIG}/subsystems/nqn.lab:nobody subsystems/""")
        self.restore()

    def admit(self, attachment: Attachment) -> None:
        """Only this one, from now on; who is connected stays so."""
        self.machine.run(f"""
            for host in {_SUBSYSTEM}/allowed_hosts/*; do [ ! -e $host ] || rm $host; done
            mkdir -p {_CONFIG}/hosts/{attachment.nqn}
            ln -s {_CONFIG}/hosts/{attachment.nqn} {_SUBSYSTEM}/allowed_hosts/""")

    def withdraw(self) -> None:
        self.machine.run(f"rm {_CONFIG}/ports/1/subsystems/{NQN}")

    def restore(self) -> None:
        self.machine.run(f"ln -s {_SUBSYSTEM} {_CONFIG}/ports/1/subsystems/")

    def grow(self, mib: int) -> None:
        self.machine.run(f"""
            truncate -s {mib}M {_IMAGE}; losetup -c /dev/loop0
            echo 1 >{_SUBSYSTEM}/namespaces/1/revalidate_size""")

    def checksum(self) -> str:
        return self.machine.run(f"sha256sum <{_IMAGE}", timeout=120).out


class Node:
    """The machine that has the volume."""

    def __init__(self, machine: Machine, rds: Machine) -> None:
        self.machine = machine
        self._rds = rds
        machine.run("modprobe nvme-tcp; mount -o remount,size=80% /tmp; echo 0 >/proc/sys/vm/dirty_writeback_centisecs")

    def call(self, *arguments: object, check: bool = True) -> Completed:
        return self.machine.run([BINARIES / "anchor-call", *arguments], check=check, timeout=90)

    def connect(self, attachment: Attachment, check: bool = True) -> Completed:
        return self.call(
            "connect", NQN, attachment.nqn, attachment.id, self._rds.address, PORT, "--ctrl-loss-tmo", 4, check=check)

    def make(self, attachment: Attachment, check: bool = True) -> Completed:
        return self.call("make", NQN, attachment.nqn, attachment.id, check=check)

    def controllers(self) -> dict[str, str]:
        """Name and address of every controller of the volume."""
        script = f"""
            for c in /sys/class/nvme/nvme*; do
              [ "$(cat $c/subsysnqn 2>/dev/null)" = {NQN} ] && echo "${{c##*/}} $(cat $c/address)"
            done; true"""
        return dict(line.split(" ", 1) for line in self.machine.run(script).out.splitlines())

    def anchors(self) -> list[str]:
        return [name for name, address in self.controllers().items() if "trsvcid=4499" in address]

    def heads(self) -> list[str]:
        script = f"""
            for head in /sys/block/nvme*n*; do
              [ "$(cat $head/hidden 2>/dev/null)" = 0 ] || continue
              [ "$(cat $head/device/subsysnqn)" = {NQN} ] && echo /dev/${{head##*/}}
            done; true"""
        return self.machine.run(script).out.split()

    def size(self) -> int:
        return int(self.machine.run(f"cat /sys/block/{self.heads()[0][5:]}/size").out) * 512

    def ana_states(self) -> list[str]:
        return self.machine.run("cat /sys/block/nvme*c*n*/ana_state").out.split()

    def anchor_io(self) -> list[int]:
        """Reads and writes that ever reached the device behind the anchor."""
        numbers = self.machine.run("cat /sys/block/dm-*/stat").out.split()
        return [int(numbers[0]), int(numbers[4])]

    def wait_for_loss(self) -> None:
        """Until the kernel has given the connection to the RDS up."""
        self.machine.wait_until(
            "the kernel gives the connection up", lambda: set(self.controllers()) == set(self.anchors()), timeout=60)

    def traces(self) -> str:
        """Everything that anchors could leave behind."""
        return self.machine.run(f"""
            find {_CONFIG} -mindepth 2 -maxdepth 2 | sort; ls /dev/mapper; ls -d /sys/block/dm-* 2>/dev/null || true
            for c in /sys/class/nvme/nvme*; do [ ! -e $c ] || cat $c/address; done""").out

    def assert_no_errors(self) -> None:
        """The kernel said nothing of errors on this volume and its filesystem. What it says of a path (nvme0c0n1) is
        no error of the volume: a read-ahead, ext4's of its bitmaps for one, fails there at once, and who needs the
        block reads it again (blk_noretry_request in nvme_decide_disposition, drivers/nvme/host/core.c)."""
        errors, of_a_path = "I/O error|EXT4-fs error|Aborting journal|XFS.*(shut|error)", "nvme[0-9]+c[0-9]+n[0-9]+"
        said = self.machine.run(f"dmesg | grep -Ei '{errors}' | grep -Ev '{of_a_path}' || true").out
        assert said == "", said


def connected(lab: Lab, mib: int = 128) -> tuple[Export, Node, Attachment]:
    """Two machines, the volume connected and anchored."""
    rds, machine = (lab.machine(name, memory_mib=1024, cpus=1) for name in ("rds", "node"))
    export, node, attachment = Export(rds, mib), Node(machine, rds), Attachment()
    export.admit(attachment)
    node.connect(attachment)
    node.make(attachment)
    return export, node, attachment


def mounted(node: Node, filesystem: str = "ext4") -> str:
    (device,) = node.heads()
    node.machine.run(f"modprobe {filesystem}; mkfs.{filesystem} -q {device} && mount {device} /mnt", timeout=120)
    return device


def dirty_pages(node: Node, name: str = "dirty") -> str:
    """A file that is only in memory; answers its checksum."""
    return node.machine.run(f"dd if=/dev/urandom of=/mnt/{name} bs=1M count=8 status=none; sha256sum </mnt/{name}").out


def stored_checksum(node: Node, name: str) -> str:
    """Of what the storage has: synced, then read past all caches."""
    return node.machine.run(f"sync /mnt/{name}; dd if=/mnt/{name} bs=64k iflag=direct status=none | sha256sum").out


def syncing_writer(node: Node) -> Program:
    return node.machine.spawn("""
        for i in $(seq 1 20); do
          dd if=/dev/urandom of=/mnt/log bs=64k count=1 oflag=append conv=notrunc,fsync status=none; echo $i; sleep 0.2
        done
        sha256sum </mnt/log""")


def live_through_an_outage(lab: Lab, filesystem: str) -> None:
    export, node, attachment = connected(lab, mib=384)
    device = mounted(node, filesystem)
    wanted, writer = dirty_pages(node), syncing_writer(node)
    assert writer.read_line(timeout=30) == "1"

    export.withdraw()
    node.wait_for_loss()
    assert node.heads() == [device]
    assert node.ana_states() == ["inaccessible"]
    time.sleep(3)
    assert writer.running

    export.restore()
    assert node.connect(attachment).out == f"{device} made\n"
    log = writer.wait(timeout=60)
    assert log.code == 0, log.err
    assert stored_checksum(node, "dirty") == wanted
    assert stored_checksum(node, "log") == log.out.splitlines()[-1] + "\n"
    assert node.anchor_io() == [0, 0]
    check = {"ext4": "e2fsck -fn", "xfs": "xfs_repair -n"}[filesystem]
    node.machine.run(f"umount /mnt; {check} {device}", timeout=120)
    node.assert_no_errors()
    node.call("disconnect", NQN)
    assert node.controllers() == {} and node.heads() == []


def test_STL_7_an_ext4_writer_with_dirty_pages_lives_through_the_loss_of_its_controller(lab: Lab) -> None:
    live_through_an_outage(lab, "ext4")


@thorough()
def test_STL_7_an_xfs_writer_with_dirty_pages_lives_through_the_loss_of_its_controller(lab: Lab) -> None:
    live_through_an_outage(lab, "xfs")


def test_STL_7_direct_writes_to_a_block_volume_wait_for_the_rds(lab: Lab) -> None:
    export, node, attachment = connected(lab)
    (device,) = node.heads()
    node.machine.run("dd if=/dev/urandom of=/tmp/data bs=1M count=16 status=none")
    export.withdraw()
    node.wait_for_loss()
    writer = node.machine.spawn(f"dd if=/tmp/data of={device} bs=64k oflag=direct conv=notrunc status=none")
    time.sleep(3)
    assert writer.running
    export.restore()
    node.connect(attachment)
    assert writer.wait(timeout=60).code == 0
    written = node.machine.run(f"dd if={device} bs=1M count=16 iflag=direct status=none | cmp - /tmp/data").code
    assert written == 0
    node.assert_no_errors()
    assert node.anchor_io() == [0, 0]


def test_without_an_anchor_a_mount_dies_with_its_controller(lab: Lab) -> None:
    """That the anchor is what helps."""
    export, node, attachment = connected(lab)
    device = mounted(node)
    node.call("remove", NQN)
    dirty_pages(node)
    export.withdraw()
    node.wait_for_loss()
    assert node.heads() == []
    assert node.machine.run("dd if=/dev/zero of=/mnt/new bs=4k count=1 conv=fsync", check=False).code != 0
    export.restore()
    assert node.connect(attachment).out != f"{device} made\n"


def test_STL_7_a_volume_with_an_anchor_grows(lab: Lab) -> None:
    export, node, _ = connected(lab, mib=128)
    device = mounted(node)
    export.grow(192)
    assert int(node.call("size", NQN, 192 * MIB).out) == 192 * MIB
    (anchor,) = node.anchors()
    rescan_anchor = f"echo 1 >/sys/class/nvme/{anchor}/rescan_controller; sleep 1"
    node.machine.run(rescan_anchor)
    assert node.size() == 128 * MIB, "an anchor of the old size does no harm any more, it need not be grown"

    node.call("grow", NQN, 192 * MIB)
    assert node.size() == 192 * MIB
    node.machine.run(rescan_anchor)
    assert node.size() == 192 * MIB
    node.machine.run(f"resize2fs {device}")
    assert int(node.machine.run("df -B1M --output=size /mnt | tail -n 1").out) > 150
    node.assert_no_errors()


def test_STL_7_an_anchor_made_while_the_volume_has_a_new_size_takes_it(lab: Lab) -> None:
    export, node, attachment = connected(lab, mib=128)
    node.call("remove", NQN)
    export.grow(192)
    node.call("size", NQN, 192 * MIB)
    node.make(attachment)
    assert node.size() == 192 * MIB


def test_STL_7_waiting_io_fails_at_once_when_the_anchor_is_removed(lab: Lab) -> None:
    export, node, _ = connected(lab)
    mounted(node)
    dirty_pages(node)
    writer = syncing_writer(node)
    writer.read_line(timeout=30)
    export.withdraw()
    node.wait_for_loss()
    time.sleep(2)
    assert writer.running

    start = time.monotonic()
    node.call("remove", NQN)
    assert writer.wait(timeout=15).code != 0
    node.machine.run("umount /mnt", timeout=15)
    assert time.monotonic() - start < 15
    assert node.heads() == [] and node.controllers() == {}


def taken_over(lab: Lab) -> tuple[Export, Node, Attachment, Attachment]:
    """A node lost its connection and has dirty pages; another attachment, the second, is now the one admitted."""
    export, node, first = connected(lab)
    mounted(node)
    node.machine.run("sync")
    dirty_pages(node)
    export.withdraw()
    node.wait_for_loss()
    later = Attachment()
    export.admit(later)
    export.restore()
    return export, node, first, later


def test_STL_8_the_danger_a_connect_as_anybody_flushes_old_pages(lab: Lab) -> None:
    """What the kernel does when nobody takes care: the reason for all the rules."""
    export, node, _, later = taken_over(lab)
    before = export.checksum()
    node.machine.run(f"""
        who=hostnqn={later.nqn},hostid={later.id}
        echo "transport=tcp,traddr={export.machine.address},trsvcid={PORT},nqn={NQN},$who" >/dev/nvme-fabrics
        sync -f /mnt""", timeout=30)
    assert export.checksum() != before


def test_STL_8_a_later_attachment_never_flushes_old_pages(lab: Lab) -> None:
    export, node, first, later = taken_over(lab)
    before = export.checksum()

    assert "UNAVAILABLE" in node.connect(first, check=False).err  # no longer admitted
    assert "FAILED_PRECONDITION" in node.connect(later, check=False).err  # the old device is there
    assert node.anchors() and node.heads() and export.checksum() == before

    node.call("disconnect", NQN)
    node.machine.run("umount /mnt", timeout=15)
    node.connect(later)
    node.make(later)
    time.sleep(10)
    node.machine.run("sync")
    assert export.checksum() == before


def test_a_subsystem_of_somebody_else_in_this_kernel_is_left_alone(lab: Lab) -> None:
    export, node, attachment = connected(lab)
    node.call("remove", NQN)
    node.machine.run(f"""
        mkdir {_SUBSYSTEM} {_SUBSYSTEM}/namespaces/1
        echo 1 >{_SUBSYSTEM}/attr_allow_any_host""")
    state = f"cd {_CONFIG}; find . | sort; cat {_SUBSYSTEM}/attr_* {_SUBSYSTEM}/namespaces/1/device_*; ls /dev/mapper"
    before = node.machine.run(state).out
    assert "FAILED_PRECONDITION" in node.make(attachment, check=False).err
    node.call("grow", NQN, 256 * MIB)
    node.call("remove", NQN)
    assert node.call("find").out == ""
    assert node.machine.run(state).out == before


@thorough()
def test_an_anchor_can_be_made_and_removed_many_times_and_leaves_nothing(lab: Lab) -> None:
    export, node, attachment = connected(lab)
    mounted(node)
    node.call("remove", NQN)
    before = node.traces()
    write = "dd if=/dev/zero of=/mnt/busy bs=64k count=4 conv=fsync status=none"
    writer = node.machine.spawn(f"while sleep 0.1; do {write}; done")
    for _ in range(50):
        node.make(attachment)
        node.call("remove", NQN)
    assert writer.running
    writer.kill()
    assert node.traces() == before
    node.assert_no_errors()


@thorough()
def test_a_call_that_is_killed_at_any_moment_is_completed_or_undone_by_the_next(lab: Lab) -> None:
    export, node, attachment = connected(lab)
    mounted(node)
    node.call("remove", NQN)
    before = node.traces()
    moments = random.Random(7)
    make = [BINARIES / "anchor-call", "make", NQN, attachment.nqn, attachment.id]
    for number in range(30):
        for arguments in (make, [BINARIES / "anchor-call", "remove", NQN]):
            call = node.machine.spawn(arguments)
            time.sleep(moments.uniform(0, 0.25))
            call.kill()
        if number % 2:
            node.make(attachment)
            assert sorted(node.ana_states()) == ["inaccessible", "optimized"]
        node.call("remove", NQN)
        assert node.traces() == before
    assert node.call("find").out == ""
    node.assert_no_errors()
