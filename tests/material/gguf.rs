//! A model as a GGUF, version 3, as llama.cpp's converter lays it out.

use serde_json::Value;

use crate::model::{Geometry, Tensor};

const ALIGNMENT: usize = 32;

/// A value of a key.
#[derive(Clone, Debug)]
pub enum Entry {
    /// Type 4.
    U32(u32),
    /// Type 6.
    F32(f32),
    /// Type 7.
    Bool(bool),
    /// Type 8.
    Text(String),
    /// Type 9 of type 8.
    Texts(Vec<String>),
    /// Type 9 of type 5.
    I32s(Vec<i32>),
}

/// A GGUF before it is bytes: every field is written as it stands, true or not.
#[derive(Clone, Debug)]
pub struct File {
    /// The first four bytes.
    pub magic: [u8; 4],
    /// The format's version.
    pub version: u32,
    /// How many key-values the header claims.
    pub entry_count: u64,
    /// How many tensors the header claims.
    pub tensor_count: u64,
    /// The key-values.
    pub entries: Vec<(String, Entry)>,
    /// What the header says of each tensor.
    pub tensors: Vec<Description>,
    /// What follows the header, from the next multiple of the alignment on.
    pub data: Vec<u8>,
}

/// What a header says of a tensor.
#[derive(Clone, Debug)]
pub struct Description {
    /// Its GGUF name.
    pub name: String,
    /// Its shape, the fastest dimension first.
    pub dimensions: Vec<u64>,
    /// The number of its type.
    pub kind: u32,
    /// Where it begins, from the start of the data.
    pub offset: u64,
}

impl File {
    /// The keys `config` asks for, then `more` (a tokenizer, say), then the tensors.
    ///
    /// # Panics
    /// A size is missing from `config`.
    pub fn of(config: &Value, more: &[(&str, Entry)], tensors: Vec<Tensor>) -> Self {
        let geometry = Geometry::of(config);
        let mut entries = keys(config, &geometry);
        entries.extend(more.iter().map(|(key, entry)| ((*key).to_owned(), entry.clone())));
        let (mut descriptions, mut data) = (Vec::new(), Vec::new());
        for tensor in tensors {
            let tensor = converted(tensor, &geometry);
            descriptions.push(Description {
                name: tensor.name,
                dimensions: tensor.shape.iter().rev().map(|size| *size as u64).collect(),
                kind: tensor.dtype.gguf_number(),
                offset: data.len() as u64,
            });
            data.extend(tensor.bytes);
            data.resize(data.len().next_multiple_of(ALIGNMENT), 0);
        }
        Self {
            magic: *b"GGUF",
            version: 3,
            entry_count: entries.len() as u64,
            tensor_count: descriptions.len() as u64,
            entries,
            tensors: descriptions,
            data,
        }
    }

    /// The file in `count` parts with their names, as `gguf-split` leaves them: all key-values in the first.
    pub fn split(&self, count: usize) -> Vec<(String, Self)> {
        let each = self.tensors.len().div_ceil(count);
        let part = |number: usize| {
            let end =
                |last: usize| self.tensors.get(last).map_or(self.data.len(), |tensor| tensor.offset as usize);
            let (first, last) = (number * each, ((number + 1) * each).min(self.tensors.len()));
            let start = end(first);
            let mut tensors = self.tensors[first..last].to_vec();
            tensors.iter_mut().for_each(|tensor| tensor.offset -= start as u64);
            let mut entries = if number == 0 { self.entries.clone() } else { Vec::new() };
            for (key, value) in [("no", number), ("count", count), ("tensors.count", self.tensors.len())] {
                entries.push((format!("split.{key}"), Entry::U32(value as u32)));
            }
            let data = self.data[start..end(last)].to_vec();
            let (entry_count, tensor_count) = (entries.len() as u64, tensors.len() as u64);
            let name = format!("model-{:05}-of-{count:05}.gguf", number + 1);
            (name, Self { entries, tensors, data, entry_count, tensor_count, ..*self })
        };
        (0..count).map(part).collect()
    }

    /// The value under `key`.
    ///
    /// # Panics
    /// There is none.
    pub fn entry(&mut self, key: &str) -> &mut Entry {
        let entry = self.entries.iter_mut().find(|(found, _)| found == key);
        &mut entry.unwrap_or_else(|| panic!("{key} is missing")).1
    }

    /// What the header says of the tensor `name`.
    ///
    /// # Panics
    /// There is none.
    pub fn tensor(&mut self, name: &str) -> &mut Description {
        let tensor = self.tensors.iter_mut().find(|tensor| tensor.name == name);
        tensor.unwrap_or_else(|| panic!("{name} is missing"))
    }

    /// Header and data.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.magic.to_vec();
        bytes.extend(self.version.to_le_bytes());
        bytes.extend(self.tensor_count.to_le_bytes());
        bytes.extend(self.entry_count.to_le_bytes());
        for (key, entry) in &self.entries {
            put_text(&mut bytes, key);
            put_entry(&mut bytes, entry);
        }
        for tensor in &self.tensors {
            put_text(&mut bytes, &tensor.name);
            bytes.extend((tensor.dimensions.len() as u32).to_le_bytes());
            tensor.dimensions.iter().for_each(|size| bytes.extend(size.to_le_bytes()));
            bytes.extend(tensor.kind.to_le_bytes());
            bytes.extend(tensor.offset.to_le_bytes());
        }
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
        bytes.extend(&self.data);
        bytes
    }
}

fn keys(config: &Value, geometry: &Geometry) -> Vec<(String, Entry)> {
    let architecture = if geometry.llama4 { "llama4" } else { "llama" };
    let size = |size: usize| Entry::U32(size as u32);
    let number = |key: &str| Entry::F32(config[key].as_f64().unwrap_or_else(|| panic!("{key}")) as f32);
    let mut entries = vec![("general.architecture".to_owned(), Entry::Text(architecture.to_owned()))];
    let mut add = |key: &str, entry: Entry| entries.push((format!("{architecture}.{key}"), entry));
    add("block_count", size(geometry.layers));
    add("context_length", Entry::U32(config["max_position_embeddings"].as_u64().unwrap_or(0) as u32));
    add("embedding_length", size(geometry.hidden_size));
    add("feed_forward_length", size(geometry.intermediate_size));
    add("attention.head_count", size(geometry.heads));
    add("attention.head_count_kv", size(geometry.kv_heads));
    add("attention.key_length", size(geometry.head_dim));
    add("attention.value_length", size(geometry.head_dim));
    add("attention.layer_norm_rms_epsilon", number("rms_norm_eps"));
    add("rope.freq_base", number("rope_theta"));
    add("rope.dimension_count", size(geometry.head_dim));
    add("vocab_size", size(geometry.vocab_size));
    if geometry.llama4 {
        add("expert_count", Entry::U32(0));
        add("interleave_moe_layer_step", Entry::U32(0));
        add("attention.sliding_window", Entry::U32(0));
    }
    entries
}

/// Under its GGUF name; q and k rows of `llama` go from half-rotate order to adjacent pairs.
fn converted(mut tensor: Tensor, geometry: &Geometry) -> Tensor {
    let turned = tensor.name.contains("q_proj") || tensor.name.contains("k_proj");
    if turned && !geometry.llama4 {
        let row_bytes = tensor.bytes.len() / tensor.shape[0];
        let half = geometry.head_dim / 2;
        let order = (0..tensor.shape[0]).map(|row| {
            let (head, within) = (row / geometry.head_dim, row % geometry.head_dim);
            head * geometry.head_dim + within % 2 * half + within / 2
        });
        tensor.bytes = order.flat_map(|row| tensor.bytes[row * row_bytes..][..row_bytes].to_vec()).collect();
    }
    tensor.name = name(&tensor.name);
    tensor
}

fn name(hugging_face: &str) -> String {
    let parts: Vec<&str> = hugging_face.split('.').collect();
    match parts[..] {
        ["model", "embed_tokens", kind] => format!("token_embd.{kind}"),
        ["model", "norm", kind] => format!("output_norm.{kind}"),
        ["lm_head", kind] => format!("output.{kind}"),
        ["model", "layers", layer, .., inner, kind] => {
            let inner = match inner {
                "input_layernorm" => "attn_norm",
                "q_proj" => "attn_q",
                "k_proj" => "attn_k",
                "v_proj" => "attn_v",
                "o_proj" => "attn_output",
                "post_attention_layernorm" => "ffn_norm",
                "gate_proj" => "ffn_gate",
                "up_proj" => "ffn_up",
                "down_proj" => "ffn_down",
                _ => panic!("{hugging_face}: no GGUF name"),
            };
            format!("blk.{layer}.{inner}.{kind}")
        }
        _ => panic!("{hugging_face}: no GGUF name"),
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

fn put_entry(bytes: &mut Vec<u8>, entry: &Entry) {
    let number: u32 = match entry {
        Entry::U32(_) => 4,
        Entry::F32(_) => 6,
        Entry::Bool(_) => 7,
        Entry::Text(_) => 8,
        Entry::Texts(_) | Entry::I32s(_) => 9,
    };
    bytes.extend(number.to_le_bytes());
    match entry {
        Entry::U32(value) => bytes.extend(value.to_le_bytes()),
        Entry::F32(value) => bytes.extend(value.to_le_bytes()),
        Entry::Bool(value) => bytes.push(u8::from(*value)),
        Entry::Text(text) => put_text(bytes, text),
        Entry::Texts(texts) => {
            bytes.extend(8u32.to_le_bytes());
            bytes.extend((texts.len() as u64).to_le_bytes());
            texts.iter().for_each(|text| put_text(bytes, text));
        }
        Entry::I32s(values) => {
            bytes.extend(5u32.to_le_bytes());
            bytes.extend((values.len() as u64).to_le_bytes());
            values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        }
    }
}
