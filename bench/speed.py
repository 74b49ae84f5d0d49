# SPDX-License-Identifier: Apache-2.0
"""How fast the controller answers: volumes made at once, attaches, and calls that need nobody else. By latency of the
RDS and by callers, so that it can be seen what each costs."""

from load import LIFE, Load, live, load
from plot import Line, Plot
from rig import Rig, running_rig
from samples import percentile, spread

_CALLERS = 32
_VOLUMES = 400
_REPEATS = 3
_CONNECTIONS = 8  # that the controller keeps to an RDS behind HTTPS
_LATENCIES = (0, 1, 5, 10, 20)  # ms
_CROWDS = (1, 2, 4, 8, 16, 32, 64)

Life = dict[str, Load]


def measure() -> tuple[dict[str, float], list[Plot]]:
    with running_rig() as rig:
        rig.start_controller()
        numbers = _identity(rig)
        lives = {latency: [_life(rig, latency, _CALLERS, _VOLUMES) for _ in range(_REPEATS)] for latency in _LATENCIES}
        by_crowd = {crowd: _life(rig, 10, crowd, 24 + 8 * crowd) for crowd in _CROWDS}
    for latency, suffix in ((0, "rtt0"), (10, "rtt10ms")):
        numbers[f"create_per_second.{suffix}.spread"] = spread([life["create"].per_second for life in lives[latency]])
    by_latency = {latency: _middle(repeats) for latency, repeats in lives.items()}
    numbers["create_per_second.rtt0"] = by_latency[0]["create"].per_second
    numbers["create_per_second.rtt10ms"] = by_latency[10]["create"].per_second
    numbers["attach_p99_ms"] = by_latency[0]["attach"].p99_ms
    numbers["attach_p99_ms.rtt10ms"] = by_latency[10]["attach"].p99_ms
    numbers["attach_p99_ms.rtt10ms.one_caller"] = by_crowd[1]["attach"].p99_ms
    return numbers, [_latency_plot(by_latency), _crowd_plot(by_crowd)]


def _identity(rig: Rig) -> dict[str, float]:
    numbers = {}
    for callers, suffix in ((1, ""), (_CALLERS, ".32_callers")):
        probes = load(rig.socket, "Identity/Probe", calls=5000, callers=callers).ms
        numbers[f"identity_p50_us{suffix}"] = 1000 * percentile(probes, 50)
        numbers[f"identity_p99_us{suffix}"] = 1000 * percentile(probes, 99)
    return numbers


def _life(rig: Rig, latency: int, callers: int, volumes: int) -> Life:
    rig.latency(latency)
    return {act: live(rig.socket, act, volumes, callers) for act in LIFE}


def _middle(repeats: list[Life]) -> Life:
    """The one of the median."""
    return sorted(repeats, key=lambda life: life["create"].per_second)[len(repeats) // 2]


def _latency_plot(by_latency: dict[int, Life]) -> Plot:
    made = [(latency, life["create"].per_second) for latency, life in by_latency.items()]
    room = [(latency, _CONNECTIONS * 1000 / (2 * latency)) for latency in by_latency if latency]
    return Plot(
        "create-over-latency", f"Volumes created a second, {_CALLERS} callers",
        "latency of the RDS, there and back (ms)", "volumes a second", [
            Line("created", made),
            Line("room: 8 connections, 2 round trips", [at for at in room if at[1] <= 2 * made[0][1]], dashed=True)])


def _crowd_plot(by_crowd: dict[int, Life]) -> Plot:
    def times(act: str) -> list[tuple[float, float]]:
        return [(crowd, life[act].median_ms) for crowd, life in by_crowd.items()]

    return Plot(
        "calls-over-callers", "How long a call takes, 10 ms to the RDS and back",
        "callers at once", "milliseconds, median", [Line(act, times(act)) for act in LIFE])
