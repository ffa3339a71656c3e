"""How far our verdicts agree with graders written in Python.

    python agreement.py --data DIR --reference QWEN/evaluation [--outputs FILE ...] [--solutions FILE] [--show]
    python agreement.py --data DIR --math-verify               [--outputs FILE ...] [--solutions FILE] [--show]

DIR holds math500_test.jsonl, gsm8k_test.jsonl, aime24_test.jsonl and amc23_test.jsonl. QWEN is a checkout of
QwenLM/Qwen2.5-Math; its grader needs sympy==1.12 antlr4-python3-runtime==4.11.1 regex word2number numpy
python-dateutil. The other needs math-verify and antlr4-python3-runtime==4.13.2, which asks for an environment of its own.
The FILEs of outputs are what `reckon eval` keeps of these sets. That of solutions has lines with
`solution`, whose answers are rewritten and spoiled as those of the sets are.
"""

import argparse
import collections
import json
import pathlib
import random
import re
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 3  # What the reference gives one comparison.
SEED = 0


def gold_answers(folder, name):
    lines = (folder / f"{name}_test.jsonl").read_text(encoding="utf-8").splitlines()
    answers = [str(json.loads(line)["answer"]) for line in lines]
    return [answer.rsplit("####", 1)[-1].strip() for answer in answers]


def rewritten(gold):
    """The same answer, written in other ways."""
    yield re.sub(r"(?<!\\cot) ", "", gold)
    yield gold.replace("\\frac", "\\dfrac")
    if re.fullmatch(r"-?\d+", gold):
        yield f"{int(gold):,}"
        yield f"{gold}.0"
        yield f"{gold} \\text{{ units}}"
        yield f"x = {gold}"
    fraction = re.fullmatch(r"\\d?frac\{(\d+)\}\{(\d+)\}", gold)
    if fraction:
        above, below = map(int, fraction.groups())
        yield f"{above}/{below}"
        yield f"{above / below:.8f}"
        yield f"\\frac{{{2 * above}}}{{{2 * below}}}"
    if re.fullmatch(r"\(.*\)", gold):
        yield f"\\left{gold[:-1]}\\right)"


def spoiled(gold):
    """Another answer that looks like it."""
    digits = [match.start() for match in re.finditer(r"\d", gold)]
    for at in digits[:1] + digits[-1:]:
        yield gold[:at] + str((int(gold[at]) + 1) % 10) + gold[at + 1 :]
    yield gold[1:] if gold.startswith("-") else f"-{gold}"
    yield f"{gold}+1"
    if "," in gold and "\\!" not in gold and not re.fullmatch(r"[\d,]+", gold):
        yield gold.rsplit(",", 1)[0] + (gold[-1] if gold[-1] in ")]" else "")


def varied(name, golds):
    """(kind, case) of different answers, rewritten and spoiled."""
    for gold in sorted(set(golds)):
        yield from ((f"{name}, rewritten", {"answer": text, "gold": gold}) for text in rewritten(gold))
        yield from ((f"{name}, spoiled", {"answer": text, "gold": gold}) for text in spoiled(gold))


def cases(folder, outputs, solutions):
    """(kind, case) of all that is compared."""
    chosen = random.Random(SEED)
    for name in ("math500", "gsm8k", "aime24", "amc23"):
        golds = gold_answers(folder, name)
        others = golds[:]
        chosen.shuffle(others)
        for gold, other in zip(golds, others):
            yield f"{name}, itself", {"answer": gold, "gold": gold}
            yield f"{name}, another's", {"answer": other, "gold": gold}
        if name in ("math500", "amc23"):
            yield from varied(name, golds)
    lines = (folder / "math500_test.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        yield "math500, published solutions", {"text": row["solution"], "gold": row["answer"]}
    for line in (HERE / "pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        answer, gold, verdict, _ = line.split("\t")
        yield "made by hand", {"answer": answer, "gold": gold, "hand": verdict == "same"}
    for path in outputs:
        header, *rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        golds = gold_answers(folder, header["suite"])
        for row in rows:
            yield "a model's outputs", {"text": row["text"], "gold": golds[row["number"]]}
    if solutions:
        rows = map(json.loads, solutions.read_text(encoding="utf-8").splitlines())
        found = verdicts([{"text": row["solution"], "gold": "0"} for row in rows])
        yield from varied(solutions.parent.name, [case["answer"] for case in found])


def verdicts(listed):
    """Our verdicts on the cases, in their order."""
    command = ["cargo", "run", "--quiet", "--package", "reckon-evaluate", "--example", "verdicts"]
    lines = "".join(json.dumps(case) + "\n" for case in listed)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, cwd=HERE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def limited(judge):
    """A judge that has so many seconds; what it does not decide in time is not the same."""

    def stop(_number, _frame):
        raise TimeoutError

    def judged(text, gold):
        signal.signal(signal.SIGALRM, stop)
        signal.alarm(SECONDS)
        try:
            return bool(judge(text, gold))
        except Exception:
            return None
        finally:
            signal.alarm(0)

    return judged


def reference(folder):
    sys.path[:0] = [str(folder), str(folder / "latex2sympy")]
    from grader import math_equal
    from parser import extract_answer, strip_string

    return limited(lambda text, gold: math_equal(extract_answer(text, "math"), strip_string(gold)))


def math_verify():
    from math_verify import parse, verify

    # The formula's signs tell its parser that the right answer is LaTeX.
    return lambda text, gold: bool(verify(parse(f"\\boxed{{{gold}}}"), parse(text)))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--data", type=pathlib.Path, required=True)
    arguments.add_argument("--reference", type=pathlib.Path)
    arguments.add_argument("--math-verify", action="store_true")
    arguments.add_argument("--outputs", type=pathlib.Path, nargs="*", default=[])
    arguments.add_argument("--solutions", type=pathlib.Path)
    arguments.add_argument("--show", action="store_true", help="print every case without agreement")
    given = arguments.parse_args()
    if bool(given.reference) == given.math_verify:
        arguments.error("name one grader: --reference or --math-verify")
    judge = math_verify() if given.math_verify else reference(given.reference.resolve())
    listed = list(cases(given.data, given.outputs, given.solutions))
    counts = collections.defaultdict(collections.Counter)
    for (kind, case), ours in zip(listed, verdicts([case for _, case in listed]), strict=True):
        theirs = judge(case.get("text") or f"\\boxed{{{case['answer']}}}", case["gold"])
        count = counts[kind]
        count["all"] += 1
        count["undecided"] += theirs is None
        count["same"] += ours["same"]
        verdict = "agree" if ours["same"] == bool(theirs) else "ours alone" if ours["same"] else "theirs alone"
        count[verdict] += 1
        count["theirs as by hand"] += case.get("hand") == bool(theirs)
        if given.show and verdict != "agree":
            print(f"{kind}: {verdict} says same: {ours['answer']!r} for {case['gold']!r}")
    columns = ("all", "same", "agree", "ours alone", "theirs alone", "undecided", "theirs as by hand")
    print("kind", *columns, sep="\t")
    for kind, count in counts.items():
        print(kind, *(count[column] for column in columns), sep="\t")


if __name__ == "__main__":
    main()
