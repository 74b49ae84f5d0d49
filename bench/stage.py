# SPDX-License-Identifier: Apache-2.0
"""From attached to usable, on a real kernel: NodeStageVolume and NodePublishVolume of fresh volumes, in turn with
bare-stage, which does no more than the kernel needs, on fresh volumes of the same size. The RDS is on the same machine:
between two guests there are but 3 MB a second, and nothing would be measured but that."""

import json
from statistics import median

from lab import Lab, Machine
from rig import BINARIES, TOOLS
from samples import spread
from stack import Stack
from volume import Volume

_PAIRS = 12
_MIB = 1024


def measure(kernel: str) -> dict[str, float]:
    with Lab(kernel=kernel, name="bench-stage", shares=[BINARIES, TOOLS]) as lab:
        with Stack(lab.machine("node", memory_mib=4096), BINARIES) as stack:
            driver, floor = [], []
            for number in range(_PAIRS + 1):  # The first pair loads what is loaded once.
                pair = (lambda: driver.append(_staged(stack, number)), lambda: floor.append(_bare(stack, number)))
                for act in pair if number % 2 else reversed(pair):
                    act()
    return _numbers(driver[1:], floor[1:])


def _staged(stack: Stack, number: int) -> dict[str, float]:
    volume = _attached(stack, f"driver-{number}")
    volume.stage()
    laps = {"stage": stack.csi.ms}
    volume.publish()
    laps["publish"] = stack.csi.ms
    volume.leave()
    volume.delete()
    return {**laps, "total": sum(laps.values())}


def _bare(stack: Stack, number: int) -> dict[str, float]:
    volume = _attached(stack, f"bare-{number}")
    context = volume.stage_request()["publish_context"]
    words = [context[key] for key in ("nvme_address", "nvme_port", "nvme_nqn", "host_nqn", "host_id")]
    folder = f"/run/bare-{number}"
    laps = json.loads(stack.machine.run([TOOLS / "bare-stage", *words, folder]).out)
    _take_down(stack.machine, volume.nqn, folder)
    volume.detach()
    volume.delete()
    return laps


def _attached(stack: Stack, name: str) -> Volume:
    volume = Volume(stack, name, _MIB, "ext4")
    volume.create()
    volume.attach()
    return volume


def _take_down(machine: Machine, nqn: str, folder: str) -> None:
    machine.run(f"""
        umount {folder}/published {folder}/staging
        for c in /sys/class/nvme/nvme*; do
          [ "$(cat $c/subsysnqn)" != {nqn} ] || echo 1 >$c/delete_controller
        done""")


def _numbers(driver: list[dict[str, float]], floor: list[dict[str, float]]) -> dict[str, float]:
    ratios = [one["total"] / other["total"] for one, other in zip(driver, floor)]
    numbers = {f"stage_ms.{lap}": median(each[lap] for each in driver) for lap in driver[0]}
    numbers |= {f"stage_floor_ms.{lap}": median(each[lap] for each in floor) for lap in floor[0]}
    ratio = numbers["stage_ms.total"] / numbers["stage_floor_ms.total"]
    return {"stage_over_floor": ratio, "stage_over_floor.spread": spread(ratios), **numbers}
