# SPDX-License-Identifier: Apache-2.0
"""The image: whole, small, the same every time, and nothing in it that is not used."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import debian
from control_plane import free_ports
from unpacked_image import UnpackedImage

PROJECT = Path(__file__).resolve().parents[2]
BINARIES = PROJECT / "build" / "bin"  # Set by who runs the tests.
LARGEST = 60 << 20

# Every program, with words that make it load all it needs, say something and change nothing.
PROGRAMS = {
    "rds-csi": (["--help"], 0, "Usage"),
    "rds-csi-io": ([], 2, "usage"),
    "mkfs.ext3": (["-V"], 0, "mke2fs"),
    "mkfs.ext4": (["-V"], 0, "mke2fs"),
    "e2fsck": (["-V"], 0, "e2fsck"),
    "resize2fs": ([], 1, "Usage"),
    "mkfs.xfs": (["-V"], 0, "mkfs.xfs version"),
    "xfs_growfs": (["-V"], 0, "xfs_growfs version"),
    "dmsetup": (["help"], 0, "remove"),
    "modprobe": (["--version"], 0, "kmod version"),
}
# Of these the image has no library or program, but the programs that are there link to them.
LINKED = {"mke2fs", "kmod"}
# Packages that a storage driver might be tempted to call a program of, and what in its source only looks like one.
TEMPTING = {
    "e2fsprogs", "xfsprogs", "dmsetup", "kmod", "mount", "util-linux", "udev", "nvme-cli", "lvm2", "mdadm", "fdisk",
    "btrfs-progs", "cryptsetup-bin", "lsof", "psmisc",
}  # fmt: skip
WORDS = {"mount"}


def make_image(folder: Path, binaries: Path) -> Path:
    output = folder / "image.tar"
    command = [PROJECT / "scripts" / "image", "--binaries", binaries, "--output", output]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(result.stdout + result.stderr)
    return output


def copied(source: Path, folder: Path, when: int) -> Path:
    """What goes into the image, so that nobody changes it meanwhile; as if it had been built at `when`."""
    folder.mkdir(parents=True)
    for name in ("rds-csi", "rds-csi-io"):
        shutil.copy(source / name, folder / name)
        os.utime(folder / name, (when, when))
    return folder


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class ImageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="rds-csi-image-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.binaries = copied(BINARIES, cls.folder / "binaries", 2_000_000_000)
        cls.tar = make_image(cls.folder, cls.binaries)
        cls.image = UnpackedImage(cls.tar, cls.folder / "root")

    def test_it_is_small(self) -> None:
        self.assertLess(self.tar.stat().st_size, LARGEST)

    def test_a_second_build_gives_the_same_bytes(self) -> None:
        # From copies with other times: only what is in them counts.
        again = self.folder / "again"
        tar = make_image(again, copied(self.binaries, again / "binaries", 1))
        self.assertEqual(digest_of(tar), digest_of(self.tar))

    def test_it_is_a_valid_oci_layout(self) -> None:
        self.assertEqual(json.loads(self.image.layout["oci-layout"]), {"imageLayoutVersion": "1.0.0"})
        told = self.image.config["rootfs"]["diff_ids"]
        self.assertEqual(told, ["sha256:" + hashlib.sha256(layer).hexdigest() for layer in self.image.layers])
        self.assertEqual(len(self.image.config["history"]), len(self.image.layers))
        blobs = {name for name in self.image.layout if name.startswith("blobs/")}
        named = {self.image.manifest["config"]["digest"], *(layer["digest"] for layer in self.image.manifest["layers"])}
        self.assertEqual(len(blobs), len(named) + 1)

    def test_docker_finds_the_same_image(self) -> None:
        (listed,) = json.loads(self.image.layout["manifest.json"])
        self.assertEqual(json.loads(self.image.layout[listed["Config"]]), self.image.config)
        self.assertEqual(listed["Layers"], [
            "blobs/sha256/" + layer["digest"].removeprefix("sha256:") for layer in self.image.manifest["layers"]])

    def test_it_starts_the_driver(self) -> None:
        self.assertEqual(self.image.config["config"]["Entrypoint"], ["/usr/bin/rds-csi"])
        labels = self.image.config["config"]["Labels"]
        said = self.image.run("/usr/bin/rds-csi", "version").stdout
        self.assertEqual(said, f"rds-csi {labels['org.opencontainers.image.version']}\n")

    def test_every_page_of_help_is_shown(self) -> None:
        overview = self.image.run("/usr/bin/rds-csi", "--help").stdout
        subcommands = re.findall(r"^  ([a-z]+)  ", overview, re.MULTILINE)
        self.assertLessEqual({"controller", "node"}, set(subcommands))
        for name in subcommands:
            result = self.image.run("/usr/bin/rds-csi", name, "--help")
            self.assertEqual((result.returncode, result.stderr), (0, ""), name)
            self.assertIn(name, result.stdout)

    def test_every_program_runs(self) -> None:
        for name, (words, code, expected) in PROGRAMS.items():
            with self.subTest(name):
                result = self.image.run(name, *words, env={"PATH": self.path()})
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(expected.lower(), (result.stdout + result.stderr).lower())

    def test_filesystems_can_be_made_checked_and_grown(self) -> None:
        environment = {"PATH": self.path()}
        for kind in ("ext3", "ext4", "xfs"):
            with self.subTest(kind):
                device = self.image.root / f"tmp/{kind}.img"
                device.touch()
                os.truncate(device, 512 << 20)
                made = self.image.run(f"mkfs.{kind}", "-q", f"/tmp/{kind}.img", env=environment)
                self.assertEqual((made.returncode, made.stderr), (0, ""))
                if kind != "xfs":
                    self.assertEqual(self.image.run("e2fsck", "-p", f"/tmp/{kind}.img", env=environment).returncode, 0)
                    os.truncate(device, 600 << 20)
                    grown = self.image.run("resize2fs", f"/tmp/{kind}.img", env=environment)
                    self.assertEqual(grown.returncode, 0, grown.stderr)

    def test_MET_1_the_controller_serves_from_it(self) -> None:
        """Without an RDS: it starts, says why it is not ready, and stops when it is told to."""
        credentials = self.image.root / "tmp/credentials"
        credentials.mkdir()
        for name in ("username", "password"):
            (credentials / name).write_text("x")
        authorities = (self.image.root / "etc/ssl/certs/ca-certificates.crt").read_text()
        end = "-----END CERTIFICATE-----\n"
        (credentials / "ca.crt").write_text(authorities.partition(end)[0] + end)
        self.serves(
            "not ready: UNAVAILABLE: /system/resource print: RDS 127.0.0.1:1: ",
            "controller", "--endpoint=/tmp/csi.sock", "--cluster-id=test", "--rds-url=https://127.0.0.1:1",
            "--rds-credentials-dir=/tmp/credentials", "--volume-base-path=/pool/csi")

    def test_MET_1_the_node_serves_from_it(self) -> None:
        """Without a device: it finds the program beside it, says what the kernel lacks, and stops when told to."""
        self.serves(
            "not ready: FAILED_PRECONDITION: this kernel has no NVMe over TCP",
            "node", "--endpoint=/tmp/node.sock", "--cluster-id=test", "--node-id=worker-1",
            "--kubelet-dir=/tmp/kubelet", "--state-dir=/var/lib/rds-csi")

    def serves(self, health: str, *words: str) -> None:
        """The driver starts in the image, has `health` on /healthz, and ends without an error."""
        (port,) = free_ports(1)
        command = self.image.command("/usr/bin/rds-csi", *words, f"--metrics-address=127.0.0.1:{port}")
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as driver:
            try:
                said = wait_for(f"http://127.0.0.1:{port}/healthz", health)
                metrics = wait_for(f"http://127.0.0.1:{port}/metrics", "rds_csi_ready")
            finally:
                driver.terminate()
                _, log = driver.communicate(timeout=60)
        self.assertIn(health, said, log)
        self.assertIn("rds_csi_ready 0", metrics, log)
        self.assertEqual(driver.returncode, 0, log)

    def test_everything_that_is_needed_is_there(self) -> None:
        for name in self.image.elf_files():
            for library in self.image.needs(name):
                self.assertIsNotNone(self.image.place_of(library), f"{name} needs {library}")

    def test_nothing_is_there_that_nobody_needs(self) -> None:
        folders = ("usr/sbin/", "usr/bin/")
        programs = {name for name in self.image.elf_files() if name.startswith(folders)}
        self.assertEqual({os.path.basename(name) for name in programs} - LINKED, set(PROGRAMS) & {
            os.path.basename(name) for name in programs})
        reached, todo = set(programs), list(programs)
        while todo:
            for library in self.image.needs(todo.pop()):
                place = self.image.place_of(library)
                if place not in reached:
                    reached.add(place)
                    todo.append(place)
        self.assertEqual(set(self.image.elf_files()), reached)

    def test_there_is_no_shell_and_no_more_than_these_folders(self) -> None:
        files = [name for name, member in self.image.members.items() if member.isfile()]
        known = r"usr/(s?bin|lib/[a-z0-9_]+-linux-gnu|lib64)/[^/]+|usr/share/doc/[^/]+/copyright"
        settings = r"etc/(passwd|group|nsswitch\.conf|mke2fs\.conf|ssl/certs/ca-certificates\.crt)"
        for name in files:
            self.assertRegex(name, rf"^({known}|{settings}|var/lib/dpkg/status\.d/[^/]+)$")
        for name in self.image.members:
            self.assertNotIn(os.path.basename(name), {"sh", "bash", "dash", "busybox", "perl", "python3"})

    def test_nothing_gives_more_rights_than_its_caller_has(self) -> None:
        for name, member in self.image.members.items():
            self.assertEqual(member.mode & 0o6000, 0, name)
            if name != "tmp" and not member.issym():
                self.assertEqual(member.mode & 0o022, 0, name)
            self.assertEqual((member.uid, member.gid, member.mtime), (0, 0, 0), name)

    def test_every_package_has_its_licence_and_its_version(self) -> None:
        listed = {os.path.basename(name) for name in self.image.members if "status.d/" in name}
        self.assertGreater(len(listed), 20)
        for package in listed:
            entry = (self.image.root / f"var/lib/dpkg/status.d/{package}").read_text()
            self.assertRegex(entry, rf"(?m)^Package: {re.escape(package)}$")
            self.assertRegex(entry, r"(?m)^Version: \S+$")
            self.assertGreater((self.image.root / f"usr/share/doc/{package}/copyright").stat().st_size, 100)

    def test_what_is_built_into_the_driver_is_listed_too(self) -> None:
        listed = {os.path.basename(name) for name in self.image.members if "status.d/" in name}
        link = subprocess.run(["ninja", "-C", PROJECT / "build", "-t", "commands", "-s", "bin/rds-csi"],
                              capture_output=True, text=True, check=True).stdout
        archives = re.findall(r"(/usr/lib/\S+\.a)\b", link)
        self.assertTrue(any("grpc" in path for path in archives))
        for path in archives:
            self.assertIn(debian.owner_of(Path(path)).split(":")[0], listed, path)
        for built, package in (("curl", "libcurl4-openssl-dev"), ("fmt", "libfmt-dev")):
            self.assertIn(f"libraries/lib/lib{built}.a", link)
            self.assertIn(package, listed)

    def test_the_driver_is_a_layer_of_its_own(self) -> None:
        sizes = [layer["size"] for layer in self.image.manifest["layers"]]
        self.assertEqual(len(sizes), 2)
        self.assertLess(sizes[1], sizes[0])

    def test_Pain27_it_has_every_program_that_the_driver_executes(self) -> None:
        owners = debian._owners().items()
        places = ("/usr/sbin", "/usr/bin")
        names = {os.path.basename(path) for path, owner in owners
                 if owner.split(":")[0] in TEMPTING and os.path.dirname(path) in places}
        self.assertIn("e2fsck", names)
        for room in ("fs", "nvme", "node", "host", "csi", "observe"):
            for path in (PROJECT / "src" / room).glob("*.cc"):
                if path.stem.endswith("_test") or path.name.startswith(("fake_", "test_")):
                    continue
                called = set(re.findall(r'"([a-z0-9_.]+)"', path.read_text())) & names
                self.assertEqual(called - set(PROGRAMS) - WORDS, set(), f"{path.name} may execute it")

    def test_a_file_that_was_tampered_with_is_not_packed(self) -> None:
        path = Path("/etc/mke2fs.conf")
        self.assertEqual(debian.packaged(path), path.read_bytes())
        debian._digests(debian.owner_of(path))[str(path)] = "0" * 32
        self.addCleanup(debian._digests.cache_clear)
        with self.assertRaisesRegex(debian.PackageError, "not as e2fsprogs brought it"):
            debian.packaged(path)

    def path(self) -> str:
        settings = dict(line.split("=", 1) for line in self.image.config["config"]["Env"])
        return settings["PATH"]


def wait_for(url: str, text: str) -> str:
    """The first page that has `text` in it; else, after 30 s, the last one."""
    page = ""
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                page = answer.read().decode()
        except urllib.error.HTTPError as error:
            page = error.read().decode()
        except OSError as error:
            page = str(error)
        if text in page:
            return page
        time.sleep(0.2)
    return page


if __name__ == "__main__":
    unittest.main()
