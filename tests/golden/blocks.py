"""Makes blocks.safetensors: rows of every type a GGUF may have, and the values the `gguf` package gives them.

    python tests/golden/blocks.py

For each type `TYPE.bytes`, u8 [R, row bytes], and `TYPE.values`, f32 [R, 256]: random rows, then rows at the edges.
"""

from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as Type
from gguf.quants import dequantize
from safetensors.numpy import save_file

COLUMNS = 256
RANDOM_ROWS = 8
TYPES = [Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q4_K, Type.Q5_K,
         Type.Q6_K]
# Where the f16 of a block stand: a scale, or a scale and a minimum.
HALVES = {Type.Q8_0: [0], Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q4_K: [0, 2],
          Type.Q5_K: [0, 2], Type.Q6_K: [208]}
# The largest, the smallest above nothing, the largest of those without a leading one, nothing, less than nothing.
HALF_EDGES = [0x7BFF, 0x0001, 0x03FF, 0x0000, 0x8000, 0xFBFF, 0x8001, 0xB400]
FILLINGS = [lambda size: np.zeros(size, np.uint8), lambda size: np.full(size, 0xFF, np.uint8),
            lambda size: np.full(size, 0x80, np.uint8), lambda size: np.arange(size).astype(np.uint8)]


def with_halves(rows, kind, halves):
    """Blocks whose f16 are `halves`, in turn, so that all are finite."""
    blocks = rows.reshape(-1, GGML_QUANT_SIZES[kind][1])
    for number, at in enumerate(HALVES[kind]):
        blocks[:, at:at + 2] = np.roll(halves, number).reshape(-1, 1).view(np.uint8)
    return blocks.reshape(rows.shape)


def quantised(kind, random):
    block, size = GGML_QUANT_SIZES[kind]
    blocks = COLUMNS // block
    drawn = random.integers(0, 256, (RANDOM_ROWS, blocks * size), np.uint8)
    rows = [with_halves(drawn, kind, random.normal(0, 0.02, RANDOM_ROWS * blocks).astype(np.float16))]
    for fill in FILLINGS:
        for edge in HALF_EDGES:
            rows.append(with_halves(fill(blocks * size)[None], kind, np.full(blocks, edge, np.uint16)))
    return np.concatenate(rows)


def plain(kind, random):
    """Numbers of 32 or 16 bits: any pattern that is finite."""
    words = {Type.F32: np.uint32}.get(kind, np.uint16)
    exponent = {Type.F32: 0x7F800000, Type.F16: 0x7C00, Type.BF16: 0x7F80}[kind]
    rows = random.integers(0, np.iinfo(words).max, (RANDOM_ROWS, COLUMNS), words, endpoint=True)
    rows[rows & exponent == exponent] &= words(~exponent & np.iinfo(words).max)
    rows[0, :6] = [0, 1, exponent - 1, np.iinfo(words).max ^ exponent, exponent >> 1, 1 << (8 * rows.itemsize - 1)]
    return rows.view(np.uint8)


def main():
    random = np.random.default_rng(20)
    arrays = {}
    for kind in TYPES:
        rows = np.ascontiguousarray(quantised(kind, random) if kind in HALVES else plain(kind, random))
        values = dequantize(rows, kind).astype(np.float32)
        assert values.shape == (len(rows), COLUMNS) and np.isfinite(values).all(), kind
        arrays |= {f"{kind.name}.bytes": rows, f"{kind.name}.values": values}
    save_file(arrays, Path(__file__).parent / "blocks.safetensors")


if __name__ == "__main__":
    main()
