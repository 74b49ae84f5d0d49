# SPDX-License-Identifier: Apache-2.0
"""From the RDS being back to a volume that answers again, on a real kernel: once where the kernel itself is still
trying, once where it has given up and the driver connects again. In parts of the volume's reconnect delay."""

from pathlib import Path
from statistics import median

import evidence
from cluster import Cluster
from lab import Lab
from rig import BINARIES, TOOLS
from volume import Volume

_DELAY = 5  # seconds
_OUTAGES = 4
_DOWN = 14  # seconds; the kernel gives an impatient volume up within ten
_LATER = 1.3  # each outage is so much longer, so that the RDS comes back at another moment between two tries
_PATIENCE = {"trying": "-1", "given_up": "5"}  # ctrlLossTmo
_WATCHER = Path(__file__).with_name("watch_outage.py")


def measure(kernel: str) -> dict[str, float]:
    with Lab(kernel=kernel, name="bench-recover", shares=[BINARIES, TOOLS]) as lab:
        with Cluster(lab, binaries=BINARIES) as cluster:
            volumes = {kind: _in_use(cluster, kind, patience) for kind, patience in _PATIENCE.items()}
            waits = [_outage(cluster, volumes, _DOWN + number * _LATER) for number in range(_OUTAGES)]
            for volume in volumes.values():
                volume.leave()
                volume.delete()
    numbers = {}
    for kind in volumes:
        ratios = [wait[kind] / _DELAY for wait in waits]
        numbers[f"recover_over_floor.{kind}"] = median(ratios)
        numbers[f"recover_over_floor.{kind}.worst"] = max(ratios)
    return {"recover_over_floor": max(numbers[f"recover_over_floor.{kind}.worst"] for kind in volumes), **numbers}


def _in_use(cluster: Cluster, name: str, patience: str) -> Volume:
    patience = {"reconnectDelay": str(_DELAY), "ctrlLossTmo": patience, "keepAliveTmo": "5"}
    volume = cluster.volume(name.replace("_", "-"), **patience)
    volume.machine.wait_until("it has its anchor", lambda: volume.nqn in evidence.anchors(volume.machine), timeout=60)
    return volume


def _outage(cluster: Cluster, volumes: dict[str, Volume], seconds: float) -> dict[str, float]:
    """The seconds that each volume was of no use although the RDS was back."""
    cluster.storage.reboot(down=seconds)
    watch = ["/usr/bin/python3", _WATCHER, cluster.storage.machine.address]
    watching = {kind: volume.machine.spawn([*watch, volume.target]) for kind, volume in volumes.items()}
    return {kind: float(program.wait(timeout=90).out) for kind, program in watching.items()}
