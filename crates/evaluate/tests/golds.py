"""Writes golds.jsonl: of each set its right answers, and of MATH-500 how its solutions end.

    python crates/evaluate/tests/golds.py FOLDER

FOLDER has the sets' files, by the names `reckon eval --help` tells; their SHA-256 stand in the first line. The right answers are
the sets' own (MIT: GSM8K (c) OpenAI, MATH (c) Dan Hendrycks, AIME and AMC by way of Qwen2.5-Math); no problem is in it.
"""

import hashlib
import json
import pathlib
import sys

SETS = ["math500", "gsm8k", "aime24", "amc23"]
# Characters of a solution that are kept, from its last box or this far before its end, whichever comes first.
ENDING = 160


def answer(row):
    """The right answer of a row, without the way there."""
    found = row["answer"]
    return found.rsplit("####", 1)[-1].strip() if isinstance(found, str) else json.dumps(found)


def ending(solution):
    """How a solution ends."""
    return solution[min(solution.rindex("\\boxed"), max(len(solution) - ENDING, 0)):]


def main():
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).with_name("golds.jsonl")
    files = {name: (folder / f"{name}_test.jsonl").read_bytes() for name in SETS}
    lines = [{"sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}}]
    for name, data in files.items():
        for row in map(json.loads, data.decode().splitlines()):
            line = {"set": name, "answer": answer(row)}
            lines.append(line | ({"ending": ending(row["solution"])} if name == "math500" else {}))
    out.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
