# SPDX-License-Identifier: Apache-2.0
"""What the kernel of a machine says, asked without the driver: connections, mounts, exports, contents."""

from lab import Machine

_NVMET = "/sys/kernel/config/nvmet"
_ANCHOR_PORT = 4499


def connections(machine: Machine) -> dict[str, str]:
    """The subsystem NQN of every NVMe controller that leads to an RDS, and the controller's state."""
    return {nqn: state for nqn, state, is_anchor in _controllers(machine) if not is_anchor}


def anchors(machine: Machine) -> dict[str, str]:
    """The same of the controllers that lead nowhere and keep a block device alive."""
    return {nqn: state for nqn, state, is_anchor in _controllers(machine) if is_anchor}


def _controllers(machine: Machine) -> list[tuple[str, str, bool]]:
    script = """
        for c in /sys/class/nvme/nvme*; do
          [ -e $c ] && echo "$(cat $c/subsysnqn) $(cat $c/state | tr ' ' _) $(cat $c/address)"
        done
        true"""
    lines = [line.split(" ", 2) for line in machine.run(script).out.splitlines()]
    return [(nqn, state, f"trsvcid={_ANCHOR_PORT}" in address) for nqn, state, address in lines]


def left_on_node(machine: Machine, kubelet: str) -> list[str]:
    """Whatever a node still has of volumes when it should have nothing: mounts, connections, anchors, records."""
    left = [*mounts_below(machine, kubelet), *(" ".join(map(str, each)) for each in _controllers(machine))]
    left += target_leftovers(machine, "subsystems")
    left += machine.run("cat /sys/block/dm-*/dm/name 2>/dev/null || true").out.split()
    return left + machine.run("ls /var/lib/rds-csi/staged 2>/dev/null || true").out.split()


def block_devices(machine: Machine, nqn: str) -> list[str]:
    """The devices of a subsystem that can be opened, as /dev paths."""
    script = f"""
        for head in /sys/block/nvme*n*; do
          [ -e "$head" ] && [ "$(cat $head/hidden)" = 0 ] || continue
          [ "$(cat $head/device/subsysnqn)" = "{nqn}" ] && echo /dev/${{head##*/}}
        done
        true"""
    return machine.run(script).out.split()


def mounts_below(machine: Machine, folder: str) -> dict[str, tuple[str, str]]:
    """For every mount point at or below a folder ("" for all) its filesystem type and source."""
    found = {}
    for line in machine.run("cat /proc/self/mountinfo").out.splitlines():
        left, _, right = line.partition(" - ")
        point = left.split()[4]
        if f"{point}/".startswith(f"{folder}/"):
            found[point] = (right.split()[0], right.split()[1])
    return found


def exported_to(machine: Machine, nqn: str) -> list[str]:
    """The host NQNs that the kernel target of a machine admits to a subsystem that is linked to a port; "*" for any."""
    script = f"""
        for subsystem in {_NVMET}/ports/*/subsystems/{nqn}; do
          [ -e $subsystem ] || continue
          [ "$(cat $subsystem/attr_allow_any_host)" = 1 ] && echo "*"
          ls $subsystem/allowed_hosts
        done"""
    return sorted(set(machine.run(script).out.split()))


def namespace(nqn: str) -> str:
    """Where the kernel target of an RDS has the namespace of a volume."""
    return f"{_NVMET}/subsystems/{nqn}/namespaces/1"


def target_leftovers(machine: Machine, *kinds: str) -> list[str]:
    """What is configured in the kernel target; kinds: subsystems, hosts, ports."""
    script = f"""
        cd {_NVMET} 2>/dev/null || exit 0
        for kind in {' '.join(kinds)}; do ls -d $kind/* 2>/dev/null || true; done"""
    return machine.run(script).out.split()


def write_random(machine: Machine, path: str, mib: int, seek_mib: int = 0) -> str:
    """Writes random data into a file or device and waits until it is on the storage; answers its checksum."""
    place = f"bs=1M seek={seek_mib} conv=notrunc,fsync status=none"
    script = f"""
        head -c {mib}M /dev/urandom >/dev/shm/data
        dd if=/dev/shm/data of={path} {place}
        sha256sum </dev/shm/data"""
    return machine.run(script, timeout=120).out.split()[0]


def stored_checksum(machine: Machine, path: str, kib: int, seek_kib: int = 0) -> str:
    """The checksum of what the storage has: synced, then read past all caches. Both numbers are multiples of 64."""
    place = f"bs=64K skip={seek_kib // 64} count={kib // 64}"
    script = f"sync {path}; dd if={path} {place} iflag=direct status=none | sha256sum"
    return machine.run(script, timeout=120).out.split()[0]


def filesystem_bytes(machine: Machine, path: str) -> int:
    return int(machine.run(f"df -B1 --output=size {path} | tail -n 1").out)


def device_bytes(machine: Machine, path: str) -> int:
    return int(machine.run(["blockdev", "--getsize64", path]).out)


def contains(machine: Machine, path: str, text: str) -> bool:
    """Whether a file has the text anywhere."""
    return machine.run(["grep", "-caF", text, path], timeout=120, check=False).out.strip() not in ("0", "")


def filesystem_is_clean(machine: Machine, device: str, fs_type: str) -> None:
    """By the filesystem's own checker, which changes nothing. Raises AssertionError with what it found."""
    check = {"ext4": f"e2fsck -fn {device}", "xfs": f"xfs_repair -n {device}"}[fs_type]
    found = machine.run(check, timeout=120, check=False)
    assert found.code == 0, f"{device}: {found.out[-2000:]}{found.err[-2000:]}"
