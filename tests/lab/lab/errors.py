# SPDX-License-Identifier: Apache-2.0
"""What can go wrong in a lab, as a test sees it."""


class LabError(Exception):
    """Anything that a lab reports; the text names the machine and the act."""


class LabTimeout(LabError):
    """Something did not happen within its deadline."""


class MachineDied(LabError):
    """The machine ended (power cut, panic, failed start) while something was expected of it."""


class CommandFailed(LabError):
    """A command in a guest answered with an exit code other than 0."""

    def __init__(self, machine: str, command: str, code: int, output: str) -> None:
        super().__init__(f"{machine}: exit code {code} from: {command}\n{output.rstrip()}")
        self.code = code
        self.output = output
