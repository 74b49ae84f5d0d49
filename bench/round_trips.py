# SPDX-License-Identifier: Apache-2.0
"""Round trips to the RDS for each call of a volume's life, as the RDS counts them."""

from load import LIFE, live
from rig import running_rig

_VOLUMES = 50


def measure() -> dict[str, float]:
    numbers = {}
    for door, suffix in (("https", ""), ("ssh", ".ssh")):
        with running_rig(door) as rig:
            rig.start_controller()
            # What the controller does by itself, at its start and every minute, is no part of a call.
            live(rig.socket, "create", calls=1)
            for act in LIFE:
                rig.tell("reset-counters")
                live(rig.socket, act, calls=_VOLUMES, first=1)
                numbers[f"round_trips.{act}{suffix}"] = rig.tell("counters")["round_trips"] / _VOLUMES
    return numbers
