//! Safetensors headers, and the index that names shards.
//!
//! Source: the format section of the README of huggingface/safetensors. That crate wants the whole file; this reads a
//! prefix.

use std::fmt;

use serde::Deserialize;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};

use crate::gguf::Entry;
use crate::{Error, FileDtype, Parsed};

/// Most bytes of a header, by the format.
const HEADER_BYTES: u64 = 100_000_000;
/// Most shards of a checkpoint that is no attack.
const SHARDS: usize = 1024;

/// A file's table of tensors.
#[derive(Clone, Debug)]
pub struct Header {
    pub(crate) tensors: Vec<Entry>,
    pub(crate) data_start: u64,
    pub(crate) file_size_bytes: u64,
}

impl Header {
    /// Reads the header from the first bytes of a file.
    ///
    /// # Errors
    /// The bytes are not those of a sound safetensors file.
    pub fn parse(prefix: &[u8], file_size_bytes: Option<u64>) -> Result<Parsed<Self>, Error> {
        let file_size_bytes = file_size_bytes.unwrap_or(u64::MAX);
        let Some((length, rest)) = prefix.split_first_chunk::<8>() else {
            if file_size_bytes < 8 {
                return Err(Error::safetensors(format!("{file_size_bytes} bytes; a header alone takes 8")));
            }
            return Ok(Parsed::Incomplete { need_bytes: 8 });
        };
        let length = u64::from_le_bytes(*length);
        if length > HEADER_BYTES || length.saturating_add(8) > file_size_bytes {
            return Err(Error::safetensors(format!(
                "a header of {length} bytes in a file of {file_size_bytes}; expected at most {HEADER_BYTES}, and less \
                 than the file"
            )));
        }
        let data_start = 8 + length;
        let Some(json) = rest.get(..length as usize) else {
            return Ok(Parsed::Incomplete { need_bytes: data_start });
        };
        let table: Table = serde_json::from_slice(json)
            .map_err(|err| Error::safetensors(format!("the header is no table of tensors: {err}")))?;
        let tensors = table.0.into_iter().map(|row| row.entry(data_start)).collect::<Result<_, Error>>()?;
        Ok(Parsed::Complete(Self { tensors, data_start, file_size_bytes }))
    }
}

/// Names of the shards that a `model.safetensors.index.json` speaks of, in order, each once.
///
/// # Errors
/// The bytes are no such index, or a name leads out of the folder.
pub fn parse_index(json: &[u8]) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: std::collections::BTreeMap<String, String>,
    }
    let index: Index = serde_json::from_slice(json)
        .map_err(|err| Error::safetensors(format!("the index is no map of weights to files: {err}")))?;
    let mut names: Vec<String> = index.weight_map.into_values().collect();
    names.sort();
    names.dedup();
    if names.is_empty() || names.len() > SHARDS {
        return Err(Error::safetensors(format!(
            "the index names {} files; expected 1 to {SHARDS}",
            names.len()
        )));
    }
    match names.iter().find(|name| name.contains(['/', '\\']) || name.starts_with('.') || name.is_empty()) {
        Some(name) => Err(Error::safetensors(format!("the index names {name:?}; expected a file beside it"))),
        None => Ok(names),
    }
}

#[derive(Deserialize)]
struct Info {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

struct Row(String, Info);

impl Row {
    fn entry(self, data_start: u64) -> Result<Entry, Error> {
        let Self(name, Info { dtype, shape, data_offsets: [begin, end] }) = self;
        let dtype = match dtype.as_str() {
            "F32" => Ok(FileDtype::F32),
            "F16" => Ok(FileDtype::F16),
            "BF16" => Ok(FileDtype::Bf16),
            _ => Err(dtype),
        };
        if let Ok(dtype) = dtype {
            let elements = shape.iter().try_fold(1_u64, |product, n| product.checked_mul(*n));
            let bytes = elements.and_then(|elements| dtype.bytes(elements));
            if bytes.is_none() || end.checked_sub(begin) != bytes {
                return Err(Error::safetensors(format!(
                    "tensor {name} of {} and shape {shape:?} lies at {begin}..{end}",
                    dtype.name()
                )));
            }
        }
        let fault = || Error::safetensors(format!("tensor {name} begins at {begin}, past any file"));
        let offset = data_start.checked_add(begin).ok_or_else(fault)?;
        Ok(Entry { name, shape, dtype, offset })
    }
}

/// The header's object, in which no name may stand twice.
struct Table(Vec<Row>);

impl<'de> Deserialize<'de> for Table {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = Table;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Table, A::Error> {
                let mut rows: Vec<Row> = Vec::new();
                let mut names = std::collections::BTreeSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    if name == "__metadata__" {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    }
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom(format!("tensor {name} stands twice")));
                    }
                    rows.push(Row(name, map.next_value()?));
                }
                Ok(Table(rows))
            }
        }
        deserializer.deserialize_map(Rows)
    }
}
