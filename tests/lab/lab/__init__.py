# SPDX-License-Identifier: Apache-2.0
"""Guests on real kernels, for tests: machines that run this machine's files, with a power switch, a pause and a cable.

    with Lab(kernel="6.1", name="example") as lab:
        rds, node = lab.machine("rds"), lab.machine("node")
        rds.run("modprobe nvmet-tcp")
        node.run(f"ping -c 1 {rds.address}")
        node.cable(False)
"""

from .errors import CommandFailed, LabError, LabTimeout, MachineDied
from .kernel import LAB_FOLDER, PROJECT, Kernel
from .lab import Lab
from .machine import Machine
from .program import Completed, Program

__all__ = [
    "LAB_FOLDER", "PROJECT", "CommandFailed", "Completed", "Kernel", "Lab", "LabError", "LabTimeout", "Machine",
    "MachineDied", "Program",
]
