"""Converts a GGUF of a Llama into what transformers.js opens.

    python tests/peers/make_onnx.py FILE.gguf FOLDER [q4] [q8] [q4_f32]

FOLDER gets onnx/model_q4.onnx (4 bits in blocks of 32, head included) and onnx/model_quantized.onnx (8 bits, rounded
at run time too: what transformers.js takes by itself on the processor), tokenizer and configuration. The weights are
those of the GGUF, rounded a second time. q4_f32 is q4 with nothing in F16, for a GPU whose shaders have none.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

PAGE_BYTES = 4096


def unpack(gguf, folder):
    """The model as a Hugging Face folder, F32."""
    where = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    read = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
    # The configuration says that it is quantised, and is not saved so: a plain one takes its place.
    left_out = ("architectures", "dtype", "quantization_config", "_pre_quantization_dtype")
    config = {name: value for name, value in read.config.to_dict().items() if name not in left_out}
    model = LlamaForCausalLM(LlamaConfig(**config)).float()
    model.load_state_dict(read.state_dict(), strict=True)
    model.tie_weights()
    model.generation_config.do_sample = False
    model.save_pretrained(folder, max_shard_size="50GB")
    AutoTokenizer.from_pretrained(**where).save_pretrained(folder)
    # Readers of today and of yesterday look for these in two places.
    config = json.loads((folder / "config.json").read_text())
    config.setdefault("rope_theta", config.get("rope_parameters", {}).get("rope_theta", 10000.0))
    (folder / "config.json").write_text(json.dumps(config, indent=1))


def build(source, folder, precision):
    """onnxruntime-genai's graph of it."""
    options = ["int4_block_size=32", "int4_accuracy_level=4"] if precision == "int4" else []
    command = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-i", source, "-o", folder, "-p", precision]
    command += ["-e", "cpu", "-c", folder / "cache", *(["--extra_options", *options] if options else [])]
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
    return folder / "model.onnx"


def number_the_head_width(model, source):
    """transformers.js reads the cache's shape from the graph: it must be a number."""
    width = json.loads((source / "config.json").read_text())["head_dim"]
    for value in (*model.graph.input, *model.graph.output):
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.dim_param == "kv_cache_dim":
                dimension.dim_value = width


def write_q4(source, work, folder, of_table=torch.float16):
    """The web build has no GatherBlockQuantized on the processor: a table, Gather and Cast take its place."""
    path = build(source, work, "int4")
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = "model_q4.onnx_data"
    with safe_open(source / "model.safetensors", "pt") as tensors:
        table = tensors.get_tensor("model.embed_tokens.weight").to(of_table).contiguous()
    data = folder / "onnx/model_q4.onnx_data"
    data.unlink(missing_ok=True)
    (work / "model.onnx.data").rename(data)
    with open(data, "ab") as sink:
        sink.write(b"\0" * (-sink.tell() % PAGE_BYTES))
        place = {"location": data.name, "offset": str(sink.tell()), "length": str(table.nbytes)}
        sink.write(table.numpy().tobytes())
    kind = {torch.float16: TensorProto.FLOAT16, torch.float32: TensorProto.FLOAT}[of_table]
    embed = TensorProto(name="embed_table", data_type=kind, dims=table.shape)
    embed.data_location = TensorProto.EXTERNAL
    for key, value in place.items():
        entry = embed.external_data.add()
        entry.key, entry.value = key, value
    model.graph.initializer.append(embed)
    at, old = next((at, node) for at, node in enumerate(model.graph.node) if node.op_type == "GatherBlockQuantized")
    gather = helper.make_node("Gather", ["embed_table", old.input[1]], ["embed_row"], name="embed_gather", axis=0)
    cast = helper.make_node("Cast", ["embed_row"], [old.output[0]], name="embed_cast", to=TensorProto.FLOAT)
    model.graph.node.remove(old)
    model.graph.node.insert(at, gather)
    model.graph.node.insert(at + 1, cast)
    used = {name for node in model.graph.node for name in node.input}
    for tensor in [tensor for tensor in model.graph.initializer if tensor.name not in used]:
        model.graph.initializer.remove(tensor)
    number_the_head_width(model, source)
    onnx.save(model, folder / "onnx/model_q4.onnx")


def write_q4_f32(source, work, folder):
    write_q4(source, work, folder, torch.float32)


def write_q8(source, work, folder):
    path = build(source, work, "fp32")
    model = onnx.load(path)
    number_the_head_width(model, source)
    whole = work / "whole.onnx"
    onnx.save(model, whole, save_as_external_data=True, location="whole.onnx.data")
    # One scale for a whole matrix makes this small model say nothing of sense.
    rounded = {"weight_type": QuantType.QInt8, "per_channel": True, "extra_options": {"MatMulConstBOnly": True}}
    quantize_dynamic(whole, folder / "onnx/model_quantized.onnx", **rounded)


def main():
    gguf, folder = map(Path, sys.argv[1:3])
    kinds = sys.argv[3:] or ["q4", "q8"]
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        work = Path(temporary)
        source = work / "source"
        unpack(gguf, source)
        for kind in kinds:
            {"q4": write_q4, "q8": write_q8, "q4_f32": write_q4_f32}[kind](source, work / kind, folder)
        for name in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
            (source / name).replace(folder / name)
        config = json.loads((source / "config.json").read_text())
        # How many files of data there are beside each graph.
        config["transformers.js_config"] = {"use_external_data_format": {"model_q4.onnx": 1, "model_quantized.onnx": 0}}
        (folder / "config.json").write_text(json.dumps(config, indent=1))
    for path in sorted((folder / "onnx").iterdir()):
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
