"""What rounding does to weights that were never quantised, beside those of SmolLM2, which come from a grid of four bits.

`dither` gives each weight of SmolLM2 back what rounding may have taken: noise, uniform over the step of its block. What comes
out is no better a model, but lies on no grid, and to round it costs what rounding fresh weights of that shape costs.
"""

import json
import shutil

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFReader
from gguf.quants import dequantize

SEED = 17
#: Types that dithered weights are rounded to, and those of them that are held against them on texts.
ROUNDED = {"bf16": ("bf16",), "f16": ("f16",), "q8": ("q8",), "q4_1": ("q4_1",), "q4": ("q4",), "q4 head q8": ("q4", "q8")}
READ = ("q4", "q4 head q8", "q4_1")
TEXTS = ("prose", "mathematics")
#: Types that noise is rounded to.
NOISE_ROUNDED = ("bf16", "f16", "q8", "q6", "q4_1", "q4")


def f32_tensors(path):
    """A GGUF's matrices by name, to be written in place."""
    return {tensor.name: tensor.data for tensor in GGUFReader(path, "r+").tensors if len(tensor.shape) == 2}


def steps(tensor):
    """The step of each weight's block, (rows, columns)."""
    offsets = {Type.Q4_1: (20, slice(0, 2)), Type.Q8_0: (34, slice(0, 2))}
    size, place = offsets[tensor.tensor_type]
    blocks = tensor.data.reshape(tensor.data.shape[0], -1, size)
    scales = np.ascontiguousarray(blocks[..., place]).view(np.float16)[..., 0].astype(np.float32)
    return np.repeat(np.abs(scales), 32, axis=-1)


def copied(bench, name):
    """A copy of the f32 model, and its matrices to be written over."""
    folder = bench.packed("smol", name)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bench.packed("smol", "f32"), folder)
    (folder / "manifest.json").unlink()
    return f32_tensors(folder / "packed.gguf")


def dither(bench):
    """SmolLM2 with what rounding may have taken."""
    random = np.random.default_rng(SEED)
    written = copied(bench, "dithered")
    for tensor in GGUFReader(bench.smol_file).tensors:
        if tensor.name in written:
            values = dequantize(tensor.data, tensor.tensor_type)
            assert np.array_equal(values, written[tensor.name]), f"{tensor.name} is not what the file holds"
            noise = random.random(values.shape, np.float32) - np.float32(0.5)
            written[tensor.name][:] = values + noise * steps(tensor)
            written[tensor.name].flush()
    return json.dumps({"seed": SEED})


def noise(bench, name, draw):
    """Noise in SmolLM2's shapes, of a standard deviation that no type minds."""
    random = np.random.default_rng(SEED)
    for values in copied(bench, name).values():
        values[:] = draw(random, values.shape).astype(np.float32) * np.float32(0.02)
        values.flush()
    return json.dumps({"seed": SEED})


def model_file(bench, name):
    """The file of a model in WORK; a folder without `config.json` is none."""
    return bench.packed("smol", name) / "packed.gguf"


def errors(bench):
    """Dithered weights on every text, and what rounding does to noise."""
    bench.kept("dithered.json", lambda: dither(bench))
    for variant, dtypes in ROUNDED.items():
        bench.pack("smol", model_file(bench, "dithered"), f"dithered {variant}", *dtypes)
    draws = {"normal": lambda random, shape: random.standard_normal(shape, np.float32),
             "t3": lambda random, shape: random.standard_t(3, shape)}
    for name, draw in draws.items():
        bench.kept(f"noise-{name}.json", lambda: noise(bench, name, draw))
        for dtype in NOISE_ROUNDED:
            bench.pack("smol", model_file(bench, name), f"{name} {dtype}", dtype)
            shutil.rmtree(bench.packed("smol", f"{name} {dtype}"), ignore_errors=True)
        shutil.rmtree(bench.packed("smol", name), ignore_errors=True)
    for text in TEXTS:
        for variant in READ:
            compared(bench, f"dithered {variant}", text, "dithered")
        compared(bench, "dithered", text, "f32")


def compared(bench, variant, text, base):
    """As the stage of that name does, with a base that is said."""
    files = [model_file(bench, name) if name == "dithered" else bench.packed("smol", name) for name in (variant, base)]
    command = ["compare", *files, "--text", bench.texts[text]["path"], "--tokens", 5120, "--device", "cpu", "--threads", 1, "--json"]
    bench.kept(f"compare/smol {variant} {text}.json", lambda: bench.run(*command))
