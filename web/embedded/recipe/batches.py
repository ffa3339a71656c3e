"""Documents laid into rows of tokens.

Those of a step are drawn from the seed and the step alone, so that a run can resume.
"""

import random

import numpy as np

from . import documents

#: Rows and tokens of a step, by stage; now and then a few rows are as long as the context.
SHAPES = {"pretrain": (16, 256), "reason": (12, 384)}
LONG_SHAPE, LONG_EVERY = (2, 2048), 24
#: Documents that found no room in any row before a step's rows count as full.
MISSES = 8


def rows(tokenizer, seed, stage, step):
    """Token ids [B, T + 1] of a step, and which of them are learnt."""
    rng = random.Random(f"{seed}/{stage}/{step}")
    is_long = stage == "reason" and step % LONG_EVERY == LONG_EVERY - 1
    count, length = LONG_SHAPE if is_long else SHAPES[stage]
    pad = tokenizer.token_to_id("<|pad|>")
    ids = np.full((count, length + 1), pad, np.int64)
    learnt = np.zeros((count, length + 1), bool)
    filled, misses = [0] * count, 0
    make = documents.plain if stage == "pretrain" else documents.conversation
    if is_long:
        for _ in range(count):
            _lay(tokenizer, documents.very_long(rng), ids, learnt, filled)
    while misses < MISSES:
        misses += not _lay(tokenizer, make(rng), ids, learnt, filled)
    return ids, learnt


def _lay(tokenizer, document, ids, learnt, filled):
    """Lays a document into the fullest row that has room; `False` where none has."""
    head = document.text[: document.learnt_from]
    head_ids = tokenizer.encode(head).ids if head else []
    tail_ids = tokenizer.encode(document.text[document.learnt_from :]).ids
    size, room = len(head_ids) + len(tail_ids), ids.shape[1]
    fitting = [row for row, used in enumerate(filled) if used + size <= room]
    if not fitting:
        return False
    row = max(fitting, key=lambda row: filled[row])
    begin = filled[row]
    ids[row, begin : begin + size] = head_ids + tail_ids
    # The first token of a text is not foretold.
    learnt[row, begin + max(len(head_ids), 1) : begin + size] = True
    filled[row] += size
    return True
