"""Writes pages/prompts.json: prompts of 8, 64 and 512 tokens and a question, as ids and as the text they are read from.

    python tests/peers/make_prompts.py SMOLLM2_TOKENIZER.json LLAMA3_TOKENIZER.json

The first tokenizer is among what make_onnx.py writes.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

SENTENCES = [
    "The harbour master kept a ledger of every boat that came in before the storm, and beside each name he wrote the "
    "hour, the wind and what the crew had said. ",
    "In the spring the engineers measured the old bridge again: the northern pier had moved four millimetres, which "
    "was less than they feared and more than they liked. ",
    "A good loaf needs flour, water, salt and time; of the four, time is the one that most bakers try to save, and "
    "the one that bread forgives least. ",
    "When the survey was printed, the smallest island had two names on the map, because the people on its east side "
    "had never agreed with the people on its west side. ",
    "She learned to read the instrument by night, counting the slow swing of the needle against her own pulse until "
    "the two were hard to tell apart. ",
    "Nobody could say who had planted the orchard, only that the pears were early, the apples late, and that the wall "
    "around it was older than the house. ",
]
QUESTION = (
    "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
    "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n"
)
NUMBERED = 40
COUNTS = [8, 64, 512]


def ids(tokenizer, text):
    return tokenizer.encode(text, add_special_tokens=False).ids


def cut(tokenizer, text, count):
    """The first `count` tokens, whose text is read as those same tokens."""
    first = ids(tokenizer, text)[:count]
    text = tokenizer.decode(first, skip_special_tokens=False)
    assert ids(tokenizer, text) == first, f"{count} tokens end within a word"
    return {"ids": first, "text": text}


def main():
    smol, llama = map(Tokenizer.from_file, sys.argv[1:])
    text = "".join(f"{index + 1}. {SENTENCES[index % len(SENTENCES)]}" for index in range(NUMBERED))
    both = {"smol": smol, "950m": llama}
    long = {name: {f"p{count}": cut(own, text, count) for count in COUNTS} for name, own in both.items()}
    questions = {"smol": {"ids": ids(smol, QUESTION), "text": QUESTION}, "950m": cut(llama, text, 32)}
    prompts = {name: {"question": questions[name], **long[name]} for name in long}
    Path(__file__).parent.joinpath("pages/prompts.json").write_text(json.dumps(prompts) + "\n")


if __name__ == "__main__":
    main()
