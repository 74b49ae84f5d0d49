# SPDX-License-Identifier: Apache-2.0
"""How the controller grows with the volumes of its RDS: listing them, comparing them with a real API server, and its
memory. They are made, and attached, by the driver itself."""

import json
import re
import ssl
import time
import urllib.request
from base64 import b64encode
from statistics import median

from control_plane import ControlPlane, free_ports
from golang import CONTROL_PLANE, build
from load import live
from plot import Line, Plot
from population import add_nodes, add_volumes
from rig import Process, Rig, running_rig
from session import Session

_STEPS = (100, 1000, 3000, 10_000)
_PAGE = 500
_LISTINGS = 5
_ROUNDS = 5
_ROUND = re.compile(r'rds_csi_reconcile_duration_seconds_(sum|count){code="OK"} (\S+)')


def measure() -> tuple[dict[str, float], list[Plot]]:
    steps: dict[int, dict[str, float]] = {}
    programs = {name: build(name) for name in CONTROL_PLANE}
    with ControlPlane(programs) as plane, running_rig() as rig:
        add_nodes(plane)
        before = 0
        for volumes in _STEPS:
            _grow(rig, plane, before, volumes)
            steps[volumes] = _at(rig, plane, volumes)
            before = volumes
    return _numbers(steps), _plots(steps)


def _grow(rig: Rig, plane: ControlPlane, first: int, beyond: int) -> None:
    controller = rig.start_controller()
    for act in ("create", "attach"):
        live(rig.socket, act, beyond - first, callers=32, first=first)
    rig.stop(controller)
    add_volumes(plane, first, beyond)


def _at(rig: Rig, plane: ControlPlane, volumes: int) -> dict[str, float]:
    """In milliseconds and MiB, by a controller that has not seen smaller days."""
    (port,) = free_ports(1)
    controller = rig.start_controller(
        "--kubeconfig", plane.kubeconfig, "--stale-attachment-seconds", 10, "--metrics-address", f"127.0.0.1:{port}")
    found = {"reconcile_ms": _rounds(port)}
    with Session(rig.socket) as session:
        found["list_ms"] = median(_list(session, volumes, _PAGE) for _ in range(_LISTINGS))
        found["list_at_once_ms"] = median(_list(session, volumes, 0) for _ in range(_LISTINGS))
    found["rds_ms"] = median(_ask_rds(rig) for _ in range(_LISTINGS))
    found |= _memory(controller)
    rig.stop(controller)
    return found


def _rounds(port: int) -> float:
    """The median of some rounds of the reconciler, in milliseconds, after its first."""
    rounds: list[float] = []
    taken, count = 0.0, 0.0
    end = time.monotonic() + 100
    while len(rounds) <= _ROUNDS:
        if time.monotonic() > end:
            raise TimeoutError(f"the reconciler has had {count:.0f} rounds")
        time.sleep(0.2)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            said = dict(_ROUND.findall(answer.read().decode()))
        before, earlier = taken, count
        taken, count = float(said.get("sum", 0)), float(said.get("count", 0))
        if count > earlier:
            rounds.append(1000 * (taken - before) / (count - earlier))
    return median(rounds[1:])


def _list(session: Session, volumes: int, page: int) -> float:
    """How many milliseconds all pages took together."""
    taken, found, token = 0.0, 0, ""
    while True:
        answer, ms = session.call("Controller/ListVolumes", max_entries=page, starting_token=token)
        taken += ms
        found += len(answer["entries"])
        token = answer["next_token"]
        if not token:
            assert found == volumes, f"{found} of {volumes} volumes were listed"
            return taken


def _ask_rds(rig: Rig) -> float:
    """How long the RDS itself takes to tell all its disks, in milliseconds."""
    credentials = rig.folder / "credentials"
    login = b64encode(b":".join((credentials / each).read_bytes().strip() for each in ("username", "password")))
    wanted = [".id", "slot", "type", "file-path", "size", "nvme-tcp-export", "comment", "nvme-tcp-server-port", "fs",
              "nvme-tcp-server-nqn", "mount-point", "nvme-tcp-server-allow-host-name", "state", "free"]
    request = urllib.request.Request(
        f"{rig.url('https')}/rest/disk/print", json.dumps({".proplist": wanted}).encode(),
        {"Authorization": f"Basic {login.decode()}", "Content-Type": "application/json"})
    trust = ssl.create_default_context(cafile=str(credentials / "ca.crt"))
    start = time.monotonic()
    with urllib.request.urlopen(request, context=trust) as answer:
        answer.read()
    return 1000 * (time.monotonic() - start)


def _memory(controller: Process) -> dict[str, float]:
    return {"rss_mib": controller.memory_mib(), "peak_mib": controller.memory_mib("VmHWM")}


def _numbers(steps: dict[int, dict[str, float]]) -> dict[str, float]:
    small, large = steps[1000], steps[10_000]
    return {
        "scale.list_10k_ms": large["list_ms"],
        "scale.list_10k_over_1k": large["list_ms"] / small["list_ms"],
        "scale.list_10k_over_rds": large["list_ms"] / large["rds_ms"],
        "scale.list_10k_ms.one_page": large["list_at_once_ms"],
        "scale.rds_10k_ms": large["rds_ms"],
        "scale.reconcile_10k_ms": large["reconcile_ms"],
        "scale.reconcile_10k_over_1k": large["reconcile_ms"] / small["reconcile_ms"],
        "scale.rss_10k_mib": large["rss_mib"],
        "scale.rss_10k_over_1k": large["rss_mib"] / small["rss_mib"],
        "scale.rss_10k_mib.peak": large["peak_mib"],
    }


def _plots(steps: dict[int, dict[str, float]]) -> list[Plot]:
    def over_volumes(what: str) -> list[tuple[float, float]]:
        return [(volumes, found[what]) for volumes, found in steps.items()]

    return [
        Plot("time-over-volumes", "All volumes of one RDS", "volumes", "milliseconds", [
            Line("ListVolumes, pages of 500", over_volumes("list_ms")),
            Line("a round of the reconciler", over_volumes("reconcile_ms")),
            Line("the RDS itself", over_volumes("rds_ms"), dashed=True)], log_x=True, log_y=True),
        Plot("memory-over-volumes", "Memory of the controller", "volumes", "MiB", [
            Line("resident", over_volumes("rss_mib")),
            Line("at most", over_volumes("peak_mib"))]),
    ]
