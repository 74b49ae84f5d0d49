# SPDX-License-Identifier: Apache-2.0
"""The chart, rendered: what it asks of Kubernetes, and that it refuses what cannot be meant."""

import copy
import json
import re
import subprocess
import unittest

import chart
import yaml
from chart import CHART, LEAST, Refused, container_of, helm, merged, of_kind, pod_of, render, rights_of
from golang import version_of

DRIVER = "rds.csi.srvlab.io"


def driver_flags(subcommand: str) -> set[str]:
    command = [chart.BINARIES / "rds-csi", subcommand, "--help"]
    page = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(re.findall(r"^  --([a-z-]+)", page.stdout, re.MULTILINE))


def flags_of(container: dict) -> dict[str, str]:
    pairs = (word.removeprefix("--").partition("=") for word in container["args"] if word.startswith("--"))
    return {name: value for name, _, value in pairs}


class ChartTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.objects = render()
        cls.controller = pod_of(cls.objects, "Deployment")
        cls.node = pod_of(cls.objects, "DaemonSet")

    def test_the_sidecars_beside_the_controller_are_the_ones_that_it_is_tested_with(self) -> None:
        for container, module in (("provisioner", "v6"), ("attacher", "v4"), ("resizer", "v2")):
            version = version_of("sidecars", f"github.com/kubernetes-csi/external-{container}/{module}")
            image = container_of(self.controller, container)["image"]
            self.assertEqual(image, f"registry.k8s.io/sig-storage/csi-{container}:{version}")

    def test_helm_lint_has_nothing_to_say(self) -> None:
        said = helm("lint", str(CHART), "--strict", "--kube-version", chart.KUBERNETES, values=LEAST)
        self.assertIn("0 chart(s) failed", said)
        self.assertNotIn("WARNING", said)

    def test_all_objects_are_distinct_and_labelled(self) -> None:
        names = [(each["kind"], each["metadata"]["name"]) for each in self.objects]
        self.assertEqual(len(names), len(set(names)))
        for each in self.objects:
            self.assertEqual(each["metadata"]["labels"]["app.kubernetes.io/name"], "rds-csi", each["metadata"])

    def test_two_installations_do_not_touch_each_other(self) -> None:
        other = render(merged(LEAST, {"driverName": "other.example", "storageClasses": {
            "rds": None, "rds-block": None, "rds-migration": None, "other": {"reclaimPolicy": "Retain"}}}),
            name="other", name_space="elsewhere")
        names = {(each["kind"], each["metadata"]["name"]) for each in self.objects}
        self.assertFalse(names & {(each["kind"], each["metadata"]["name"]) for each in other})

    def test_every_flag_that_is_passed_is_one_of_the_drivers(self) -> None:
        everything = pod_of_everything()
        for subcommand, pod in everything.items():
            passed = set(flags_of(container_of(pod, "rds-csi")))
            self.assertEqual(passed - driver_flags(subcommand), set(), subcommand)

    def test_every_flag_of_the_driver_can_be_set(self) -> None:
        elsewhere = {"kubeconfig", "no-kubernetes", "known-node", "io-program"}  # Of no use in a pod.
        everything = pod_of_everything()
        for subcommand, pod in everything.items():
            passed = set(flags_of(container_of(pod, "rds-csi")))
            self.assertEqual(driver_flags(subcommand) - passed - elsewhere, set(), subcommand)

    def test_the_driver_takes_the_command_line_it_is_given(self) -> None:
        for subcommand, pod in (("controller", self.controller), ("node", self.node)):
            words = [word.replace("$(NODE_NAME)", "worker-1") for word in container_of(pod, "rds-csi")["args"]]
            self.assertEqual(words[0], subcommand)
            result = subprocess.run([chart.BINARIES / "rds-csi", *words, "--endpoint=tcp://wrong"],
                                    capture_output=True, text=True)
            problems = [line for line in result.stderr.splitlines()[:-1] if "rds-credentials-dir" not in line]
            self.assertEqual(problems, ["rds-csi: --endpoint: given more than once"])

    def test_AUD_1_no_secret_is_in_the_values_or_on_a_command_line(self) -> None:
        (volume,) = [each for each in self.controller["volumes"] if each["name"] == "credentials"]
        self.assertEqual(volume["secret"], {"secretName": "rds-csi-credentials", "defaultMode": 0o440})
        self.assertFalse(of_kind(self.objects, "Secret"))
        for container in self.controller["containers"] + self.node["containers"]:
            self.assertNotIn("password", json.dumps(container))

    def test_everybody_in_a_pod_is_the_user_that_the_socket_lets_in(self) -> None:
        self.assertEqual(self.controller["securityContext"]["runAsUser"], 65532)
        for container in self.controller["containers"]:
            self.assertNotIn("runAsUser", container["securityContext"])
        for container in self.node["containers"]:
            root = container["securityContext"].get("runAsUser") == 0 or container["securityContext"].get("privileged")
            self.assertTrue(root, container["name"])

    def test_only_the_node_is_privileged(self) -> None:
        for container in self.controller["containers"]:
            self.assertEqual(container["securityContext"], {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}})
        privileged = [each["name"] for each in self.node["containers"] if each["securityContext"].get("privileged")]
        self.assertEqual(privileged, ["rds-csi"])
        for field in ("hostNetwork", "hostPID"):
            self.assertNotIn(field, self.controller)

    def test_USE_1_the_node_sees_the_machines_processes_mounts_and_devices(self) -> None:
        self.assertTrue(self.node["hostPID"])
        self.assertTrue(self.node["hostNetwork"])
        mounts = {each["mountPath"]: each for each in container_of(self.node, "rds-csi")["volumeMounts"]}
        self.assertEqual(mounts["/var/lib/kubelet"]["mountPropagation"], "Bidirectional")
        for path in ("/dev", "/sys", "/var/lib/rds-csi", "/host/run", "/usr/lib/modules"):
            self.assertIn(path, mounts)

    def test_EVT_1_claims_are_known_by_name(self) -> None:
        self.assertIn("--extra-create-metadata", container_of(self.controller, "provisioner")["args"])

    def test_one_controller_at_a_time(self) -> None:
        (deployment,) = of_kind(self.objects, "Deployment")
        self.assertEqual((deployment["spec"]["replicas"], deployment["spec"]["strategy"]), (1, {"type": "Recreate"}))
        for name in ("provisioner", "attacher", "resizer"):
            self.assertIn("--leader-election", container_of(self.controller, name)["args"])

    def test_Pain23_an_rds_that_is_away_restarts_nothing(self) -> None:
        probe = container_of(self.controller, "rds-csi")["livenessProbe"]["httpGet"]
        self.assertEqual((probe["path"], probe["port"]), ("/metrics", "metrics"))

    def test_the_registrar_tells_kubelet_where_the_socket_is(self) -> None:
        path = flags_of(container_of(self.node, "registrar"))["kubelet-registration-path"]
        folder = next(each for each in self.node["volumes"] if each["name"] == "socket")["hostPath"]["path"]
        self.assertEqual(path, f"{folder}/csi.sock")

    def test_what_kubernetes_is_told_of_the_driver(self) -> None:
        (driver,) = of_kind(self.objects, "CSIDriver")
        self.assertEqual(driver["metadata"]["name"], DRIVER)
        self.assertTrue(driver["spec"]["attachRequired"])
        self.assertFalse(driver["spec"]["seLinuxMount"])  # Its options have commas in them.

    def test_Pain33_kubelet_may_leave_files_alone_that_have_their_group(self) -> None:
        (driver,) = of_kind(self.objects, "CSIDriver")
        self.assertEqual(driver["spec"]["fsGroupPolicy"], "File")  # Then OnRootMismatch counts.

    def test_Pain30_a_node_may_only_tell_of_its_volumes(self) -> None:
        self.assertEqual(rights_of(self.objects, "rds-csi-node"), {
            ("get", "persistentvolumes"), ("get", "persistentvolumeclaims"), ("create", "events"), ("patch", "events")})

    def test_the_controller_may_not_read_secrets_nor_anything_at_all(self) -> None:
        given = rights_of(self.objects, "rds-csi-controller")
        resources = {resource for _, resource in given}
        self.assertFalse(resources & {"secrets", "*", "pods/exec", "configmaps"})
        self.assertNotIn("*", {verb for verb, _ in given})
        self.assertNotIn(("delete", "volumeattachments"), given)
        self.assertNotIn(("delete", "persistentvolumeclaims"), given)
        for right in (("watch", "nodes"), ("watch", "volumeattachments"), ("create", "events"), ("patch", "events")):
            self.assertIn(right, given)

    def test_storage_classes_for_filesystems_blocks_and_migration(self) -> None:
        classes = {each["metadata"]["name"]: each for each in of_kind(self.objects, "StorageClass")}
        self.assertEqual(set(classes), {"rds", "rds-block", "rds-migration"})
        self.assertEqual(classes["rds"]["parameters"], {"csi.storage.k8s.io/fstype": "ext4"})
        self.assertEqual(classes["rds-migration"]["parameters"], {"migrationTimeoutSeconds": "300"})
        for each in classes.values():
            self.assertEqual(each["provisioner"], DRIVER)
            self.assertTrue(each["allowVolumeExpansion"])

    def test_a_storage_class_can_be_left_out(self) -> None:
        objects = render(merged(LEAST, {"storageClasses": {"rds-block": None}}))
        self.assertEqual({each["metadata"]["name"] for each in of_kind(objects, "StorageClass")},
                         {"rds", "rds-migration"})

    def test_expansion_can_be_turned_off(self) -> None:
        objects = render(merged(LEAST, {"storageClasses": {"rds": {"allowVolumeExpansion": False}}}))
        (rds,) = [each for each in of_kind(objects, "StorageClass") if each["metadata"]["name"] == "rds"]
        self.assertFalse(rds["allowVolumeExpansion"])

    def test_the_chart_and_the_driver_have_one_version(self) -> None:
        about = yaml.safe_load((CHART / "Chart.yaml").read_text())
        said = subprocess.run([chart.BINARIES / "rds-csi", "version"], capture_output=True, text=True, check=True)
        self.assertEqual(said.stdout.split()[1], about["appVersion"])
        self.assertEqual(container_of(self.node, "rds-csi")["image"], f"rds-csi:{about['appVersion']}")


class ValuesTest(unittest.TestCase):
    def test_what_must_be_given_is_named(self) -> None:
        with self.assertRaises(Refused) as refused:
            render({})
        for name in ("clusterId", "rds.url", "rds.volumeBasePaths"):
            self.assertIn(name.split(".")[-1], str(refused.exception))

    def test_what_cannot_be_meant_is_refused(self) -> None:
        for wrong in (
            {"clusterID": "typo"},
            {"clusterId": "a,b"},
            {"driverName": "bad_name"},
            {"logLevel": "loud"},
            {"metricsPort": 0},
            {"metricsPort": "9809"},
            {"rds": {"url": "http://rds"}},
            {"rds": {"url": "https://user:secret@rds"}},
            {"rds": {"password": "secret"}},
            {"rds": {"volumeBasePaths": []}},
            {"rds": {"volumeBasePaths": ["/a b"]}},
            {"rds": {"credentialsSecret": "Not A Name"}},
            {"node": {"kubeletDir": "relative"}},
            {"node": {"anchorSeconds": 86401}},
            {"node": {"resources": {"limit": {}}}},
            {"controller": {"replicas": 3}},
            {"sidecars": {"attacher": "has blanks"}},
            {"storageClasses": {"rds": {"parameters": {"unknown": "x"}}}},
            {"storageClasses": {"rds": {"parameters": {"fsType": "ntfs"}}}},
            {"storageClasses": {"rds": {"parameters": {"anchorSeconds": 600}}}},
            {"storageClasses": {"Bad_Name": {}}},
        ):
            with self.subTest(wrong), self.assertRaises(Refused):
                render(merged(LEAST, wrong))

    def test_every_value_is_described_and_checked(self) -> None:
        text = (CHART / "values.yaml").read_text()
        schema = json.loads((CHART / "values.schema.json").read_text())
        for path in paths_of(yaml.safe_load(text), schema):
            known = schema
            for part in path:
                self.assertIn(part, known.get("properties", {}), ".".join(path))
                known = known["properties"][part]

    def test_no_value_is_without_effect(self) -> None:
        """Another value, another result."""
        values = yaml.safe_load((CHART / "values.yaml").read_text())
        schema = json.loads((CHART / "values.schema.json").read_text())
        base = merged(values, LEAST, {"rds": {"url": "ssh://rds.example"}})
        usual = render(base)
        for path in paths_of(values, schema):
            with self.subTest(".".join(path)):
                self.assertNotEqual(render(changed(base, path)), usual)


def pod_of_everything() -> dict[str, dict]:
    """With every switch on: the pods then have every flag that the chart can pass."""
    values = merged(LEAST, {
        "topologyZone": "a",
        "rds": {"url": "ssh://rds.example", "nvmeAddress": "10.0.0.2", "insecureSshHostKey": True,
                "allowHostList": True, "allowHostDropsSessions": True}})
    objects = render(values)
    return {"controller": pod_of(objects, "Deployment"), "node": pod_of(objects, "DaemonSet")}


def paths_of(values: dict, schema: dict, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Of every value that the schema knows by name."""
    found = []
    for key, value in values.items():
        below = schema.get("properties", {}).get(key, {})
        if isinstance(value, dict) and "properties" in below:
            found += paths_of(value, below, (*path, key))
        elif path + (key,) != ("storageClasses",):
            found.append((*path, key))
    return found


def changed(values: dict, path: tuple[str, ...]) -> dict:
    values = copy.deepcopy(values)
    place = values
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = other_than(place[path[-1]], path[-1])
    return values


def other_than(value: object, name: str) -> object:
    special = {
        "pullPolicy": "Always", "logLevel": "debug", "url": "ssh://other", "volumeBasePaths": ["/other"],
        "imagePullSecrets": ["other"], "extraArgs": ["--other"], "resources": {"limits": {"memory": "1Gi"}},
        "digest": "sha256:" + "0" * 64,
        "nodeSelector": {"other": "yes"}, "affinity": {"nodeAffinity": {}}, "maxUnavailable": 3,
        "tolerations": [{"key": "other", "operator": "Exists"}], "kubeletDir": "/other", "stateDir": "/other",
    }  # fmt: skip
    if name in special:
        return special[name]
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else "other"


if __name__ == "__main__":
    unittest.main()
