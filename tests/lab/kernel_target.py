# SPDX-License-Identifier: Apache-2.0
"""The kernel's own NVMe/TCP target and host, driven by hand: what lab tests use where no driver is to be involved."""

from lab import Machine

PORT = 4420
_CONFIG = "/sys/kernel/config/nvmet"


def nqn(name: str) -> str:
    return f"nqn.2000-02.com.mikrotik:{name}"


def export_file(machine: Machine, name: str, size_mib: int) -> None:
    """A sparse file in memory, exported to anybody on every address of the machine."""
    subsystem = f"{_CONFIG}/subsystems/{nqn(name)}"
    machine.run(f"""
        modprobe -a nvmet nvmet-tcp
        truncate -s {size_mib}M /tmp/{name}.img
        mkdir {subsystem} {subsystem}/namespaces/1
        echo 1 >{subsystem}/attr_allow_any_host
        echo /tmp/{name}.img >{subsystem}/namespaces/1/device_path
        echo 1 >{subsystem}/namespaces/1/buffered_io
        echo 1 >{subsystem}/namespaces/1/enable
        mkdir {_CONFIG}/ports/1
        echo tcp >{_CONFIG}/ports/1/addr_trtype
        echo ipv4 >{_CONFIG}/ports/1/addr_adrfam
        echo 0.0.0.0 >{_CONFIG}/ports/1/addr_traddr
        echo {PORT} >{_CONFIG}/ports/1/addr_trsvcid
        ln -s {subsystem} {_CONFIG}/ports/1/subsystems/""")


def connect(machine: Machine, address: str, name: str, options: str = "") -> str:
    """Connects and answers the path of the block device, once it is there."""
    machine.run("modprobe nvme-tcp")
    line = f"transport=tcp,traddr={address},trsvcid={PORT},nqn={nqn(name)}{options and ',' + options}"
    machine.run(f'exec 3<>/dev/nvme-fabrics; echo "{line}" >&3; read -r reply <&3; echo "$reply"')
    machine.wait_until(f"the block device of {name}", lambda: _devices(machine, name), timeout=20)
    return _devices(machine, name)[0]


def controller_state(machine: Machine) -> str:
    return machine.run("cat /sys/class/nvme/nvme*/state 2>/dev/null || true").out.strip()


def _devices(machine: Machine, name: str) -> list[str]:
    script = f"""
        for subsystem in /sys/class/nvme-subsystem/nvme-subsys*; do
          [ "$(cat $subsystem/subsysnqn)" = {nqn(name)} ] || continue
          for head in /sys/block/nvme${{subsystem##*subsys}}n*; do
            [ "$(cat $head/hidden)" = 0 ] && [ -b /dev/${{head##*/}} ] && echo /dev/${{head##*/}}
          done
        done"""
    return machine.run(script, check=False).out.split()
