# SPDX-License-Identifier: Apache-2.0
"""Keys and certificates of a control plane that lives for one test."""

import subprocess
from pathlib import Path


class Certificates:
    """A CA of its own in `folder`, and what it signs."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = folder / "ca.crt"
        self._openssl("req", "-x509", *self._new_key("ca"), "-out", self.ca, "-days", "2", "-subj", "/CN=test-ca")

    def sign(self, name: str, subject: str, use: str, alternative: str = "") -> tuple[Path, Path]:
        """A certificate and its key; `use` is serverAuth or clientAuth, `alternative` like IP:127.0.0.1."""
        request, certificate, key = (self.folder / f"{name}.{end}" for end in ("csr", "crt", "key"))
        extensions = self.folder / f"{name}.ext"
        lines = [f"extendedKeyUsage={use}"] + ([f"subjectAltName={alternative}"] if alternative else [])
        extensions.write_text("\n".join(lines) + "\n")
        self._openssl("req", *self._new_key(name), "-out", request, "-subj", subject)
        authority = ("-CA", self.ca, "-CAkey", self.folder / "ca.key", "-CAcreateserial")
        self._openssl(
            "x509", "-req", "-in", request, *authority, "-days", "2", "-extfile", extensions, "-out", certificate)
        return certificate, key

    def key_pair(self, name: str) -> tuple[Path, Path]:
        """A public key and its private one, for tokens."""
        private, public = self.folder / f"{name}.key", self.folder / f"{name}.pub"
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", private)
        self._openssl("pkey", "-in", private, "-pubout", "-out", public)
        return public, private

    def _new_key(self, name: str) -> tuple[str | Path, ...]:
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
        return (*curve, "-noenc", "-keyout", self.folder / f"{name}.key")

    @staticmethod
    def _openssl(*arguments: str | Path) -> None:
        subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
