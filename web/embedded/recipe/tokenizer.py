"""The model's own tokenizer: byte-level BPE, each digit a token, the marks of Llama 3's chat format."""

import json
import random

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from .chat import BEGIN, EOT, PAD, SPECIAL, TEMPLATE, THINK, THOUGHT
from .documents import plain

#: Entries, the marks of the chat format included.
VOCABULARY = 1536


def train(texts):
    """A tokenizer for texts."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL) - 2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(text, normalized=False) for text in SPECIAL])
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in (THINK, THOUGHT)])
    return tokenizer


def make(seed, count=40_000):
    """The model's tokenizer, from as many documents of pre-training."""
    rng = random.Random(f"tokenizer/{seed}")
    marks = [*SPECIAL, THINK, THOUGHT]
    texts = []
    for _ in range(count):
        text = plain(rng).text
        for mark in marks:
            text = text.replace(mark, "")
        texts.append(text)
    # The words of the format itself.
    texts += ["system\nuser\nassistant"] * 8000
    return train(texts)


def save(tokenizer, folder):
    """Writes tokenizer.json, and what transformers wants beside it."""
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BEGIN,
        "eos_token": EOT,
        "pad_token": PAD,
        "clean_up_tokenization_spaces": False,
        "chat_template": TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    (folder / "chat_template.jinja").write_text(TEMPLATE, encoding="utf-8")
