"""llama.cpp outside a browser, through the library that the npm package @node-llama-cpp/linux-x64 ships.

    python tests/peers/native.py bench LIBRARIES FILE.gguf... [--threads 1,2] [--repeats 5]
    python tests/peers/native.py quantize LIBRARIES IN.gguf OUT.gguf [q4_0|q4_1|q8_0]

LIBRARIES is the package's folder `bins/linux-x64`: one library for each instruction set, of which llama.cpp takes the
best that this processor has. `bench` does what llama-bench does: random tokens, no sampling, the cache emptied before
each repetition, a first one thrown away; medians, and the range. The processor's time stands beside the clock's.

Structs cross by value, and their sizes differ from release to release. A blob larger than any of them serves: the
callee reads and writes its own size, and the fields set here are the first ones.
"""
import argparse
import ctypes as c
import glob
import json
import random
import statistics
import struct
import time

BLOB_BYTES = 1024
FILE_TYPES = {"q4_0": 2, "q4_1": 3, "q8_0": 7}
CONTEXT = 1024
PREFILLS = (64, 512)
DECODED = 64


class Blob(c.Structure):
    """A struct of an unknown size."""

    _fields_ = [("words", c.c_uint64 * (BLOB_BYTES // 8))]

    def put(self, offset_bytes, layout, *values):
        struct.pack_into(layout, self, offset_bytes, *values)


def open_library(folder):
    """libllama with the signatures used here, and the best CPU library loaded."""
    for name in ("libggml-base*", "libggml.*"):
        ggml = c.CDLL(glob.glob(f"{folder}/{name}")[0], mode=c.RTLD_GLOBAL)
    ggml.ggml_backend_load_all_from_path(folder.encode())
    llama = c.CDLL(glob.glob(f"{folder}/libllama.*")[0], mode=c.RTLD_GLOBAL)
    for name, result, arguments in (
        ("llama_model_default_params", Blob, []),
        ("llama_context_default_params", Blob, []),
        ("llama_model_quantize_default_params", Blob, []),
        ("llama_model_load_from_file", c.c_void_p, [c.c_char_p, Blob]),
        ("llama_init_from_model", c.c_void_p, [c.c_void_p, Blob]),
        ("llama_model_quantize", c.c_uint32, [c.c_char_p, c.c_char_p, c.POINTER(Blob)]),
        ("llama_model_get_vocab", c.c_void_p, [c.c_void_p]),
        ("llama_vocab_n_tokens", c.c_int32, [c.c_void_p]),
        ("llama_set_n_threads", None, [c.c_void_p, c.c_int32, c.c_int32]),
        ("llama_get_memory", c.c_void_p, [c.c_void_p]),
        ("llama_memory_clear", None, [c.c_void_p, c.c_bool]),
        ("llama_batch_get_one", Blob, [c.POINTER(c.c_int32), c.c_int32]),
        ("llama_decode", c.c_int32, [c.c_void_p, Blob]),
        ("llama_synchronize", None, [c.c_void_p]),
        ("llama_free", None, [c.c_void_p]),
        ("llama_model_free", None, [c.c_void_p]),
    ):
        function = getattr(llama, name)
        function.restype, function.argtypes = result, arguments
    silent = c.CFUNCTYPE(None, c.c_int, c.c_char_p, c.c_void_p)(lambda *_: None)
    llama.silent = silent
    llama.llama_log_set(silent, None)
    llama.llama_backend_init()
    return llama


class Runner:
    """A model and a context of it."""

    def __init__(self, llama, path):
        self.llama = llama
        self.model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
        assert self.model, f"{path}: not loaded"
        params = llama.llama_context_default_params()
        params.put(0, "=I", CONTEXT)
        self.context = llama.llama_init_from_model(self.model, params)
        assert self.context, f"{path}: no context"
        self.vocab_size = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(self.model))

    def close(self):
        self.llama.llama_free(self.context)
        self.llama.llama_model_free(self.model)

    def empty(self):
        self.llama.llama_memory_clear(self.llama.llama_get_memory(self.context), True)

    def step(self, count):
        tokens = (c.c_int32 * count)(*(random.randrange(self.vocab_size) for _ in range(count)))
        code = self.llama.llama_decode(self.context, self.llama.llama_batch_get_one(tokens, count))
        assert code == 0, f"llama_decode: {code}"
        self.llama.llama_synchronize(self.context)

    def seconds(self, count, times):
        """Of `times` steps of `count` tokens: of the clock, of the processor."""
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(times):
            self.step(count)
        return time.perf_counter() - wall, time.process_time() - cpu

    def test(self, prefill, repeats):
        """One row: prefill of so many tokens, or where it is 0 decoding after 64."""
        walls, cpus = [], []
        for repeat in range(repeats + 1):
            self.empty()
            if prefill == 0:
                self.step(64)
            wall, cpu = self.seconds(prefill or 1, 1 if prefill else DECODED)
            if repeat:
                walls.append(wall)
                cpus.append(cpu)
        tokens, wall = prefill or DECODED, statistics.median(walls)
        return {
            "test": f"prefill {prefill}" if prefill else "decode",
            "tokens": tokens,
            "tok_per_s": round(tokens / wall, 2),
            "range": [round(tokens / max(walls), 2), round(tokens / min(walls), 2)],
            "wall_ms": round(1000 * wall, 2),
            "cpu_ms": round(1000 * statistics.median(cpus), 2),
        }


def bench(llama, arguments):
    for path in arguments.files:
        runner = Runner(llama, path)
        for threads in map(int, arguments.threads.split(",")):
            llama.llama_set_n_threads(runner.context, threads, threads)
            for prefill in (*PREFILLS, 0):
                row = {"file": path.rsplit("/", 1)[-1], "threads": threads, **runner.test(prefill, arguments.repeats)}
                print(json.dumps(row), flush=True)
        runner.close()


def quantize(llama, arguments):
    source, sink, *kind = arguments.files
    params = llama.llama_model_quantize_default_params()
    # Threads, file type, two types of single tensors left as they are, and leave to round what is quantised already.
    params.put(0, "=ii", 1, FILE_TYPES[kind[0] if kind else "q4_0"])
    params.put(16, "=?", True)
    code = llama.llama_model_quantize(source.encode(), sink.encode(), c.byref(params))
    assert code == 0, f"llama_model_quantize: {code}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["bench", "quantize"])
    parser.add_argument("libraries")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    llama = open_library(arguments.libraries)
    {"bench": bench, "quantize": quantize}[arguments.what](llama, arguments)


if __name__ == "__main__":
    main()
