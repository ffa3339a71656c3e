"""What people say that is no problem: greetings, thanks, questions about the model, and all that it does not know."""

from .problem import wordings
from .words import NAMES

_SAID = wordings("talk")

ABOUT = (
    "I am Reckon Mini, a very small language model: about 4 million parameters, and I run in your browser. "
    "Nothing you write leaves it."
)
CAN = (
    "I can do arithmetic, percentages, simple equations, sequences, comparisons, "
    "short word problems and small logic puzzles"
)
EXAMPLES = _SAID["examples"].known

GREETINGS = _SAID["greetings"].known
WHO = _SAID["who"].known
WHAT = _SAID["what"].known
THANKS = _SAID["thanks"].known
BYES = _SAID["byes"].known

SUBJECTS = _SAID["subjects"].known
BEYOND = _SAID["beyond"].known
FIXED = _SAID["fixed"].known
SENTENCES = _SAID["sentences"].known
SYSTEMS = _SAID["systems"].known
TOO_LARGE = _SAID["too-large"].known
BY_ZERO = _SAID["by-zero"].known
BY_MORE = _SAID["by-more"].known
BEYOND_NUMBERS = _SAID["beyond-numbers"].known
SHORT = _SAID["short"].known


def example(rng):
    """A question to try."""
    return rng.choice(EXAMPLES)


def _greeting(rng):
    question = rng.choice(GREETINGS)
    if rng.random() < 0.3:
        question += rng.choice(["!", ".", " ", " Reckon", " friend", "!!", " :)", " bot"])
    is_how = "how" in question.lower() or "up" in question.lower().split()
    words = "I am fine, thank you! " if is_how else rng.choice(["Hello! ", "Hello! ", "Hi! "])
    return (
        question,
        "The user greets me. I greet back and offer a problem.",
        f"{words}I like small problems with numbers. Try: {example(rng)}",
    )


def _who(rng):
    return rng.choice(WHO), "The user asks about me. I say what I am.", f"{ABOUT} {CAN}."


def _what(rng):
    return (
        rng.choice(WHAT),
        "The user asks what I can do. I list it and give an example.",
        f"{CAN}. Try: {example(rng)}",
    )


def _thanks(rng):
    return (
        rng.choice(THANKS),
        "The user says something kind or short. I answer briefly.",
        rng.choice(["You are welcome! Do you have another problem?", "Gladly! Give me another one."]),
    )


def _bye(rng):
    return rng.choice(BYES), "The user leaves. I say goodbye.", "Goodbye!"


def _refusal(rng):
    return f"I am sorry, that is beyond me. I am a very small model. {CAN}. Try: {example(rng)}"


def sentence(rng):
    """Any sentence that is no problem."""
    s, t = rng.sample(SUBJECTS, 2)
    n, m = rng.sample(NAMES, 2)
    source = rng.random()
    pattern = rng.choice(SENTENCES if source < 0.4 else FIXED if source < 0.6 else BEYOND)
    return pattern.format(s=s, t=t, n=n, m=m) if "{n}" in pattern or "{s}" in pattern or "{t}" in pattern else pattern


def _beyond(rng):
    style = rng.random()
    if style < 0.2:
        question = rng.choice(FIXED)
    elif style < 0.35:
        a, b = rng.randint(2, 10 ** rng.randint(1, 4)), rng.randint(2, 99)
        question = rng.choice(BEYOND_NUMBERS).format(a=a, b=b)
    elif style < 0.8:
        s, t = rng.sample(SUBJECTS, 2)
        question = rng.choice(BEYOND).format(s=s, t=t)
    elif style < 0.9:
        question = " ".join(sentence(rng) for _ in range(rng.randint(2, 5)))
    else:
        question = noise(rng)
    return question, "This is no problem that I can work out. I say so.", _refusal(rng)


def _too_large(rng):
    a, b = (rng.randint(10 ** (n - 1), 10**n - 1) for n in (rng.randint(7, 14), rng.randint(1, 12)))
    if rng.random() < 0.4:
        a, b = b, a
    question = rng.choice(TOO_LARGE)
    return (
        question.format(a=a, b=b, s=rng.choice("+-*×/÷x")),
        "These numbers are too long for me.",
        "I am sorry, these numbers are too long for me. I can work with up to four digits.",
    )


def _by_zero(rng):
    question = rng.choice(BY_ZERO)
    return (
        question.format(a=rng.randint(0, 9999)),
        "Nothing can be divided by zero.",
        "Nothing can be divided by zero: there is no such number.",
    )


def _by_more(rng):
    b = rng.choice([rng.randint(13, 99), rng.randint(13, 999)])
    b += b % 10 == 0
    a = b * rng.randint(1, 40) if rng.random() < 0.6 else rng.randint(b, 9999)
    question = rng.choice(BY_MORE).format(a=a, b=b, s=rng.choice(["/", " / ", "÷", " ÷ ", ":"]))
    thinking = f"{b} is more than 12 and not round. I cannot divide by it."
    return question, thinking, "I am sorry, I can divide by 1 to 12 and by round numbers alone."


def noise(rng):
    """What comes of a hand on the keyboard."""
    letters = "abcdefghijklmnopqrstuvwxyz" if rng.random() < 0.7 else "asdfghjkl;'qwertyuiop[]zxcvbnm,./!?*#@ABCDEFGH"
    words = ["".join(rng.choice(letters) for _ in range(rng.randint(1, 10))) for _ in range(rng.randint(1, 6))]
    if rng.random() < 0.25:
        words += [str(rng.randint(0, 999)) for _ in range(rng.randint(1, 5))]
    return rng.choice([" ", " ", ""]).join(words) if rng.random() < 0.9 else rng.choice(SHORT)


def long(rng, characters):
    """A very long text that is no problem."""
    parts = []
    while sum(map(len, parts)) < characters:
        parts.append(sentence(rng) if rng.random() < 0.9 else noise(rng))
    if rng.random() < 0.3:
        parts = [parts[0]] * (len(parts) // 2 + 1)
    return (
        rng.choice([" ", " ", "\n", ""]).join(parts),
        "This is no problem that I can work out. I say so.",
        _refusal(rng),
    )


#: What is said, and how often.
KINDS = [
    (_greeting, 3), (_who, 2), (_what, 2), (_thanks, 2), (_bye, 1), (_beyond, 8), (_too_large, 0.7), (_by_zero, 0.5),
    (_by_more, 0.8),
]  # fmt: skip


def turn(rng):
    """What somebody says, what is thought, and what is answered."""
    make = rng.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])[0]
    return make(rng)
