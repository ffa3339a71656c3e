"""What problems are: worked out truly, answered by what the working found, and never both trained on and scored."""

import json
import random
import unittest
from pathlib import Path

from recipe import check, documents, problems, scoring
from recipe.problem import HELD_OUT, IN_TEMPLATE, TRAIN, draw, is_for_tests, wordings

HOME = Path(__file__).resolve().parents[1]
SPLITS = (TRAIN, IN_TEMPLATE, HELD_OUT)


def drawn(split, count):
    """As many problems of every kind."""
    rng = random.Random(f"test/{split}")
    return [draw(make, rng, split) for make, _ in problems.MAKERS for _ in range(count)]


class Worked(unittest.TestCase):
    """The working and the answer."""

    def test_every_written_step_is_true(self):
        steps = 0
        for split in SPLITS:
            for problem in drawn(split, 150):
                self.assertEqual(check.false_steps(problem.thinking), [], problem)
                steps += len(check.steps(problem.thinking))
        self.assertGreater(steps, 10_000)

    def test_the_box_holds_the_answer_and_the_working_ends_with_it(self):
        for problem in drawn(TRAIN, 150):
            self.assertEqual(scoring.boxed(problem.answer), problem.boxed, problem)
            self.assertEqual(problem.answer.count("{"), problem.answer.count("}"), problem)
            if problem.boxed.lstrip("-").isdigit():
                self.assertIn(problem.boxed.lstrip("-"), problem.thinking, problem)


class Split(unittest.TestCase):
    """Training and tests have no problem and no held-out wording in common."""

    def test_no_operands_of_the_tests_are_trained_on(self):
        trained = {problem.key for problem in drawn(TRAIN, 400)}
        tested = {problem.key for split in (IN_TEMPLATE, HELD_OUT) for problem in drawn(split, 60)}
        self.assertTrue(all(map(is_for_tests, tested)))
        self.assertEqual(trained & tested, set())

    def test_no_held_out_wording_is_trained_on(self):
        trained = {name for problem in drawn(TRAIN, 400) for name in names(problem)}
        tested = {name for problem in drawn(HELD_OUT, 60) for name in names(problem)}
        self.assertEqual(trained & tested, set())
        for name in trained:
            self.assertIn("/known-", name)
        for name in tested:
            self.assertIn("/held-", name)

    def test_wordings_that_are_held_out_are_others(self):
        for file in sorted((HOME / "recipe" / "wordings").glob("*.txt")):
            for wording in wordings(file.stem).values():
                self.assertTrue(wording.known, wording.name)
                self.assertEqual(set(wording.known) & set(wording.held), set(), wording.name)
                if file.stem != "talk":
                    self.assertTrue(wording.held, wording.name)

    def test_the_scored_problems_are_those_of_the_recipe_and_are_not_in_what_is_read(self):
        lines = (HOME / "problems.jsonl").read_text(encoding="utf-8").splitlines()
        asked = [json.loads(line) for line in lines]
        self.assertEqual(asked, scoring.held_out(0))
        self.assertGreaterEqual(len(asked), 1000)
        self.assertEqual(len({line["prompt"] for line in asked}), len(asked))
        self.assertTrue(all(is_for_tests(line["key"]) for line in asked))
        rng = random.Random("read")
        read = "".join(make(rng).text for make in (documents.plain, documents.conversation) for _ in range(4000))
        for line in asked:
            self.assertNotIn(f"\n{line['prompt']}<", read)
            self.assertNotIn(f">{line['prompt']}\n", read)


def names(problem):
    """The wordings of a problem, by name."""
    return problem.template.replace("+", "|").split("|")


if __name__ == "__main__":
    unittest.main()
