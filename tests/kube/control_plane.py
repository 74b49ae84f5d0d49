# SPDX-License-Identifier: Apache-2.0
"""A real kube-apiserver with its etcd on loopback, RBAC on, empty at the start and gone at the end."""

import http.client
import json
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

from certificates import Certificates

STARTED_WITHIN = 300  # seconds; three on a machine that has nothing else to do


class ControlPlaneError(Exception):
    pass


class ControlPlane:
    """with ControlPlane(programs) as plane: plane.request("GET", "/api/v1/nodes")

    `kubeconfig` names an administrator's kubeconfig, `ca` the file with the CA, `etcd` the URL of etcd, `folder` a
    place that is gone at the end. `audit`: whether every request is recorded.
    """

    def __init__(self, programs: dict[str, Path], audit: bool = False):
        self._programs = programs
        self._audit = audit
        self.folder = Path(tempfile.mkdtemp(prefix="rds-csi-kube-"))
        self._processes: list[subprocess.Popen] = []
        etcd, peers, self.port = free_ports(3)
        self.etcd = f"http://127.0.0.1:{etcd}"
        self._peers = f"http://127.0.0.1:{peers}"
        self.certificates = Certificates(self.folder / "pki")
        self.ca = self.certificates.ca
        self._admin = self.certificates.sign("admin", "/O=system:masters/CN=admin", "clientAuth")
        self.kubeconfig = self.write_kubeconfig(
            "admin", {"client-certificate": str(self._admin[0]), "client-key": str(self._admin[1])})

    def __enter__(self) -> "ControlPlane":
        try:
            self._start_etcd()
            self._start_api_server()
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method: str, path: str, body: dict | list | None = None, kind: str = "application/json") -> dict:
        """As the administrator. ControlPlaneError: refused."""
        status, answer = self._exchange(method, path, body, kind)
        if status >= 300:
            raise ControlPlaneError(f"{method} {path}: {status} {answer}")
        return json.loads(answer)

    def write_kubeconfig(self, name: str, user: dict[str, str]) -> Path:
        """JSON is YAML."""
        cluster = {"server": f"https://127.0.0.1:{self.port}", "certificate-authority": str(self.ca)}
        path = self.folder / f"{name}.kubeconfig"
        path.write_text(json.dumps({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": name}}],
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": name, "user": user}],
        }))
        return path

    def new_token(self, name_space: str, account: str) -> str:
        """A token for a service account that is there, as kubelet projects it into pods."""
        kind = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest"}
        path = f"/api/v1/namespaces/{name_space}/serviceaccounts/{account}/token"
        return self.request("POST", path, {**kind, "spec": {"expirationSeconds": 3600}})["status"]["token"]

    def audited(self) -> list[dict]:
        """Every request that was answered, or is being answered as long as its client watches: by whom and how."""
        lines = (self.folder / "audit.log").read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def _audit_flags(self) -> dict[str, object]:
        policy = self.folder / "audit.yaml"
        rules = [{"level": "Metadata"}]
        policy.write_text(json.dumps({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": rules,
                                      "omitStages": ["RequestReceived"]}))
        return {"audit-policy-file": policy, "audit-log-path": self.folder / "audit.log"}

    def _start_etcd(self) -> None:
        self._start("etcd", {
            "data-dir": self.folder / "etcd",
            "listen-client-urls": self.etcd,
            "advertise-client-urls": self.etcd,
            "listen-peer-urls": self._peers,
            "initial-advertise-peer-urls": self._peers,
            "initial-cluster": f"default={self._peers}",
            "unsafe-no-fsync": "true",
            "log-level": "warn",
        })

    def _start_api_server(self) -> None:
        certificate, key = self.certificates.sign(
            "server", "/CN=kube-apiserver", "serverAuth", "IP:127.0.0.1,DNS:localhost")
        public, private = self.certificates.key_pair("service-accounts")
        self._start("kube-apiserver", {
            "etcd-servers": self.etcd,
            "etcd-compaction-interval": "0",  # Tests compact when they mean to.
            "watch-cache-sizes": "configmaps#0",  # So that a watch of these asks etcd itself.
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "endpoint-reconciler-type": "none",
            "secure-port": self.port,
            "tls-cert-file": certificate,
            "tls-private-key-file": key,
            "client-ca-file": self.ca,
            "authorization-mode": "RBAC",
            "allow-privileged": "true",  # As every cluster with node plugins has it; nothing runs here.
            "service-cluster-ip-range": "10.96.0.0/24",
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": public,
            "service-account-signing-key-file": private,
            "profiling": "false",
            **(self._audit_flags() if self._audit else {}),
        })

    def _start(self, name: str, flags: dict[str, object]) -> None:
        command = [self._programs[name], *(f"--{flag}={value}" for flag, value in flags.items())]
        with (self.folder / f"{name}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT))

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < end:
            if any(process.poll() is not None for process in self._processes):
                break
            try:
                if self._exchange("GET", "/readyz", None, "")[0] == 200 and self._has_default_name_space():
                    return
            except OSError:
                pass
            time.sleep(0.2)
        logs = "".join(path.read_text(errors="replace")[-3000:] for path in self.folder.glob("*.log"))
        raise ControlPlaneError(f"the API server is not ready:\n{logs}")

    def _has_default_name_space(self) -> bool:
        return self._exchange("GET", "/api/v1/namespaces/default", None, "")[0] == 200

    def _exchange(self, method: str, path: str, body: dict | list | None, kind: str) -> tuple[int, str]:
        context = ssl.create_default_context(cafile=str(self.ca))
        context.load_cert_chain(*map(str, self._admin))
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": kind} if kind else {})
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        finally:
            connection.close()


def free_ports(count: int) -> list[int]:
    """Of 127.0.0.1, all different; free a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
