//! Safetensors: a JSON header, then weights.

use crate::{Error, Parsed};

/// The header of a safetensors file.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {}

impl Header {
    /// Reads the header out of the first bytes of a file.
    ///
    /// # Errors
    /// The bytes are no safetensors header, describe something that is not supported, or promise more than the file
    /// has.
    pub fn parse(prefix: &[u8], file_size_bytes: Option<u64>) -> Result<Parsed<Self>, Error> {
        let _ = (prefix, file_size_bytes);
        unimplemented!()
    }
}

/// The names of the shards of a `model.safetensors.index.json`, each once, in order.
///
/// # Errors
/// It is no such index, or names something other than plain files beside it.
pub fn parse_index(json: &[u8]) -> Result<Vec<String>, Error> {
    let _ = json;
    unimplemented!()
}
