"""Weights from a seed: the Python half of ../material/seeded.rs, value for value.

Element i of a stream is splitmix64 at (fnv1a64(stream name) + seed + (i + 1) * GAMMA). Everything after that is one
IEEE operation at a time in f32, so both halves agree to the bit.
"""

import numpy as np

GAMMA = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
F32 = np.float32


def fnv1a64(text):
    state = 0xCBF29CE484222325
    for byte in text.encode():
        state = ((state ^ byte) * 0x100000001B3) & MASK
    return state


def bits(stream, seed, count):
    """(count,) u64, all bits random."""
    start = (fnv1a64(stream) + seed) & MASK
    with np.errstate(over="ignore"):
        z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GAMMA) + np.uint64(start)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def units(stream, seed, count):
    """(count,) f32 in [-1, 1), multiples of 2^-23."""
    whole = (bits(stream, seed, count) >> np.uint64(40)).astype(np.int32) - (1 << 23)
    return whole.astype(F32) * F32(2.0**-23)


def token_ids(seed, count, vocab_size):
    return (bits("ids", seed, count) % np.uint64(vocab_size)).astype(np.int64).tolist()


def round_to_bf16(values):
    """Nearest, ties to even; f32 in and out."""
    word = values.astype(F32).view(np.uint32)
    word = word + np.uint32(0x7FFF) + ((word >> np.uint32(16)) & np.uint32(1))
    return (word & np.uint32(0xFFFF0000)).view(F32)


def tensor(name, shape, dtype, seed, amplitude):
    """What the file's bytes stand for, f32. Norms are 1 +- 0.3, all else +- amplitude."""
    count = int(np.prod(shape))
    if dtype in ("Q8_0", "Q4_0", "Q4_1"):
        return blocks(name, count, dtype, seed, amplitude).reshape(shape)
    values = units(name, seed, count)
    values = values * F32(0.3) + F32(1) if "norm" in name else values * F32(amplitude)
    if dtype == "F16":
        values = values.astype(np.float16).astype(F32)
    if dtype == "BF16":
        values = round_to_bf16(values)
    return values.reshape(shape)


def blocks(name, count, dtype, seed, amplitude):
    """Scales and quants are drawn, not rounded to: the file holds exactly these values."""
    spread = units(name + "#scale", seed, count // 32) * F32(0.5) + F32(1)
    steps = {"Q8_0": 127, "Q4_0": 8, "Q4_1": 7.5}[dtype]
    scale = (spread * (F32(amplitude) / F32(steps))).astype(np.float16).astype(F32)
    random = bits(name, seed, count)
    if dtype == "Q8_0":
        quants = np.maximum((random >> np.uint64(56)).astype(np.uint8).view(np.int8), -127).astype(F32)
    else:
        quants = (random >> np.uint64(60)).astype(F32)
    if dtype == "Q4_0":
        quants = quants - F32(8)
    values = quants.reshape(-1, 32) * scale[:, None]
    if dtype == "Q4_1":
        minimum = (scale * F32(-7.5)).astype(np.float16).astype(F32)
        values = values + minimum[:, None]
    return values
