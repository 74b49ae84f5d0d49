# SPDX-License-Identifier: Apache-2.0
"""The chart as helm renders it."""

import json
import subprocess
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]
CHART = PROJECT / "deploy" / "chart"
KUBERNETES = "1.35.0"

HELM = Path("helm")  # Both are set by who runs the tests.
BINARIES = PROJECT / "build" / "bin"

# The values that everybody has to give.
LEAST = {"clusterId": "prod", "rds": {"url": "https://rds.example", "volumeBasePaths": ["/storage-pool/volumes"]}}


class Refused(Exception):
    """What helm said."""


def helm(*words: str, values: dict) -> str:
    command = [HELM, *words, "--values", "-"]
    result = subprocess.run(command, input=json.dumps(values), capture_output=True, text=True)
    if result.returncode != 0:
        raise Refused(result.stdout + result.stderr)
    return result.stdout


def render(values: dict = LEAST, name: str = "rds-csi", name_space: str = "storage") -> list[dict]:
    """Every object that an installation makes. Raises Refused."""
    text = helm("template", name, str(CHART), "-n", name_space, "--kube-version", KUBERNETES, values=values)
    return [document for document in yaml.safe_load_all(text) if document]


def merged(*parts: dict) -> dict:
    """Values put over one another, as helm does it."""
    result: dict = {}
    for part in parts:
        for key, value in part.items():
            both = isinstance(value, dict) and isinstance(result.get(key), dict)
            result[key] = merged(result[key], value) if both else value
    return result


def of_kind(objects: list[dict], kind: str) -> list[dict]:
    return [each for each in objects if each["kind"] == kind]


def pod_of(objects: list[dict], kind: str) -> dict:
    """The pod of the one Deployment or DaemonSet."""
    (owner,) = of_kind(objects, kind)
    return owner["spec"]["template"]["spec"]


def container_of(pod: dict, name: str) -> dict:
    return next(each for each in pod["containers"] if each["name"] == name)


def rights_of(objects: list[dict], account: str) -> set[tuple[str, str]]:
    """(verb, resource) of every role that a service account is given."""
    given = set()
    for binding in of_kind(objects, "ClusterRoleBinding") + of_kind(objects, "RoleBinding"):
        if account not in [subject["name"] for subject in binding["subjects"]]:
            continue
        kind = binding["roleRef"]["kind"]
        role = next(each for each in of_kind(objects, kind) if each["metadata"]["name"] == binding["roleRef"]["name"])
        for rule in role["rules"]:
            given |= {(verb, resource) for verb in rule["verbs"] for resource in rule["resources"]}
    return given
