//! The forward pass.

use std::collections::BTreeMap;

use checkpoint::{Checkpoint, Config, Error, Held, Piece, Role, dequantise_row};
use half::f16;

use crate::{attention, matmul, rms_norm, rope, swiglu, temperature};

/// How keys and values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kv {
    /// As they are.
    F32,
    /// Rounded to f16.
    F16,
}

/// A model's weights, unpacked to f32.
pub struct Model {
    config: Config,
    /// Matrices (rows, columns) and vectors, row after row.
    weights: BTreeMap<(Role, Option<u32>), Vec<f32>>,
}

/// Keys and values of a layer: position after position, (K, D) each.
#[derive(Default)]
struct Cache {
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl Model {
    /// Loads `checkpoint` from its whole files, matrices rounded to the types of `held`.
    ///
    /// # Errors
    /// A weight is not finite, or a file is shorter than its header says.
    pub fn load(checkpoint: &Checkpoint, held: &Held, files: &[Vec<u8>]) -> Result<Self, Error> {
        let mut weights = BTreeMap::new();
        for (file, bytes) in files.iter().enumerate() {
            let mut stream = checkpoint.stream(held, file);
            let data = &bytes[checkpoint.files[file].data_start as usize..];
            stream.push(data, &mut |piece| -> Result<(), Error> {
                keep(&piece, held, &mut weights);
                Ok(())
            })?;
            stream.finish()?;
        }
        Ok(Self { config: checkpoint.config.clone(), weights })
    }

    /// Logits (T, V) of one causal pass over `tokens`.
    ///
    /// # Panics
    /// An id lies outside the vocabulary.
    pub fn forward(&self, tokens: &[u32], kv: Kv) -> Vec<f32> {
        let config = &self.config;
        let hidden_size = config.hidden_size as usize;
        let head = if config.tie_word_embeddings { Role::EmbedTokens } else { Role::LmHead };
        let mut caches: Vec<Cache> = config.layers.iter().map(|_| Cache::default()).collect();
        let mut logits = Vec::new();
        for (position, &token) in (0..).zip(tokens) {
            let mut x =
                self.weight(Role::EmbedTokens, None)[token as usize * hidden_size..][..hidden_size].to_vec();
            for (layer, cache) in (0..).zip(&mut caches) {
                let mixed =
                    self.attend(layer, position, &self.norm(&x, Role::InputLayernorm, layer), cache, kv);
                add(&mut x, &self.apply(Role::OProj, layer, &mixed));
                let n = self.norm(&x, Role::PostAttentionLayernorm, layer);
                let gated =
                    swiglu(&self.apply(Role::GateProj, layer, &n), &self.apply(Role::UpProj, layer, &n));
                add(&mut x, &self.apply(Role::DownProj, layer, &gated));
            }
            let n = weighted(&rms_norm(&x, config.rms_norm_eps), self.weight(Role::Norm, None));
            logits.extend(matmul(self.weight(head, None), &n, &[]));
        }
        logits
    }

    /// Heads of one position, mixed from all that it may see, (H, D).
    fn attend(&self, layer: u32, position: u32, n: &[f32], cache: &mut Cache, kv: Kv) -> Vec<f32> {
        let rules = &self.config.layers[layer as usize];
        let head_dim = self.config.head_dim as usize;
        let inv_freq = self.config.inv_freq();
        let mut queries = self.apply(Role::QProj, layer, n);
        let mut keys = self.apply(Role::KProj, layer, n);
        for head in queries.chunks_exact_mut(head_dim).chain(keys.chunks_exact_mut(head_dim)) {
            if rules.use_rope {
                rope(head, position, &inv_freq);
            }
            if rules.use_qk_norm {
                head.copy_from_slice(&rms_norm(head, self.config.rms_norm_eps));
            }
        }
        if let Some(of) = &rules.temperature {
            queries.iter_mut().for_each(|q| *q *= temperature(of, position));
        }
        cache.keys.extend(keys.iter().map(|k| rounded(*k, kv)));
        cache.values.extend(self.apply(Role::VProj, layer, n).iter().map(|v| rounded(*v, kv)));

        let start = rules.attention_chunk_size.map_or(0, |chunk| position - position % chunk);
        let kv_heads = self.config.num_key_value_heads as usize;
        let group = self.config.num_attention_heads as usize / kv_heads;
        let mut mixed = Vec::new();
        for (h, query) in queries.chunks_exact(head_dim).enumerate() {
            let row = |s: u32| (s as usize * kv_heads + h / group) * head_dim;
            let keys: Vec<&[f32]> = (start..=position).map(|s| &cache.keys[row(s)..][..head_dim]).collect();
            let values: Vec<&[f32]> =
                (start..=position).map(|s| &cache.values[row(s)..][..head_dim]).collect();
            mixed.extend(attention(query, &keys, &values));
        }
        mixed
    }

    fn norm(&self, x: &[f32], role: Role, layer: u32) -> Vec<f32> {
        weighted(&rms_norm(x, self.config.rms_norm_eps), self.weight(role, Some(layer)))
    }

    /// A layer's projection, with its bias where it has one.
    fn apply(&self, role: Role, layer: u32, x: &[f32]) -> Vec<f32> {
        let bias = match role {
            Role::QProj => Some(Role::QBias),
            Role::KProj => Some(Role::KBias),
            Role::VProj => Some(Role::VBias),
            Role::OProj => Some(Role::OBias),
            _ => None,
        };
        let bias = bias.and_then(|bias| self.weights.get(&(bias, Some(layer))));
        matmul(self.weight(role, Some(layer)), x, bias.map_or(&[], Vec::as_slice))
    }

    fn weight(&self, role: Role, layer: Option<u32>) -> &[f32] {
        &self.weights[&(role, layer)]
    }
}

/// Unpacks a piece behind what is there of its tensor; pieces come in order.
fn keep(piece: &Piece<'_>, held: &Held, weights: &mut BTreeMap<(Role, Option<u32>), Vec<f32>>) {
    match *piece {
        Piece::Vector { role, layer, values } => drop(weights.insert((role, layer), values.to_vec())),
        Piece::Rows { role, layer, rows, quants, scales, .. } => {
            let (dtype, rows) = (held.dtype(role, layer), rows as usize);
            let columns = quants.len() / rows / dtype.quants_bytes_per_block() * 32;
            let of = weights.entry((role, layer)).or_default();
            for row in 0..rows {
                let part = |bytes: usize| bytes / rows * row..bytes / rows * (row + 1);
                let mut values = vec![0.0; columns];
                dequantise_row(dtype, &quants[part(quants.len())], &scales[part(scales.len())], &mut values);
                of.extend(values);
            }
        }
    }
}

fn weighted(x: &[f32], weight: &[f32]) -> Vec<f32> {
    x.iter().zip(weight).map(|(x, w)| x * w).collect()
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}

fn rounded(value: f32, kv: Kv) -> f32 {
    match kv {
        Kv::F32 => value,
        Kv::F16 => f16::from_f32(value).to_f32(),
    }
}
