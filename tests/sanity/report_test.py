# SPDX-License-Identifier: Apache-2.0
"""The judge of csi-sanity's reports: nothing that was left out or went wrong may count as passed."""

import unittest

from report import advertised_by, read_report


def junit(*cases: str) -> str:
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


def case(status: str, inside: str = "") -> str:
    return f'<testcase name="[It] a spec" status="{status}">{inside}</testcase>'


def skipped(message: str) -> str:
    return case("skipped", f'<skipped message="{message}"></skipped>')


class ReportTest(unittest.TestCase):
    def test_counts_what_passed(self) -> None:
        report = read_report(junit(case("passed"), case("passed")), set())
        self.assertEqual(report.summary("mount"), "csi-sanity (mount): 2 passed, 0 failed, 0 skipped")

    def test_says_why_a_spec_failed_without_the_inside_of_the_error(self) -> None:
        message = "volume create failed&#xA;rpc error: no&#xA;{&#xA;  s: {&#xA;    Code: 12,&#xA;  },&#xA;}&#xA;occurred"
        report = read_report(junit(case("failed", f'<failure message="{message}"></failure>')), set())
        self.assertEqual(report.failed, [("a spec", "failed: volume create failed\nrpc error: no\noccurred")])

    def test_counts_every_other_end_as_failed(self) -> None:
        for status in ("panicked", "timedout", "interrupted", "aborted", "never heard of"):
            self.assertEqual(len(read_report(junit(case(status)), set()).failed), 1, status)

    def test_accepts_a_skip_for_a_capability_that_is_not_advertised(self) -> None:
        report = read_report(junit(skipped("skipped - ListVolumes not supported")), {"controller GET_CAPACITY"})
        self.assertEqual((report.failed, report.skipped), ([], [("a spec", "ListVolumes not supported")]))

    def test_rejects_a_skip_for_a_capability_that_is_advertised(self) -> None:
        report = read_report(junit(skipped("skipped - ListVolumes not supported")), {"controller LIST_VOLUMES"})
        self.assertEqual(len(report.failed), 1)

    def test_rejects_a_skip_for_any_other_reason(self) -> None:
        for message in ("skipped", "skipped - Required bytes not supported", "skipped - testnodevolumeattachlimit not enabled"):
            self.assertEqual(len(read_report(junit(skipped(message)), set()).failed), 1, message)

    def test_reads_what_a_driver_advertises(self) -> None:
        advertised = advertised_by(
            plugin={"capabilities": [{"service": {"type": "CONTROLLER_SERVICE"}}, {"volume_expansion": {"type": "ONLINE"}}]},
            controller={"capabilities": [{"rpc": {"type": "LIST_VOLUMES"}}]},
            node={"capabilities": [{"rpc": {"type": "EXPAND_VOLUME"}}]},
            node_info={"node_id": "n", "max_volumes_per_node": "16"},
        )
        self.assertEqual(
            advertised,
            {"plugin CONTROLLER_SERVICE", "controller LIST_VOLUMES", "node EXPAND_VOLUME", "node limit of volumes"},
        )


if __name__ == "__main__":
    unittest.main()
