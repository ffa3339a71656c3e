//! A model without a file: a shape of MobileLLM-R1, and weights of noise. It says nothing; it takes what one that speaks takes.

use std::ops::Range;

use engine::{Error, Files};
use serde_json::{Map, Value, json};

/// Bytes of noise that are repeated: no whole number of rows of any shape, so that rows differ.
const NOISE_BYTES: usize = (1 << 20) + 62;
/// Bytes that are handed on at once.
const CHUNK_BYTES: u64 = 1 << 20;
/// Weights lie in so much around zero, as trained ones do.
const AMPLITUDE: f32 = 0.035;
/// 1 as a bf16: what norms multiply with.
const ONE: [u8; 2] = [0x80, 0x3F];
const WEIGHTS: &str = "model.safetensors";
const HEAD_DIM: u64 = 64;
const VOCAB_SIZE: u64 = 128_256;

/// A shape of MobileLLM-R1.
///
/// Source: README.md of facebookresearch/MobileLLM-R1, "Model Architecture".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// As an option spells it.
    pub name: &'static str,
    num_hidden_layers: u64,
    num_attention_heads: u64,
    num_key_value_heads: u64,
    hidden_size: u64,
    intermediate_size: u64,
}

impl Geometry {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self {
            name: "950m",
            num_hidden_layers: 22,
            num_attention_heads: 24,
            num_key_value_heads: 6,
            hidden_size: 1536,
            intermediate_size: 6144,
        },
        Self {
            name: "360m",
            num_hidden_layers: 15,
            num_attention_heads: 16,
            num_key_value_heads: 4,
            hidden_size: 1024,
            intermediate_size: 4096,
        },
        Self {
            name: "140m",
            num_hidden_layers: 15,
            num_attention_heads: 9,
            num_key_value_heads: 3,
            hidden_size: 576,
            intermediate_size: 2048,
        },
    ];

    /// The shape of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|geometry| geometry.name == name)
    }

    fn config(&self) -> Value {
        json!({
            "model_type": "llama4_text",
            "hidden_size": self.hidden_size,
            "intermediate_size": self.intermediate_size,
            "intermediate_size_mlp": self.intermediate_size,
            "num_hidden_layers": self.num_hidden_layers,
            "num_attention_heads": self.num_attention_heads,
            "num_key_value_heads": self.num_key_value_heads,
            "head_dim": HEAD_DIM,
            "vocab_size": VOCAB_SIZE,
            "max_position_embeddings": 32_768,
            "rms_norm_eps": 1e-5,
            "rope_theta": 8e6,
            "moe_layers": [],
            "no_rope_layers": vec![1; self.num_hidden_layers as usize],
            "attention_chunk_size": null,
            "attn_temperature_tuning": false,
            "use_qk_norm": true,
            "tie_word_embeddings": true,
        })
    }

    /// Names and shapes of all matrices, then of all vectors.
    fn tensors(&self) -> Vec<(String, Vec<u64>)> {
        let (c, f) = (self.hidden_size, self.intermediate_size);
        let [q, kv] = [self.num_attention_heads, self.num_key_value_heads].map(|heads| heads * HEAD_DIM);
        let matrices = [
            ("self_attn.q_proj", [q, c]),
            ("self_attn.k_proj", [kv, c]),
            ("self_attn.v_proj", [kv, c]),
            ("self_attn.o_proj", [c, q]),
            ("feed_forward.gate_proj", [f, c]),
            ("feed_forward.up_proj", [f, c]),
            ("feed_forward.down_proj", [c, f]),
        ];
        let of_layer = |layer: u64, name: &str| format!("model.layers.{layer}.{name}.weight");
        let mut tensors = vec![("model.embed_tokens.weight".to_owned(), vec![VOCAB_SIZE, c])];
        for layer in 0..self.num_hidden_layers {
            tensors.extend(matrices.map(|(name, shape)| (of_layer(layer, name), shape.to_vec())));
        }
        for layer in 0..self.num_hidden_layers {
            let norms = ["input_layernorm", "post_attention_layernorm"];
            tensors.extend(norms.map(|name| (of_layer(layer, name), vec![c])));
        }
        tensors.push(("model.norm.weight".to_owned(), vec![c]));
        tensors
    }
}

/// The files of such a model, as far as anybody reads them.
pub struct Random {
    config: Vec<u8>,
    /// Of the weights: what stands before them.
    header: Vec<u8>,
    /// Where vectors begin in the file of weights.
    vectors_start: u64,
    size_bytes: u64,
    noise: Vec<u8>,
}

impl Random {
    /// A model of this shape.
    pub fn new(geometry: &Geometry) -> Self {
        let (mut table, mut end, mut matrices_end) = (Map::new(), 0, 0);
        for (name, shape) in geometry.tensors() {
            let begin = end;
            end += 2 * shape.iter().product::<u64>();
            if shape.len() == 2 {
                matrices_end = end;
            }
            table.insert(name, json!({ "dtype": "BF16", "shape": shape, "data_offsets": [begin, end] }));
        }
        let mut json = Value::Object(table).to_string().into_bytes();
        json.resize(json.len().next_multiple_of(8), b' ');
        let header = [&(json.len() as u64).to_le_bytes(), json.as_slice()].concat();
        let start = header.len() as u64;
        Self {
            config: geometry.config().to_string().into_bytes(),
            header,
            vectors_start: start + matrices_end,
            size_bytes: start + end,
            noise: noise(),
        }
    }

    /// Bytes from `at` on, as many as lie together, `most` at most.
    fn bytes_at(&self, at: u64, most: u64) -> Vec<u8> {
        if let Some(rest) = self.header.get(at as usize..).filter(|rest| !rest.is_empty()) {
            return rest[..rest.len().min(most as usize)].to_vec();
        }
        if at < self.vectors_start {
            let rest = &self.noise[at as usize % NOISE_BYTES..];
            let left = most.min(self.vectors_start - at).min(rest.len() as u64);
            return rest[..left as usize].to_vec();
        }
        // A vector's elements begin at even bytes.
        (at..at + most).map(|byte| ONE[byte as usize % 2]).collect()
    }
}

impl Files for Random {
    async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        Ok(match name {
            "config.json" => Some(self.config.len() as u64),
            WEIGHTS => Some(self.size_bytes),
            _ => None,
        })
    }

    async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if name != WEIGHTS {
            return sink(&self.config[range.start as usize..range.end as usize]);
        }
        let mut at = range.start;
        while at < range.end {
            let bytes = self.bytes_at(at, CHUNK_BYTES.min(range.end - at));
            sink(&bytes)?;
            at += bytes.len() as u64;
        }
        Ok(())
    }
}

/// Numbers around zero, as bf16; the same each time.
fn noise() -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let float = ((state >> 40) as f32 / (1 << 23) as f32 - 1.0) * AMPLITUDE;
        ((float.to_bits() >> 16) as u16).to_le_bytes()
    };
    (0..NOISE_BYTES / 2).flat_map(|_| next()).collect()
}

#[cfg(test)]
mod tests {
    use engine::LoadOptions;

    use super::*;

    #[test]
    fn every_shape_is_one_that_the_engine_loads() {
        for geometry in Geometry::ALL {
            let random = Random::new(&geometry);
            let opened = pollster::block_on(engine::open(&random, "")).unwrap_or_else(|err| panic!("{err}"));
            let plan = opened.plan(&LoadOptions::default(), &()).unwrap_or_else(|err| panic!("{err}"));
            assert_eq!(plan.dtypes, ["bf16"], "{}", geometry.name);
        }
    }

    #[test]
    fn matrices_are_noise_and_vectors_are_one() {
        let random = Random::new(&Geometry::ALL[2]);
        let read =
            |range| pollster::block_on(random.read(WEIGHTS, range)).unwrap_or_else(|err| panic!("{err}"));
        let start = random.header.len() as u64;
        assert_eq!(read(0..start), random.header);
        let border = read(random.vectors_start - 4..random.vectors_start + 4);
        assert_ne!(border[..2], border[2..4]);
        assert_eq!(border[4..], [ONE, ONE].concat());
        // What is read in parts is what is read at once.
        let whole = read(start..start + 3 * CHUNK_BYTES);
        let middle = CHUNK_BYTES as usize + 12;
        assert_eq!(read(start + middle as u64..start + middle as u64 + 64), whole[middle..middle + 64]);
    }
}
