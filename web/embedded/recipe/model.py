"""`llama4_text` as MobileLLM-R1 has it, in plain torch: export proves it equal to transformers' `Llama4ForCausalLM`."""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Config:
    """Sizes, by their names in config.json."""

    vocab_size: int = 1536
    hidden_size: int = 256
    intermediate_size_mlp: int = 512
    num_hidden_layers: int = 6
    num_attention_heads: int = 4
    num_key_value_heads: int = 2
    head_dim: int = 64
    max_position_embeddings: int = 2048
    rms_norm_eps: float = 1e-5
    rope_theta: float = 10_000.0

    def as_json(self, *, bos, eos, pad):
        """The config.json of transformers."""
        sizes = asdict(self)
        theta = sizes.pop("rope_theta")
        return {
            "architectures": ["Llama4ForCausalLM"],
            "model_type": "llama4_text",
            **sizes,
            "intermediate_size": self.intermediate_size_mlp,
            "rope_theta": theta,
            "rope_scaling": None,
            "use_qk_norm": True,
            "no_rope_layers": [1] * self.num_hidden_layers,
            "layer_types": ["full_attention"] * self.num_hidden_layers,
            "attention_chunk_size": self.max_position_embeddings,
            "attn_temperature_tuning": False,
            "attention_bias": False,
            "hidden_act": "silu",
            "tie_word_embeddings": True,
            "num_local_experts": 0,
            "num_experts_per_tok": 0,
            "interleave_moe_layer_step": 0,
            "moe_layers": [],
            "bos_token_id": bos,
            "eos_token_id": eos,
            "pad_token_id": pad,
            "torch_dtype": "float32",
        }


class Attention(nn.Module):
    """Grouped-query attention: rotary pairs side by side, then queries and keys normed without a weight."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        width, heads, kv_heads = config.hidden_size, config.num_attention_heads, config.num_key_value_heads
        self.q_proj = nn.Linear(width, heads * config.head_dim, bias=False)
        self.k_proj = nn.Linear(width, kv_heads * config.head_dim, bias=False)
        self.v_proj = nn.Linear(width, kv_heads * config.head_dim, bias=False)
        self.o_proj = nn.Linear(heads * config.head_dim, width, bias=False)

    def forward(self, x, rotation):
        """x [B, T, C] -> [B, T, C]."""
        batch, length, _ = x.shape
        q, k, v = (
            project(x).view(batch, length, -1, self.config.head_dim).transpose(1, 2)
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = self._turn(q, rotation).to(v.dtype), self._turn(k, rotation).to(v.dtype)
        group = q.shape[1] // k.shape[1]
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(out.transpose(1, 2).reshape(batch, length, -1))

    def _turn(self, x, rotation):
        """Rotary embedding of pairs (2i, 2i + 1), then the norm over a head."""
        cos, sin = rotation
        even, odd = x.float().unflatten(-1, (-1, 2)).unbind(-1)
        turned = torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)
        return F.rms_norm(turned, (self.config.head_dim,), eps=self.config.rms_norm_eps)


class FeedForward(nn.Module):
    """SwiGLU."""

    def __init__(self, config):
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size_mlp, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size_mlp, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size_mlp, config.hidden_size, bias=False)

    def forward(self, x):
        """x [B, T, C] -> [B, T, C]."""
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    """Attention and feed-forward, each after a norm, each added."""

    def __init__(self, config):
        super().__init__()
        self.input_layernorm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.feed_forward = FeedForward(config)

    def forward(self, x, rotation):
        """x [B, T, C] -> [B, T, C]."""
        x = x + self.self_attn(self.input_layernorm(x), rotation)
        return x + self.feed_forward(self.post_attention_layernorm(x))


class Model(nn.Module):
    """Token ids to logits, the head tied to the embedding; parameters are named as in a checkpoint, without `model.`."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.norm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                deep = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(parameter, std=0.02 / (2 * config.num_hidden_layers) ** 0.5 if deep else 0.02)
        frequencies = config.rope_theta ** (-torch.arange(0, config.head_dim, 2).float() / config.head_dim)
        angles = torch.outer(torch.arange(config.max_position_embeddings).float(), frequencies)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def hidden(self, ids):
        """ids [B, T] -> what the head reads, [B, T, C]."""
        length = ids.shape[1]
        rotation = self.cos[:length], self.sin[:length]
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, rotation)
        return self.norm(x)

    def forward(self, ids):
        """ids [B, T] -> logits [B, T, V]."""
        return self.hidden(ids) @ self.embed_tokens.weight.T
