"""The texts that divergence is told over: where they come from, under which hash, and how they become plain text.

None of them is kept here; `prepare` makes them again from packages of Debian, from the evaluation sets, and from the recipe
of the embedded model.
"""

import gzip
import hashlib
import html
import json
import random
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

HOME = Path(__file__).resolve().parents[3]
#: Packages of Debian 12, and the SHA-256 of their files.
PACKAGES = {
    "r-cran-janeaustenr": ("1.0.0-1", "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95"),
    "debian-handbook": ("11.20220922", "3d5dbeac1f1afc9c094eab9d0f701f6ecff99c4927d5a4794cf6c85678134faa"),
}
SETS = {
    "math500_test.jsonl": "35dc41080a3680858b27fa7e0533d2d547825316fc5dafe5d316f4ccc5a06132",
    "gsm8k_test.jsonl": "3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14",
    "HumanEval.jsonl.gz": "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
}
#: Chapters of the handbook that are prose more than listings.
CHAPTERS = ("foreword", "the-debian-project", "existing-setup", "sect.computer-layers", "sect.foundation-documents",
            "sect.follow-debian-news", "sect.why-gnu-linux", "sect.why-debian", "sect.role-of-distributions",
            "sect.release-lifecycle", "sect.master-plan", "sect.how-to-migrate", "sect.backup", "sect.other-security-considerations")
#: What each text is, for the report: kind, source, licence.
SOURCES = {
    "prose": ("English prose, 1815", "Jane Austen, Emma; Debian's r-cran-janeaustenr 1.0.0-1", "public domain"),
    "manual": ("English prose, 2022", "The Debian Administrator's Handbook; Debian's debian-handbook 11.20220922",
               "GPL-2+ or CC-BY-SA-3.0"),
    "mathematics": ("problems and solutions, MATH500 and GSM8K in turn",
                    "math500_test.jsonl, gsm8k_test.jsonl", "MIT"),
    "code": ("Python, HumanEval's prompts with their solutions", "HumanEval.jsonl.gz", "MIT"),
}
SEED = 8
#: Conversations of the embedded model's kind that it was never trained on.
CONVERSATIONS = 400


def prepare(folder, sets):
    """Writes every text into `folder`; its path and SHA-256 by name."""
    folder.mkdir(exist_ok=True)
    made = {
        "prose": lambda: prose(package("r-cran-janeaustenr", folder)),
        "manual": lambda: manual(package("debian-handbook", folder)),
        "mathematics": lambda: mathematics(sets),
        "code": lambda: code(sets),
        "conversations": conversations,
    }
    for name, make in made.items():
        path = folder / f"{name}.txt"
        if not path.exists():
            path.write_text(make(), encoding="utf-8")
    return {name: {"path": folder / f"{name}.txt", "sha256": sha256(folder / f"{name}.txt")} for name in made}


def sha256(path):
    """Of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def held(path, expected):
    """The path, if the file is the one that is meant."""
    if sha256(path) != expected:
        raise SystemExit(f"{path}: its SHA-256 is {sha256(path)}, expected {expected}")
    return path


def package(name, folder):
    """The folder that a package of Debian is unpacked in."""
    version, expected = PACKAGES[name]
    subprocess.run(["apt-get", "download", f"{name}={version}"], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    unpacked = folder / name
    subprocess.run(["dpkg-deb", "-x", held(folder / f"{name}_{version}_all.deb", expected), unpacked], check=True)
    return unpacked


def prose(unpacked):
    """Emma, from its first chapter on, a paragraph a line: the first object of R's database of lines."""
    stored = (unpacked / "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb").read_bytes()
    # The length of what was compressed comes first; what follows the object in the file is not read.
    serialised = zlib.decompressobj().decompress(stored[4:])
    start = serialised.index(struct.pack(">i", 16)) + 4
    (count,) = struct.unpack_from(">i", serialised, start)
    lines, at = [], start + 4
    for _ in range(count):
        (length,) = struct.unpack_from(">i", serialised, at + 4)
        lines.append(serialised[at + 8 : at + 8 + length].decode())
        at += 8 + length
    text = "\n".join(lines)
    paragraphs = text[text.index("Emma Woodhouse, handsome") :].split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())


def manual(unpacked):
    """Paragraphs of the handbook, without markup."""
    folder = unpacked / "usr/share/doc/debian-handbook/html/en-US"
    found = []
    for chapter in CHAPTERS:
        page = (folder / f"{chapter}.html").read_text(encoding="utf-8")
        for paragraph in re.findall(r'<div class="para">(.*?)</div>', page, re.S):
            plain = " ".join(html.unescape(re.sub(r"<[^>]*>", "", paragraph)).split())
            if len(plain) > 80:
                found.append(plain)
    return "\n\n".join(dict.fromkeys(found))


def rows(sets, name):
    """The rows of an evaluation set, in an order that the seed fixes."""
    stored = held(sets / name, SETS[name]).read_bytes()
    lines = (gzip.decompress(stored) if name.endswith(".gz") else stored).decode().splitlines()
    found = [json.loads(line) for line in lines]
    random.Random(SEED).shuffle(found)
    return found


def mathematics(sets):
    """A problem of MATH500 with its solution, then one of GSM8K, and so on; GSM8K's marks for a calculator are left out."""
    hard = [f"Problem: {row['problem']}\n\nSolution: {row['solution']}" for row in rows(sets, "math500_test.jsonl")]
    easy = [f"Problem: {row['question']}\n\nSolution: {re.sub(r'<<[^>]*>>', '', row['answer'])}"
            for row in rows(sets, "gsm8k_test.jsonl")]
    return "\n\n".join(text for pair in zip(hard, easy) for text in pair)


def code(sets):
    """Functions of HumanEval with their solutions."""
    return "\n\n".join(row["prompt"] + row["canonical_solution"] for row in rows(sets, "HumanEval.jsonl.gz"))


def conversations():
    """What the embedded model's training reads last, of other draws."""
    sys.path.insert(0, str(HOME / "web/embedded"))
    from recipe import documents

    rng = random.Random("transcripts")
    return "".join(documents.conversation(rng).text for _ in range(CONVERSATIONS))
