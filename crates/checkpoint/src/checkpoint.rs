//! A checkpoint whose headers are all read, and none of its weights.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::gguf::{Entry, Metadata};
use crate::gguf_parts::check_parts;
use crate::{
    Architecture, Config, Error, FileDtype, Role, RowOrder, gguf, gguf_config, hugging_face_config,
    safetensors,
};

/// A checkpoint: what the model is, and where its weights lie.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// What the model is.
    pub config: Config,
    /// Its tensors, in the order of files and bytes.
    pub tensors: Vec<Tensor>,
    /// The files they lie in.
    pub files: Vec<WeightFile>,
    /// What a GGUF says of itself; `None` for a Hugging Face folder.
    pub gguf: Option<Metadata>,
    /// Where it says so, in bytes of the first file; nothing for a Hugging Face folder.
    pub key_values: Range<u64>,
    pub(crate) row_order: RowOrder,
}

/// A tensor the model needs, and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// As the file calls it.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The layer, for the roles of layers.
    pub layer: Option<u32>,
    /// Rows; 1 for a vector.
    pub rows: u32,
    /// Elements of a row.
    pub columns: u32,
    /// How the file stores it.
    pub dtype: FileDtype,
    /// Which of [`Checkpoint::files`].
    pub file: usize,
    /// From the start of the file.
    pub offset: u64,
    /// Its length there.
    pub size_bytes: u64,
}

/// A file of weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightFile {
    /// Its name.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// Where weights begin.
    pub data_start: u64,
    /// Where they end: nothing after it is needed.
    pub data_end: u64,
}

/// A file's name, its table of tensors and where its weights begin.
struct Shard {
    name: String,
    tensors: Vec<Entry>,
    data_start: u64,
    size_bytes: u64,
}

impl Checkpoint {
    /// A checkpoint of a GGUF: of one file, or of all the files it was split into, in order.
    ///
    /// # Errors
    /// The model is not supported, its tensors are not those it needs, or the files are not the parts of one whole.
    ///
    /// # Panics
    /// There is no file: a mistake of the caller.
    pub fn from_gguf(parts: Vec<(String, gguf::Header)>) -> Result<Self, Error> {
        check_parts(&parts)?;
        let gguf::Header { metadata, key_values, .. } = &parts[0].1;
        let (metadata, key_values) = (metadata.clone(), key_values.start as u64..key_values.end as u64);
        let embedding = Role::EmbedTokens.gguf_name(None);
        let mut entries = parts.iter().flat_map(|(_, header)| &header.tensors);
        let shape = entries.find(|entry| entry.name == embedding).map(|entry| entry.shape.as_slice());
        let vocab_size = match shape {
            Some(&[rows, _]) => u32::try_from(rows).unwrap_or(u32::MAX),
            Some(found) => {
                return Err(Error::Shape { name: embedding, found: found.to_vec(), expected: vec![0, 0] });
            }
            None => return Err(Error::MissingTensor { name: embedding }),
        };
        let config = gguf_config::parse(&metadata, vocab_size)?;
        let shard = |(name, header): (String, gguf::Header)| {
            let gguf::Header { tensors, data_start, file_size_bytes, .. } = header;
            Shard { name, tensors, data_start, size_bytes: file_size_bytes }
        };
        let names = |role: Role, layer| role.gguf_name(layer);
        let shards = parts.into_iter().map(shard).collect();
        // Both architectures keep rotary pairs side by side in a GGUF.
        let mut checkpoint = Self::assemble(config, shards, names, RowOrder::AdjacentPairs)?;
        checkpoint.gguf = Some(metadata);
        checkpoint.key_values = key_values;
        Ok(checkpoint)
    }

    /// A checkpoint of a Hugging Face folder.
    ///
    /// # Errors
    /// The model is not supported, or its tensors are not those it needs.
    pub fn from_safetensors(
        config_json: &[u8],
        generation_config_json: Option<&[u8]>,
        shards: Vec<(String, safetensors::Header)>,
    ) -> Result<Self, Error> {
        let config = hugging_face_config::parse(config_json, generation_config_json)?;
        let shards: Vec<Shard> = shards
            .into_iter()
            .map(|(name, header)| {
                let safetensors::Header { tensors, data_start, file_size_bytes } = header;
                Shard {
                    name,
                    tensors: tensors.into_iter().map(unprefixed).collect(),
                    data_start,
                    size_bytes: file_size_bytes,
                }
            })
            .collect();
        let (feed_forward, order) = match config.architecture {
            Architecture::Llama4Text => ("feed_forward", RowOrder::AdjacentPairs),
            Architecture::Llama => ("mlp", RowOrder::Halves),
        };
        let names = |role: Role, layer| role.hugging_face_name(layer, feed_forward);
        Self::assemble(config, shards, names, order)
    }

    /// Numbers of all tensors.
    pub fn parameters(&self) -> u64 {
        self.tensors.iter().map(|tensor| u64::from(tensor.rows) * u64::from(tensor.columns)).sum()
    }

    fn assemble(
        mut config: Config,
        shards: Vec<Shard>,
        names: impl Fn(Role, Option<u32>) -> String,
        row_order: RowOrder,
    ) -> Result<Self, Error> {
        let mut files = Vec::new();
        let mut table = BTreeMap::new();
        for (file, shard) in shards.into_iter().enumerate() {
            files.push((shard.name, shard.size_bytes, shard.data_start));
            for entry in shard.tensors {
                let name = entry.name.clone();
                if table.insert(name.clone(), (file, entry)).is_some() {
                    return Err(Error::Header {
                        format: "weight",
                        fault: format!("tensor {name} stands twice"),
                    });
                }
            }
        }
        let head = names(Role::LmHead, None);
        // Where both are there the configuration decides, as in transformers.
        config.tie_word_embeddings |= !table.contains_key(&head);
        config.attention_bias |= table.contains_key(&names(Role::QBias, Some(0)));
        let mut tensors = Vec::new();
        for (role, layer) in wanted(&config) {
            let name = names(role, layer);
            let (file, entry) =
                table.remove(&name).ok_or_else(|| Error::MissingTensor { name: name.clone() })?;
            tensors.push(tensor(&config, role, layer, file, entry)?);
        }
        if config.tie_word_embeddings {
            table.remove(&head);
        }
        if let Some(name) = table.keys().find(|name| !is_harmless(name)) {
            let what = format!("tensor {name}, which would change the result,");
            return Err(Error::Unsupported { what, supported: "the tensors of llama4_text and llama" });
        }
        tensors.sort_by_key(|tensor| (tensor.file, tensor.offset));
        let files = placed(files, &tensors)?;
        Ok(Self { config, tensors, files, gguf: None, key_values: 0..0, row_order })
    }
}

/// Every role of every layer the configuration asks for.
fn wanted(config: &Config) -> Vec<(Role, Option<u32>)> {
    let outer = Role::OUTER.into_iter().filter(|role| *role != Role::LmHead || !config.tie_word_embeddings);
    let biases = if config.attention_bias { Role::BIASES.as_slice() } else { &[] };
    let of_layer =
        |layer| Role::LAYER.into_iter().chain(biases.iter().copied()).map(move |role| (role, Some(layer)));
    outer.map(|role| (role, None)).chain((0..config.num_hidden_layers).flat_map(of_layer)).collect()
}

/// Rows and columns a role must have.
fn shape(config: &Config, role: Role) -> [u32; 2] {
    let (c, f, v) = (config.hidden_size, config.intermediate_size, config.vocab_size);
    let q = config.num_attention_heads * config.head_dim;
    let kv = config.num_key_value_heads * config.head_dim;
    match role {
        Role::EmbedTokens | Role::LmHead => [v, c],
        Role::QProj => [q, c],
        Role::KProj | Role::VProj => [kv, c],
        Role::OProj => [c, q],
        Role::GateProj | Role::UpProj => [f, c],
        Role::DownProj => [c, f],
        Role::QBias => [1, q],
        Role::KBias | Role::VBias => [1, kv],
        Role::Norm | Role::InputLayernorm | Role::PostAttentionLayernorm | Role::OBias => [1, c],
    }
}

fn tensor(
    config: &Config,
    role: Role,
    layer: Option<u32>,
    file: usize,
    entry: Entry,
) -> Result<Tensor, Error> {
    let Entry { name, shape: found, dtype, offset } = entry;
    let [rows, columns] = shape(config, role);
    let expected: Vec<u64> =
        if role.is_vector() { vec![columns.into()] } else { vec![rows.into(), columns.into()] };
    if found != expected {
        return Err(Error::Shape { name, found, expected });
    }
    let dtype = dtype.map_err(|kind| Error::Unsupported {
        what: format!("tensor {name} of type {kind}"),
        supported: "F32, F16, BF16, Q8_0, Q6_K, Q5_K, Q5_1, Q5_0, Q4_K, Q4_1 and Q4_0",
    })?;
    let block = dtype.block_elements();
    if !(columns as usize).is_multiple_of(block) {
        return Err(Error::Header {
            format: "weight",
            fault: format!(
                "tensor {name} of {} has rows of {columns}; expected a multiple of {block}",
                dtype.name()
            ),
        });
    }
    if role.is_vector() && dtype.held().is_quantised() {
        let what = format!("tensor {name}, a vector of type {},", dtype.name());
        return Err(Error::Unsupported { what, supported: "F32, F16 and BF16 for vectors" });
    }
    let size_bytes = dtype.bytes(u64::from(rows) * u64::from(columns)).unwrap_or(u64::MAX);
    Ok(Tensor { name, role, layer, rows, columns, dtype, file, offset, size_bytes })
}

/// Checks that tensors lie inside their files and apart, and finds where each file's weights end.
fn placed(files: Vec<(String, u64, u64)>, tensors: &[Tensor]) -> Result<Vec<WeightFile>, Error> {
    let place = |(file, (name, size_bytes, data_start)): (usize, (String, u64, u64))| {
        let mut end = data_start;
        for tensor in tensors.iter().filter(|tensor| tensor.file == file) {
            let fault =
                |what: String| Err(Error::Header { format: "weight", fault: format!("{name}: {what}") });
            if tensor.offset < end {
                return fault(format!("tensor {} overlaps what stands before it", tensor.name));
            }
            match tensor.offset.checked_add(tensor.size_bytes) {
                Some(tensor_end) if tensor_end <= size_bytes => end = tensor_end,
                _ => {
                    return fault(format!(
                        "tensor {} begins at {} and has {} bytes; the file has {size_bytes}, it was cut short or is \
                         damaged",
                        tensor.name, tensor.offset, tensor.size_bytes
                    ));
                }
            }
        }
        Ok(WeightFile { name, size_bytes, data_start, data_end: end })
    };
    files.into_iter().enumerate().map(place).collect()
}

/// The name without the prefix that multimodal checkpoints put before their language model.
fn unprefixed(mut entry: Entry) -> Entry {
    if let Some(rest) = entry.name.strip_prefix("language_model.") {
        entry.name = rest.to_owned();
    }
    entry
}

/// What some files carry and no forward pass reads.
fn is_harmless(name: &str) -> bool {
    name.ends_with("rotary_emb.inv_freq")
        || name.starts_with("vision_model.")
        || name.starts_with("multi_modal_projector.")
}
