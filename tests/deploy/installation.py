# SPDX-License-Identifier: Apache-2.0
"""The chart, installed in an API server and alive: its objects are made, and the programs of its pods run here as
processes, with the command lines that it gives them, as the accounts that it gives them, against a simulated RDS."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import chart
from chart import container_of, pod_of
from cluster import Cluster, wait_until
from control_plane import free_ports

NAME_SPACE = "storage"
NODE = "worker-1"  # The machine that the node's pod is on.
LOGS = chart.PROJECT / "build" / "test-results" / "cluster"  # of the last run
BASE_PATH = "/storage-pool/volumes"


# The account of a pod is where every container has it, and nowhere on this machine.
_IN_A_POD = """
mount -t tmpfs pod /run
mkdir -p /run/secrets/kubernetes.io
cp -r "$0" /run/secrets/kubernetes.io/serviceaccount
exec "$@"
"""


class CallFailed(Exception):
    """A CSI call was answered with an error."""


class Process:
    """Runs from now until it is stopped; what it says is in a file."""

    def __init__(self, name: str, command: list[str | Path], folder: Path, environment: dict[str, str]):
        self.name = name
        self._file = folder / f"{name}.log"
        with self._file.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"], "HOSTNAME": f"{name}-0", **environment})

    @property
    def log(self) -> str:
        return self._file.read_text(errors="replace")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first place of its log that matches."""
        return wait_until(f"{self.name} says {pattern}", self._looks_for(pattern))

    def _looks_for(self, pattern: str):
        def look() -> re.Match[str] | None:
            if self._process.poll() is not None:
                raise AssertionError(f"{self.name} ended: {self.log[-3000:]}")
            return re.search(pattern, self.log)

        return look

    def stop(self) -> int:
        """Its exit code; below 0 where a signal ended it."""
        self._process.terminate()
        try:
            return self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Installation:
    """`sidecars`: programs by what the chart calls their containers. Everything is in the folder of the cluster's
    control plane; in the end the logs are copied to LOGS."""

    def __init__(self, cluster: Cluster, sidecars: dict[str, Path]):
        self._cluster = cluster
        self._sidecars = sidecars
        self._folder = cluster.plane.folder
        self._running: dict[str, Process] = {}
        for name in ("credentials", "run", "kubelet", "state"):
            (self._folder / name).mkdir()
        self.objects: list[dict] = []

    def __enter__(self) -> "Installation":
        try:
            self._start_rds()
            self._install()
            for name in ("rds-csi", *self._sidecars):
                self._start("Deployment", name)
            self._start("DaemonSet", "rds-csi")
            for pod in ("controller", "node"):
                self._running[pod].wait_for('"serving"')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        for process in reversed(self._running.values()):
            process.stop()
        LOGS.mkdir(parents=True, exist_ok=True)
        for log in self._folder.glob("*.log"):
            shutil.copy(log, LOGS)

    def account(self, name: str) -> str:
        """What the API server calls the user of a pod: controller or node."""
        return f"system:serviceaccount:{NAME_SPACE}:rds-csi-{name}"

    def call(self, pod: str, method: str, **request: object) -> dict:
        """A CSI call to the driver in a pod, as somebody else than its sidecars. Raises CallFailed."""
        command = [chart.BINARIES / "csi-call", f"unix://{self._socket(pod)}", f"csi.v1.{method}",
                   json.dumps(request), "--wait-for-ready", "--timeout-ms", "120000"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=180)
        if result.returncode != 0:
            raise CallFailed(result.stderr)
        return json.loads(result.stdout)

    def _start_rds(self) -> None:
        rds = self._run("rds", [
            chart.BINARIES / "rds-sim", "--state-dir", self._folder / "rds-state", "--export", "none",
            "--rest", "127.0.0.1:0", "--ssh", "127.0.0.1:0", "--pool", "storage-pool=64G:btrfs",
            "--directory", BASE_PATH, "--credentials-dir", self._folder / "credentials"], {})
        self._rest_port = rds.wait_for(r"ready .*rest=(\d+)")[1]

    def _install(self) -> None:
        self._cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAME_SPACE}})
        self.objects = chart.render(self._values(), name_space=NAME_SPACE)
        for each in self.objects:
            self._cluster.create(each)
        for pod in ("controller", "node"):
            account = self._account_folder(pod)
            account.mkdir()
            (account / "token").write_text(self._cluster.plane.new_token(NAME_SPACE, f"rds-csi-{pod}"))
            (account / "namespace").write_text(NAME_SPACE)
            shutil.copy(self._cluster.plane.ca, account / "ca.crt")

    def _account_folder(self, pod: str) -> Path:
        return self._folder / f"{pod}-account"

    def _values(self) -> dict:
        return chart.merged(chart.LEAST, {
            "rds": {"url": f"https://127.0.0.1:{self._rest_port}", "volumeBasePaths": [BASE_PATH]},
            "controller": {"staleAttachmentSeconds": 10},
            "node": {"kubeletDir": str(self._folder / "kubelet"), "stateDir": str(self._folder / "state")},
        })

    def _start(self, kind: str, container: str) -> None:
        pod = {"Deployment": "controller", "DaemonSet": "node"}[kind]
        words = container_of(pod_of(self.objects, kind), container)["args"]
        program = self._sidecars.get(container, chart.BINARIES / "rds-csi")
        name = pod if container == "rds-csi" else container
        command = ["/usr/bin/unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--mount", "/bin/sh", "-ec"]
        command += [_IN_A_POD, self._account_folder(pod), program, *self._here(words, pod)]
        self._run(name, command, {
            "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(self._cluster.plane.port)})

    def _here(self, words: list[str], pod: str) -> list[str]:
        """A command line of a container, for this machine."""
        (metrics,) = free_ports(1)
        places = {
            "/csi/csi.sock": self._socket(pod), "/etc/rds-csi": self._folder / "credentials",
            "/host/run": self._folder / "run", "$(NODE_NAME)": NODE, "$(NAMESPACE)": NAME_SPACE,
            "--metrics-address=:9809": f"--metrics-address=127.0.0.1:{metrics}",
        }  # fmt: skip
        for there, here in places.items():
            words = [word.replace(there, str(here)) for word in words]
        return words

    def _socket(self, pod: str) -> Path:
        return self._folder / f"{pod}.sock"

    def _run(self, name: str, command: list[str | Path], environment: dict[str, str]) -> Process:
        self._running[name] = Process(name, command, self._folder, environment)
        return self._running[name]
