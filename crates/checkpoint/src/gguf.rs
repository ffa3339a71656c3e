//! GGUF: a header of key-values and tensor descriptions, then aligned weights.

use crate::{Error, Parsed};

/// The header of a GGUF file, versions 2 and 3.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The key-values.
    pub metadata: Metadata,
}

impl Header {
    /// Reads the header out of the first bytes of a file.
    ///
    /// # Errors
    /// The bytes are no GGUF header, describe something that is not supported, or promise more than the file has.
    pub fn parse(prefix: &[u8], file_size_bytes: Option<u64>) -> Result<Parsed<Self>, Error> {
        let _ = (prefix, file_size_bytes);
        unimplemented!()
    }
}

/// The key-values of a GGUF, by key and kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {}

impl Metadata {
    /// The text under `key`, if there is one.
    pub fn string(&self, key: &str) -> Option<&str> {
        let _ = key;
        None
    }

    /// The list of texts under `key`, if there is one.
    pub fn strings(&self, key: &str) -> Option<&[String]> {
        let _ = key;
        None
    }

    /// The list of integers under `key`, if there is one and each fits.
    pub fn i32s(&self, key: &str) -> Option<&[i32]> {
        let _ = key;
        None
    }

    /// The integer under `key`, of whatever width and sign, if there is one and it fits.
    pub fn u32(&self, key: &str) -> Option<u32> {
        let _ = key;
        None
    }

    /// The number under `key`, if there is one.
    pub fn f64(&self, key: &str) -> Option<f64> {
        let _ = key;
        None
    }

    /// The truth value under `key`, if there is one.
    pub fn bool(&self, key: &str) -> Option<bool> {
        let _ = key;
        None
    }
}
