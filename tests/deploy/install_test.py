# SPDX-License-Identifier: Apache-2.0
"""docs/install.md, taken at its word as far as that goes without an RDS and machines: its values install the chart, its
objects are taken by a real API server, its commands name what there is, and what the simulator knows of RouterOS."""

import json
import re
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

import chart
import yaml
from chart import CHART, PROJECT, container_of, of_kind, pod_of, render
from cluster import Cluster, wait_until
from control_plane import ControlPlane

PROGRAMS: dict[str, Path] = {}  # Set by who runs the tests: etcd and kube-apiserver.
PAGE = PROJECT / "docs" / "install.md"
NAME_SPACE = "rds-csi"
CREDENTIALS = {"username", "password", "private-key", "host-key", "ca.crt", "server.crt"}


def blocks(language: str) -> list[str]:
    """The page's code of one language ("" for commands)."""
    parts = re.split(r"^```(.*)\n", PAGE.read_text(), flags=re.MULTILINE)  # text, fence, code, fence, text, fence …
    return [code for fence, code in zip(parts[1::4], parts[2::4], strict=True) if fence == language]


def commands(program: str) -> list[list[str]]:
    """Every call of a program, in blocks and within sentences, as words."""
    lines = [line for block in blocks("") for line in block.splitlines()]
    lines += re.findall(rf"`({program} [^`]+)`", PAGE.read_text())
    parts = [part.split("#")[0] for line in lines for part in line.split("&&")]
    return [shlex.split(part) for part in parts if part.split()[:1] == [program]]


def values() -> dict:
    (text,) = [block for block in blocks("yaml") if block.startswith("# values.yaml")]
    return yaml.safe_load(text)


class InstallPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.objects = render(values(), name="rds-csi", name_space=NAME_SPACE)

    def test_its_commands_of_helm_name_the_chart_its_values_and_its_name_space(self) -> None:
        installs = [words for words in commands("helm") if words[1] in ("install", "upgrade")]
        self.assertEqual([words[1] for words in installs], ["install", "upgrade"])
        for words in installs:
            place = str(CHART.relative_to(PROJECT))
            self.assertEqual(words[2:], ["rds-csi", place, "-n", NAME_SPACE, "-f", "values.yaml"])

    def test_its_secret_has_the_name_and_the_files_that_the_driver_reads(self) -> None:
        (words,) = [words for words in commands("kubectl") if "secret" in words]
        (volume,) = [each for each in pod_of(self.objects, "Deployment")["volumes"] if "secret" in each]
        self.assertIn(volume["secret"]["secretName"], words)
        files = {re.match(r"--from-(?:literal|file)=([^=]+)=", word)[1] for word in words if word.startswith("--from-")}
        self.assertEqual(files, {"username", "password", "ca.crt"})
        chapter = PAGE.read_text().partition("## 3.")[2].partition("## 4.")[0]
        self.assertLessEqual(set(re.findall(r"`([a-z]+(?:[-.][a-z]+)?)`", chapter)), CREDENTIALS)

    def test_the_pods_it_asks_for_logs_exist(self) -> None:
        for words in commands("kubectl"):
            for word in words:
                if word.startswith("deploy/"):
                    names = [each["metadata"]["name"] for each in of_kind(self.objects, "Deployment")]
                    self.assertIn(word.removeprefix("deploy/"), names)
                    container_of(pod_of(self.objects, "Deployment"), words[words.index("-c") + 1])

    def test_every_value_that_it_names_exists(self) -> None:
        known = yaml.safe_load((CHART / "values.yaml").read_text())
        for name in re.findall(r"`((?:node|rds|controller|sidecars|image)\.\w+)(?:: \w+)?`", PAGE.read_text()):
            top, below = name.split(".")
            self.assertIn(below, known[top], name)

    def test_every_storage_class_that_it_names_exists(self) -> None:
        classes = {each["metadata"]["name"] for each in of_kind(self.objects, "StorageClass")}
        self.assertLessEqual(set(re.findall(r"`(rds(?:-block|-migration)?)`", PAGE.read_text())), classes)

    def test_every_page_and_file_that_it_names_exists(self) -> None:
        text = PAGE.read_text()
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            self.assertTrue((PAGE.parent / target).exists(), target)
        for path in re.findall(r"`(deploy/[^` ]+)`", text):
            self.assertTrue((PROJECT / path).exists(), path)

    def test_every_make_target_that_it_names_exists(self) -> None:
        targets = {words[1] for words in commands("make")}
        self.assertIn("image", targets)
        makefile = (PROJECT / "Makefile").read_text()
        for target in targets:
            self.assertRegex(makefile, rf"(?m)^{target}:")

    def test_its_objects_are_taken_by_an_api_server(self) -> None:
        texts = [block for block in blocks("yaml") if not block.startswith("# values.yaml")]
        objects = [each for text in texts for each in yaml.safe_load_all(text)]
        self.assertEqual([each["kind"] for each in objects], ["PersistentVolumeClaim", "Pod"])
        with ControlPlane(PROGRAMS) as plane:
            cluster = Cluster(plane)
            cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAME_SPACE}})
            # kube-controller-manager makes one in every name space.
            account = {"name": "default", "namespace": "default"}
            cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
            for each in self.objects + objects:
                cluster.create(each)
            classes = {each["metadata"]["name"] for each in of_kind(self.objects, "StorageClass")}
            self.assertIn(plane.request("GET", "/api/v1/namespaces/default/persistentvolumeclaims/first")
                          ["spec"]["storageClassName"], classes)

    def test_its_directory_can_be_made_on_an_rds_and_is_the_one_of_its_values(self) -> None:
        (line,) = [line for block in blocks("") for line in block.splitlines() if line.startswith("/file/add")]
        with tempfile.TemporaryDirectory(prefix="rds-csi-install-") as folder:
            control = f"{folder}/control"
            command = [chart.BINARIES / "rds-sim", "--state-dir", f"{folder}/state", "--rest", "127.0.0.1:0",
                       "--ssh", "127.0.0.1:0", "--pool", "storage-pool=1G:btrfs", "--control", control]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as rds:
                try:
                    wait_until("the simulator listens", lambda: Path(control).exists())
                    self.assertTrue(self.typed(control, line)["ok"])
                    made = json.dumps(self.typed(control, "/file/print"))
                finally:
                    rds.terminate()
        for path in values()["rds"]["volumeBasePaths"]:
            self.assertIn(path.removeprefix("/"), made)

    def typed(self, control: str, line: str) -> dict:
        """What the simulator's console answers."""
        words = [chart.BINARIES / "rds-sim", "tell", control, json.dumps({"do": "console", "line": line})]
        return json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    unittest.main()
