//! A model as a Hugging Face folder.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

use crate::model::{ModelFile, Tensor};
use crate::seeded::FileType;

/// `config.json` and `model.safetensors`.
///
/// # Panics
/// A tensor is of a type that safetensors do not have.
pub fn single(config: &Value, tensors: &[Tensor]) -> Vec<ModelFile> {
    vec![config_file(config), shard("model.safetensors", tensors)]
}

/// `config.json`, three shards and their index; the tensors go round, so that layers straddle the files.
///
/// # Panics
/// As in [`single`].
pub fn sharded(config: &Value, tensors: Vec<Tensor>) -> Vec<ModelFile> {
    const SHARDS: usize = 3;
    let mut parts: [Vec<Tensor>; SHARDS] = Default::default();
    let mut weight_map = serde_json::Map::new();
    let name = |i: usize| format!("model-{:05}-of-{SHARDS:05}.safetensors", i + 1);
    for (i, tensor) in tensors.into_iter().enumerate() {
        weight_map.insert(tensor.name.clone(), name(i % SHARDS).into());
        parts[i % SHARDS].push(tensor);
    }
    let total_size: usize = parts.iter().flatten().map(|tensor| tensor.bytes.len()).sum();
    let index = json!({ "metadata": { "total_size": total_size }, "weight_map": weight_map });
    let shards = parts.iter().enumerate().map(|(i, part)| shard(&name(i), part));
    let mut files = vec![config_file(config)];
    files.extend(shards);
    files.push(ModelFile {
        name: "model.safetensors.index.json".to_owned(),
        bytes: index.to_string().into_bytes(),
    });
    files
}

fn config_file(config: &Value) -> ModelFile {
    let bytes = serde_json::to_vec_pretty(config).expect("JSON can be written");
    ModelFile { name: "config.json".to_owned(), bytes }
}

fn shard(name: &str, tensors: &[Tensor]) -> ModelFile {
    let views = tensors.iter().map(|tensor| {
        let dtype = match tensor.dtype {
            FileType::F32 => Dtype::F32,
            FileType::F16 => Dtype::F16,
            FileType::Bf16 => Dtype::BF16,
            other => panic!("{}: safetensors have no {other:?}", tensor.name),
        };
        let view = TensorView::new(dtype, tensor.shape.clone(), &tensor.bytes).expect("bytes fit the shape");
        (tensor.name.as_str(), view)
    });
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    let bytes = safetensors::serialize(views, Some(metadata)).expect("tensors can be written");
    ModelFile { name: name.to_owned(), bytes }
}
