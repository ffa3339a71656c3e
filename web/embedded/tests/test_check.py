"""What holds thinking to be true finds what is not."""

import unittest

from recipe import check, scoring, steps


class Steps(unittest.TestCase):
    """Equalities in a text."""

    def test_false_steps_are_found(self):
        for thinking, false in [
            ("7 + 5 = 13", ["7 + 5 = 13"]),
            ("28 ÷ 6 = 4 remainder 3", ["28 ÷ 6 = 4 remainder 3"]),
            ("28÷6=4 remainder 10", ["28÷6 = 4 remainder 10"]),
            ("2+3=5, 4×6+1=26, so 42 = 42", ["4×6+1 = 26"]),
            ("3.4 + 2.75 = 6.25", ["3.4 + 2.75 = 6.25"]),
            ("400 ÷ 40 = 40 ÷ 5", ["400 ÷ 40 = 40 ÷ 5"]),
            ("5 ÷ 0 = 1", ["5 ÷ 0 = 1"]),
            ("-3 + (-4) = -6", ["-3 + (-4) = -6"]),
        ]:
            self.assertEqual(check.false_steps(thinking), false, thinking)

    def test_true_steps_are_found_and_true(self):
        for thinking, count in [
            ("347 + 586: 7+6=13, 4+8+1=13, 3+5+1=9, so 347 + 586 = 933", 4),
            ("28÷6=4 remainder 4, so 28 ÷ 6 = 4 remainder 4", 2),
            ("4000 ÷ 40 = 400 ÷ 4, 400 ÷ 4 = 100", 2),
            ("5 - 9 = -4. (3 + 4) × 5 = 35", 2),
            ("15% × 240 = 36", 1),
        ]:
            self.assertEqual(len(check.steps(thinking)), count, thinking)
            self.assertEqual(check.false_steps(thinking), [], thinking)

    def test_what_has_an_unknown_in_it_is_no_step(self):
        self.assertEqual(check.steps("x + 2 = 190 ÷ 10\n2x = 8\nx = 19 - 2"), [])

    def test_working_is_written_for_all_small_operands(self):
        for a in range(120):
            for b in range(120):
                lines = [
                    steps.add(a, b),
                    steps.subtract(a, b),
                    steps.multiply(a, b),
                    steps.add(-a, b),
                    steps.add(a, -b),
                ]
                if 1 <= b <= 12:
                    lines.append(steps.divide(a, b))
                for line in lines:
                    self.assertEqual(check.false_steps(line), [], line)


class Boxes(unittest.TestCase):
    """What stands in the last box."""

    def test_the_last_box_counts_without_its_latex(self):
        self.assertEqual(scoring.boxed(r"$\boxed{1}$, no, $7 \div 2 = \boxed{3\text{ remainder }1}$"), "3 remainder 1")
        self.assertEqual(scoring.boxed(r"$\boxed{40\%}$"), "40%")
        self.assertEqual(scoring.boxed(r"$\boxed{\text{Ann}}$"), "Ann")
        self.assertIsNone(scoring.boxed(r"no box, or an open one: \boxed{3"))


if __name__ == "__main__":
    unittest.main()
