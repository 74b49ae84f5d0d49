# SPDX-License-Identifier: Apache-2.0
"""What the bench concludes from what it measured."""

import json
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

from bounds import Number, Verdict, failures
from plot import Axis, Line, Plot
from report import readable, table, write_json
from samples import percentile, spread


class SamplesTest(unittest.TestCase):
    def test_a_percentile_is_a_sample_that_so_many_are_not_above(self) -> None:
        samples = list(range(1, 101))
        self.assertEqual([percentile(samples, each) for each in (0, 1, 50, 99, 100)], [1, 1, 50, 99, 100])

    def test_the_99th_of_few_is_the_worst(self) -> None:
        self.assertEqual(percentile([3, 1, 2], 99), 3)

    def test_the_order_of_samples_says_nothing(self) -> None:
        self.assertEqual(percentile([5, 1, 4, 2, 3], 50), 3)

    def test_the_spread_is_that_of_the_middle_half(self) -> None:
        self.assertEqual(spread([1, 90, 100, 110, 1000]), 0.2)


class NumberTest(unittest.TestCase):
    def test_what_may_be_at_most_its_bound_may_be_just_that(self) -> None:
        number = Number("n", "", most=2)
        self.assertEqual([number.judge(value) for value in (1.9, 2, 2.02)],
                         [Verdict.HOLDS, Verdict.HOLDS, Verdict.MISSED])

    def test_what_must_be_at_least_its_bound(self) -> None:
        number = Number("n", "", least=200)
        self.assertEqual([number.judge(value) for value in (199, 200)], [Verdict.MISSED, Verdict.HOLDS])

    def test_what_was_not_measured_holds_nothing(self) -> None:
        self.assertEqual(Number("n", "", most=2).judge(None), Verdict.NOT_MEASURED)

    def test_only_what_no_machine_can_excuse_is_a_failure(self) -> None:
        numbers = {"round_trips.create": 2.1, "stage_over_floor": 9.0, "rss_mib.node": 15.0}
        self.assertEqual([each.name for each in failures(numbers)], ["round_trips.create"])

    def test_what_was_not_measured_is_no_failure(self) -> None:
        self.assertEqual(failures({}), [])


class ReportTest(unittest.TestCase):
    def test_a_row_has_value_bound_and_verdict(self) -> None:
        (row,) = [line for line in table({"round_trips.create": 2.5}).splitlines() if "round_trips.create" in line]
        self.assertEqual(row.split()[1:5], ["2.5", "≤", "2", "missed"])

    def test_numbers_have_three_digits(self) -> None:
        self.assertEqual([readable(value) for value in (0.12345, 2.0, 23.95, 976.5, 12345.6)],
                         ["0.123", "2", "23.9", "976", "12346"])

    def test_the_json_keeps_what_another_run_measured(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.json"
            write_json({"a": 1, "b": 2}, path)
            write_json({"b": 3}, path)
            self.assertEqual(json.loads(path.read_text()), {"a": 1, "b": 3})


class PlotTest(unittest.TestCase):
    def test_an_axis_reaches_from_nothing_to_beyond_the_largest(self) -> None:
        axis = Axis([3, 870], False, 0, 100)
        self.assertEqual(axis.ticks, [0, 200, 400, 600, 800, 1000])
        self.assertEqual(axis.place(500), 50)

    def test_an_axis_in_powers_of_ten(self) -> None:
        axis = Axis([30, 2000], True, 0, 300)
        self.assertEqual(axis.ticks, [10, 100, 1000, 10000])
        self.assertAlmostEqual(axis.place(100), 100)

    def test_a_plot_is_xml_and_names_its_lines(self) -> None:
        plot = Plot("p", "a < b", "x", "y", [Line("one & two", [(1, 2), (3, 4)])])
        text = "".join(ElementTree.fromstring(plot.svg()).itertext())
        self.assertIn("a < b", text)
        self.assertIn("one & two", text)


if __name__ == "__main__":
    unittest.main()
