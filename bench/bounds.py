# SPDX-License-Identifier: Apache-2.0
"""What is promised of the numbers, and whether it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    HOLDS = "holds"
    MISSED = "missed"
    NOT_MEASURED = "not measured"
    REPORTED = ""


@dataclass(frozen=True)
class Number:
    """`most` and `least`: the bound, if there is one. `exact`: the machine has no say in it, so that a miss is a
    failure; else a miss is for people to look at."""

    name: str
    what: str
    unit: str = ""
    most: float | None = None
    least: float | None = None
    exact: bool = False

    @property
    def bound(self) -> str:
        if self.most is not None:
            return f"≤ {self.most:g}"
        return f"≥ {self.least:g}" if self.least is not None else ""

    def judge(self, value: float | None) -> Verdict:
        if self.most is None and self.least is None:
            return Verdict.REPORTED
        if value is None:
            return Verdict.NOT_MEASURED
        good = value <= self.most if self.most is not None else value >= self.least
        return Verdict.HOLDS if good else Verdict.MISSED


# With eight connections of two round trips of 10 ms each, half of what there is room for.
_CREATIONS = 0.5 * 8 / (2 * 0.010)

NUMBERS = [
    Number("stage_over_floor", "stage and publish ÷ the kernel's own part of it", "×", most=1.15),
    Number("recover_over_floor", "RDS back → volume usable ÷ reconnect delay", "×", most=1.5),
    Number("round_trips.create", "CreateVolume, round trips to the RDS", most=2, exact=True),
    Number("round_trips.attach", "ControllerPublishVolume", most=2, exact=True),
    Number("round_trips.detach", "ControllerUnpublishVolume", most=2, exact=True),
    Number("round_trips.delete", "DeleteVolume", most=3, exact=True),
    Number("create_per_second.rtt0", "volumes created, 32 callers, an RDS without latency", "/s"),
    Number("create_per_second.rtt10ms", "the same, 10 ms to the RDS and back", "/s", least=_CREATIONS),
    Number("attach_p99_ms", "ControllerPublishVolume, 32 callers, 99 of 100 within", "ms"),
    Number("identity_p50_us", "Probe, one caller, half of them within", "µs"),
    Number("rss_mib.node", "resident memory of the node plugin, idle", "MiB", most=16, exact=True),
    Number("rss_mib.node.after_10k", "after 10 000 calls", "MiB", most=16, exact=True),
    Number("rss_mib.node.growth", "÷ after the first 1000", "×", most=1.05, exact=True),
    Number("rss_mib.controller", "resident memory of the controller, idle", "MiB", most=24, exact=True),
    Number("rss_mib.controller.after_10k", "after 10 000 calls", "MiB", most=24, exact=True),
    Number("rss_mib.controller.growth", "÷ after the first 1000", "×", most=1.05, exact=True),
    Number("ready_ms", "exec → first answered Probe, the slower plugin", "ms", most=30),
    Number("scale.list_10k_ms", "ListVolumes of 10 000, in pages of 500", "ms"),
    Number("scale.list_10k_over_1k", "÷ of 1000", "×", most=12),
    Number("scale.reconcile_10k_ms", "one round of the reconciler", "ms"),
    Number("scale.reconcile_10k_over_1k", "÷ of 1000", "×", most=12),
    Number("scale.rss_10k_mib", "resident memory of the controller with 10 000 volumes", "MiB"),
    Number("scale.rss_10k_over_1k", "÷ with 1000", "×", most=12),
    Number("image_mib", "the image for the chart", "MiB", most=60, exact=True),
    Number("binary_mib", "rds-csi and rds-csi-io", "MiB"),
]


def failures(numbers: Mapping[str, float]) -> list[Number]:
    """Those whose bound is missed although the machine has no say in it. What was not measured is none."""
    return [each for each in NUMBERS if each.exact and each.judge(numbers.get(each.name)) is Verdict.MISSED]
