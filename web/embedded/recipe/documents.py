"""What the model reads in training: two mixtures, after the paper's stages in miniature.

Pre-training reads plain text: facts, problems with their working, talk. Fine-tuning reads conversations in the chat
format, with thinking before the answer, and learns the last answer alone.
"""

from dataclasses import dataclass

from . import problems, talk
from .chat import BEGIN, END, EOT, header, thought
from .problem import TRAIN
from .words import names


@dataclass(frozen=True)
class Document:
    """A text, and where what is learnt of it begins: a character of it."""

    text: str
    learnt_from: int


def facts(rng):
    """A line of small facts, written as they are in thinking."""
    lines = []
    for _ in range(rng.randint(6, 16)):
        kind = rng.randrange(7)
        a, b, carry = rng.randint(0, 9), rng.randint(0, 9), rng.randint(1, 8)
        if kind == 0:
            terms = [a, b] + [1] * rng.randint(0, 1)
            lines.append(f"{'+'.join(map(str, terms))}={sum(terms)}")
        elif kind == 1:
            top = rng.randint(a + 1, a + 10)
            lines.append(f"{top}-{a}-1={top - a - 1}")
        elif kind == 2:
            lines.append(f"{a} × {b} = {a * b}")
        elif kind == 3:
            lines.append(f"{a}×{b}+{carry}={a * b + carry}")
        elif kind == 4:
            divisor = rng.randint(2, 12)
            dividend = rng.randint(0, 10 * divisor - 1)
            lines.append(f"{dividend}÷{divisor}={dividend // divisor} remainder {dividend % divisor}")
        elif kind == 5:
            top = rng.randint(a, a + 9)
            lines.append(f"{top}-{a}={top - a}")
        else:
            left = rng.randint(1, 999)
            right = rng.choice([rng.randint(1, 999), left // 10 * 10 + b, left + rng.randint(1, 20)])
            lines.append(f"{left} {'<' if left < right else '>' if left > right else '='} {right}")
    return ", ".join(lines)


def again(rng):
    """Names and numbers, and the same again: thinking copies them out of a question."""
    said = [str(rng.randint(0, 9999)) if rng.random() < 0.4 else names(rng, 1)[0] for _ in range(rng.randint(4, 12))]
    return f"{' '.join(said)}, again: {' '.join(said)}"


def plain(rng):
    """A document of pre-training."""
    kind = rng.random()
    if kind < 0.17:
        text = facts(rng)
    elif kind < 0.22:
        text = again(rng)
    elif kind < 0.92:
        problem = problems.problem(rng, TRAIN)
        text = f"{typed(rng, problem.question)}\n{problem.thinking}\n{problem.answer}"
    else:
        text = "\n".join(talk.turn(rng))
    return Document(f"{BEGIN}{text}{END}", 0)


def typed(rng, question):
    """A question as somebody may type it: in small letters, without its end, with a slip."""
    style = rng.random()
    if style < 0.12:
        question = question.lower()
    elif style < 0.15:
        question = question.upper()
    elif style < 0.19 and len(question) > 12:
        question = slip(rng, question)
    if rng.random() < 0.12 and question[-1] in ".?!":
        question = question[:-1]
    return question


def slip(rng, question):
    """A question with two letters of a word changed round, or one lost."""
    places = [
        i
        for i in range(1, len(question) - 1)
        if question[i].isalpha() and question[i + 1].isalpha() and question[i - 1].isalpha()
    ]
    if not places:
        return question
    i = rng.choice(places)
    return question[:i] + (question[i + 1] + question[i] if rng.random() < 0.5 else question[i + 1]) + question[i + 2 :]


def exchange(rng):
    """Somebody's words, the thinking on them, and the answer."""
    if rng.random() < 0.13:
        return talk.turn(rng)
    problem = problems.problem(rng, TRAIN)
    question = typed(rng, problem.question)
    if rng.random() < 0.04:
        question = f"{rng.choice(talk.GREETINGS)} {question}"
    return question, problem.thinking, problem.answer


def conversation(rng):
    """A document of fine-tuning."""
    if rng.random() < 0.01:
        exchanges = [talk.long(rng, rng.randint(200, 1200))]
    else:
        exchanges = [exchange(rng) for _ in range(rng.choice([1] * 8 + [2, 3]))]
    text = BEGIN
    if rng.random() < 0.03:
        text += f"{header('system')}{rng.choice(talk.SYSTEMS)}{EOT}"
    for question, _, answer in exchanges[:-1]:
        text += f"{asked(question)}{answer}{EOT}"
    return answered(text, *exchanges[-1])


def very_long(rng):
    """A conversation that begins with a very long text."""
    return answered(BEGIN, *talk.long(rng, rng.randint(1000, 4500)))


def asked(question):
    """A question, up to where its answer begins."""
    return f"{header('user')}{question.strip()}{EOT}{header('assistant')}"


def answered(before, question, thinking, answer):
    """A conversation that ends with an exchange, whose thinking and answer are learnt."""
    text = before + asked(question)
    return Document(text + thought(thinking, answer), len(text))
