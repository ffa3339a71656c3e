//! GGUF headers as bytes, version 3.
//!
//! Source: `docs/gguf.md` of ggml.

use crate::gguf::key_values;
use crate::{Error, FileDtype};

/// Where tensors may begin.
pub(crate) const ALIGNMENT: u64 = 32;

/// Key-values, written one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    count: u64,
    bytes: Vec<u8>,
}

/// A row of a table of tensors.
pub(crate) struct Row {
    pub(crate) name: String,
    /// Rows before columns; a vector has columns alone.
    pub(crate) shape: Vec<u64>,
    pub(crate) dtype: FileDtype,
    /// From the start of the data.
    pub(crate) offset: u64,
}

impl Entries {
    /// Those of another file's key-values whose keys `keep` keeps, byte for byte.
    pub(crate) fn copied(bytes: &[u8], keep: impl Fn(&str) -> bool) -> Result<Self, Error> {
        let mut entries = Self::default();
        for (_, bytes) in key_values(bytes)?.iter().filter(|(key, _)| keep(key)) {
            entries.count += 1;
            entries.bytes.extend_from_slice(bytes);
        }
        Ok(entries)
    }

    pub(crate) fn u16(&mut self, key: &str, value: u16) {
        self.put(key, 2, &value.to_le_bytes());
    }

    pub(crate) fn u32(&mut self, key: &str, value: u32) {
        self.put(key, 4, &value.to_le_bytes());
    }

    pub(crate) fn i32(&mut self, key: &str, value: i32) {
        self.put(key, 5, &value.to_le_bytes());
    }

    pub(crate) fn f32(&mut self, key: &str, value: f32) {
        self.put(key, 6, &value.to_le_bytes());
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) {
        let bytes = [&(value.len() as u64).to_le_bytes(), value.as_bytes()].concat();
        self.put(key, 8, &bytes);
    }

    fn put(&mut self, key: &str, kind: u32, value: &[u8]) {
        self.count += 1;
        push_text(&mut self.bytes, key);
        self.bytes.extend(kind.to_le_bytes());
        self.bytes.extend_from_slice(value);
    }

    /// A header of these key-values and `tensors`, up to where the data begins.
    pub(crate) fn header(&self, tensors: &[Row]) -> Vec<u8> {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend((tensors.len() as u64).to_le_bytes());
        bytes.extend(self.count.to_le_bytes());
        bytes.extend_from_slice(&self.bytes);
        for Row { name, shape, dtype, offset } in tensors {
            push_text(&mut bytes, name);
            bytes.extend((shape.len() as u32).to_le_bytes());
            // The file names the fastest dimension first.
            shape.iter().rev().for_each(|size| bytes.extend(size.to_le_bytes()));
            bytes.extend(dtype.gguf_number().to_le_bytes());
            bytes.extend(offset.to_le_bytes());
        }
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT as usize), 0);
        bytes
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}
