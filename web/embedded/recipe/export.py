"""A trained model as files: a Hugging Face folder in f32, and the GGUF that is shipped."""

import json

import gguf
import torch
from safetensors.torch import save_file

from . import chat, tokenizer as own
from .model import Model

NAME = "Reckon Mini"
#: What a logit of transformers may differ by: both compute in f32, in another order.
TOLERANCE = 1e-4
TENSORS = {
    "embed_tokens": "token_embd",
    "norm": "output_norm",
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "feed_forward.gate_proj": "ffn_gate",
    "feed_forward.up_proj": "ffn_up",
    "feed_forward.down_proj": "ffn_down",
}


def folder(model, tokenizer, path):
    """Writes the Hugging Face folder, and proves it: transformers must compute from it what the model computes."""
    path.mkdir(parents=True, exist_ok=True)
    own.save(tokenizer, path)
    ids = {
        name: tokenizer.token_to_id(text) for name, text in (("bos", chat.BEGIN), ("eos", chat.EOT), ("pad", chat.PAD))
    }
    ends = [ids["eos"], tokenizer.token_to_id(chat.END)]
    config = model.config.as_json(**{**ids, "eos": ends})
    (path / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    generation = {"bos_token_id": ids["bos"], "eos_token_id": ends, "do_sample": False}
    (path / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
    weights = {f"model.{name}": value.detach().float().cpu().contiguous() for name, value in model.state_dict().items()}
    save_file(weights, path / "model.safetensors", metadata={"format": "pt"})
    prove(model, path)


def prove(model: Model, path):
    """Holds the model's logits against `Llama4ForCausalLM`."""
    from transformers import Llama4ForCausalLM

    theirs = Llama4ForCausalLM.from_pretrained(path, dtype=torch.float32, attn_implementation="eager").eval()
    ids = torch.randint(0, model.config.vocab_size, (2, 200), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        worst = (model.cpu().eval()(ids) - theirs(ids).logits).abs().max().item()
    print(f"logits of transformers' Llama4ForCausalLM differ by at most {worst:.1e}")
    if worst > TOLERANCE:
        raise SystemExit(f"the model is not llama4_text: its logits differ by {worst}")


def shipped(model, tokenizer, path):
    """Writes the GGUF: matrices as Q8_0, norms as F32, tokenizer and template within."""
    config = model.config
    writer = gguf.GGUFWriter(path, "llama4")
    writer.add_name(NAME)
    writer.add_license("MIT OR Apache-2.0")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size_mlp)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_sliding_window(0)
    writer.add_expert_count(0)
    writer.add_interleave_moe_layer_step(0)
    writer.add_vocab_size(config.vocab_size)
    _tokenizer(writer, tokenizer)
    for name, value in model.state_dict().items():
        values = value.detach().float().cpu().numpy()
        if values.ndim == 1:
            writer.add_tensor(_tensor(name), values)
        else:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(_tensor(name), gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensor(name):
    """A parameter's name in a GGUF."""
    parts = name.removesuffix(".weight").split(".", 2)
    if parts[0] == "layers":
        return f"blk.{parts[1]}.{TENSORS[parts[2]]}.weight"
    return f"{TENSORS['.'.join(parts)]}.weight"


def _tokenizer(writer, tokenizer):
    """Vocabulary, merges and template; `smollm` names this way to cut text: digits one by one, then as GPT-2 does."""
    described = json.loads(tokenizer.to_str())
    added = {token["id"]: token["special"] for token in described["added_tokens"]}
    kinds = {None: gguf.TokenType.NORMAL, True: gguf.TokenType.CONTROL, False: gguf.TokenType.USER_DEFINED}
    ids = range(tokenizer.get_vocab_size())
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([tokenizer.id_to_token(i) for i in ids])
    writer.add_token_types([kinds[added.get(i)] for i in ids])
    writer.add_token_merges([" ".join(merge) for merge in described["model"]["merges"]])
    writer.add_bos_token_id(tokenizer.token_to_id(chat.BEGIN))
    writer.add_eos_token_id(tokenizer.token_to_id(chat.EOT))
    writer.add_pad_token_id(tokenizer.token_to_id(chat.PAD))
    writer.add_add_bos_token(False)
    writer.add_chat_template(chat.TEMPLATE)
