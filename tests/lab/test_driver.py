# SPDX-License-Identifier: Apache-2.0
"""What only a real kernel can answer about the driver: its promises, tried against the kernel's NVMe and mounts.

The way from create to delete, contents, growing and what is left behind are the demo's part (tests/demo).
"""

import evidence
from lab import Lab
from pace import thorough
from stack import CallFailed, Stack
from volume import MIB, Volume


def refused(act, *codes: str) -> str:
    """The message with which a call was refused; fails when it was not, or with another code."""
    try:
        act()
    except CallFailed as refusal:
        assert refusal.code_name in codes, f"refused with {refusal}"
        return refusal.message
    raise AssertionError("was not refused")


def published(stack: Stack, name: str, fs_type: str = "", readonly: bool = False) -> Volume:
    """A volume, a block volume unless a filesystem is named, on its target."""
    volume = Volume(stack, name, mib=64, fs_type=fs_type)
    volume.create()
    volume.attach()
    volume.stage()
    volume.publish(readonly)
    return volume


def retire(volume: Volume) -> None:
    volume.unpublish()
    volume.unstage()
    volume.detach()
    volume.delete()


def test_PUB_3_root_cannot_write_to_a_block_volume_published_readonly(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        volume = published(stack, "readonly", readonly=True)
        write = f"dd if=/dev/zero of={volume.target} bs=4096 count=1 oflag=direct conv=notrunc,fsync"
        assert stack.machine.run(write, check=False).code != 0
        assert stack.machine.run(f"dd if={volume.target} of=/dev/null bs=4096 count=1 iflag=direct").code == 0

        volume.unpublish()
        volume.publish(readonly=False)
        stack.machine.run(write)
        retire(volume)


@thorough()
def test_Incident04_PUB_8_publishing_a_block_volume_many_times_leaves_the_number_of_mounts(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        volume = published(stack, "often")
        before = evidence.mounts_below(stack.machine, "")
        for _ in range(20):
            volume.publish()
            volume.unpublish()
            volume.publish()
        assert evidence.mounts_below(stack.machine, "") == before
        retire(volume)


def test_PUB_6_a_repeated_call_changes_nothing(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        for fs_type in ("ext4", ""):
            volume = published(stack, f"twice-{fs_type or 'block'}", fs_type)
            before = evidence.mounts_below(stack.machine, ""), evidence.connections(stack.machine)
            for call in (volume.create, volume.attach, volume.stage, volume.publish):
                call()
            assert (evidence.mounts_below(stack.machine, ""), evidence.connections(stack.machine)) == before
            for call in (volume.unpublish, volume.unstage, volume.detach, volume.delete):
                call()
                call()


def test_USE_2_a_device_that_a_process_has_open_is_not_disconnected(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        volume = published(stack, "in-use")
        holder = stack.machine.spawn(with_its_own_node(volume, "exec 3</dev/own; echo holding; exec sleep 600"))
        assert holder.read_line(timeout=20) == "holding"
        volume.unpublish()

        message = refused(volume.unstage, "FAILED_PRECONDITION")
        assert "sleep[PID:" in message, message
        assert evidence.connections(stack.machine) == {volume.nqn: "live"}

        holder.kill()
        volume.unstage()
        assert evidence.connections(stack.machine) == {}
        volume.detach()
        volume.delete()


@thorough()
def test_Pain28_a_device_that_multipathd_took_is_not_disconnected_and_multipathd_is_named(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        volume = published(stack, "grabbed")
        (device,) = evidence.block_devices(stack.machine, volume.nqn)
        table = f"0 {volume.capacity_bytes // 512} linear {device} 0"
        stack.machine.run(f"echo {table} | dmsetup create mpatha --uuid mpath-test --noudevsync")
        volume.unpublish()
        message = refused(volume.unstage, "FAILED_PRECONDITION")
        assert "mpatha" in message and "/etc/multipath.conf" in message, message
        assert evidence.connections(stack.machine) == {volume.nqn: "live"}

        stack.machine.run("dmsetup remove mpatha --noudevsync")
        volume.unstage()
        volume.detach()
        volume.delete()


@thorough()
def test_Incident12_kubelet_can_put_a_loop_device_over_a_block_volume(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        volume = published(stack, "looped")
        loop = stack.machine.run(f"losetup -f --show {volume.target}").out.strip()
        stack.machine.run(f"dd if=/dev/urandom of={loop} bs=64k count=4 oflag=direct conv=notrunc,fsync")
        read = "dd if={} bs=64k count=4 iflag=direct status=none | sha256sum"
        assert stack.machine.run(read.format(loop)).out == stack.machine.run(read.format(volume.target)).out
        stack.machine.run(f"losetup -d {loop}")
        retire(volume)


def test_ATT_10_the_rds_admits_no_host_but_the_attached_one(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        volume = published(stack, "fenced")
        stranger = "hostnqn=nqn.2014-08.org.nvmexpress:uuid:$id,hostid=$id"
        connect = f"""
            id=$(cat /proc/sys/kernel/random/uuid)
            exec 3<>/dev/nvme-fabrics
            echo "transport=tcp,traddr=127.0.0.1,trsvcid=4420,nqn={volume.nqn},{stranger}" >&3"""
        assert stack.machine.run(connect, check=False).code != 0
        assert evidence.connections(stack.machine) == {volume.nqn: "live"}
        retire(volume)


def test_a_volume_with_anything_on_it_is_never_formatted(lab: Lab) -> None:
    contents = {
        "noise at its start": "dd if=/dev/urandom of={image} bs=64k count=1 conv=notrunc",
        "noise at its end": """
            last=$(($(stat -c %s {image}) / 4096 - 1))
            dd if=/dev/urandom of={image} bs=4k count=1 seek=$last conv=notrunc""",
        "something that is no filesystem": "mkswap {image}",
        "an empty partition table": "printf '\\125\\252' | dd of={image} bs=1 seek=510 conv=notrunc",
    }
    with Stack(lab.machine("node")) as stack:
        for number, (what, make) in enumerate(contents.items()):
            volume = Volume(stack, f"precious-{number}", mib=64, fs_type="ext4")
            volume.create()
            (image,) = stack.rds.images()
            stack.machine.run(make.format(image=image))
            before = stack.machine.run(f"sha256sum {image}").out
            volume.attach()
            refused(volume.stage, "FAILED_PRECONDITION")
            assert stack.machine.run(f"sha256sum {image}").out == before, f"{what}: the volume was changed"
            assert evidence.connections(stack.machine) == {}, f"{what}: still connected"
            volume.detach()
            volume.delete()


def test_Pain25_plugins_that_were_killed_go_on_where_they_were(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        volumes = [published(stack, "survivor-fs", "ext4"), published(stack, "survivor-block")]
        for plugin in stack.plugins:
            plugin.kill()
            plugin.start()
            plugin.wait_serving(stack.csi)
        for volume in volumes:
            volume.publish()
            retire(volume)
        assert evidence.connections(stack.machine) == {}
        assert evidence.mounts_below(stack.machine, stack.kubelet) == {}


def test_of_two_calls_for_one_volume_at_once_the_second_is_aborted(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        volume = Volume(stack, "contended", mib=64, fs_type="ext4")
        volume.create()
        volume.attach()
        request = volume.stage_request()
        stack.machine.run(["mkdir", "-p", volume.staging])
        calls = [stack.csi.start(stack.node, "Node/NodeStageVolume", **request) for _ in range(8)]
        outcomes = [outcome(stack, call) for call in calls]
        assert outcomes.count("OK") >= 1 and outcomes.count("ABORTED") >= 1, outcomes
        assert set(outcomes) == {"OK", "ABORTED"}, outcomes
        assert len(evidence.mounts_below(stack.machine, volume.staging)) == 1
        volume.unstage()
        volume.detach()
        volume.delete()


@thorough()
def test_an_rds_is_reached_by_ipv6_and_by_name(lab: Lab) -> None:
    machine = lab.machine("node")
    ipv6, name = {"address": "::1"}, {"name": "localhost"}
    for reached, transport in ((ipv6, "https"), (ipv6, "ssh"), (name, "https")):
        with Stack(machine, transport=transport, **reached) as stack:
            volume = published(stack, "far", "ext4")
            assert evidence.connections(machine) == {volume.nqn: "live"}
            retire(volume)


@thorough()
def test_ext3_and_mount_flags_reach_the_kernel(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        volume = Volume(stack, "flags", mib=64, fs_type="ext3", mount_flags=("noatime", "nodev", "commit=7"))
        volume.create()
        volume.attach()
        volume.stage()
        volume.publish()
        mounted = stack.machine.run(f"grep ' {volume.staging} ' /proc/self/mountinfo").out
        assert " - ext3 " in mounted and "noatime" in mounted and "nodev" in mounted and "commit=7" in mounted, mounted
        volume.unpublish()
        volume.unstage()

        volume.mount_flags = ("commit=never",)
        message = refused(volume.stage, "FAILED_PRECONDITION")
        assert "Bad value for 'commit'" in message, message  # the kernel's own words
        assert evidence.connections(stack.machine) == {}
        volume.detach()
        volume.delete()


@thorough()
def test_usage_is_what_the_kernel_says(lab: Lab) -> None:
    with Stack(lab.machine("node")) as stack:
        filesystem, block = published(stack, "measured-fs", "ext4"), published(stack, "measured-block")
        stack.machine.run(f"head -c 5M /dev/urandom >{filesystem.target}/data; sync")
        bytes_used, inodes = (
            next(usage for usage in filesystem.usage() if usage["unit"] == unit) for unit in ("BYTES", "INODES")
        )
        blocks, free, available = stack.machine.run(f"stat -f -c '%b %f %a' {filesystem.target}").out.split()
        size = int(stack.machine.run(f"stat -f -c %S {filesystem.target}").out)
        assert int(bytes_used["total"]) == int(blocks) * size
        assert int(bytes_used["used"]) == (int(blocks) - int(free)) * size
        assert int(bytes_used["available"]) == int(available) * size
        assert int(inodes["total"]) == int(stack.machine.run(f"stat -f -c %c {filesystem.target}").out)

        (total,) = block.usage()
        assert (total["unit"], int(total["total"])) == ("BYTES", 64 * MIB)
        retire(filesystem)
        retire(block)


def with_its_own_node(volume: Volume, script: str) -> str:
    """A script that sees the device as a container does: at /dev/own, a node that is not the one on the target."""
    return f"mknod /dev/own b $(stat -L -c '0x%t 0x%T' {volume.target}); {script}"


def outcome(stack: Stack, call: int) -> str:
    try:
        stack.csi.finish(call)
        return "OK"
    except CallFailed as failure:
        return failure.code_name
