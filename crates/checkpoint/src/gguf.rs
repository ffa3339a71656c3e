//! GGUF headers, versions 2 and 3: key-values and the table of tensors.
//!
//! Source: `docs/gguf.md` of ggml.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::{Error, FileDtype, Parsed};

/// Most key-values, and most tensors, of a file that is no attack.
const ENTRIES: u64 = 1 << 16;
/// Most bytes of a header where the file's size is not known.
const HEADER_BYTES: u64 = 256 << 20;
/// How deep arrays of arrays may go: not at all.
const ARRAY: u32 = 9;

/// A file's key-values and its table of tensors.
#[derive(Clone, Debug)]
pub struct Header {
    /// What the file says of itself.
    pub metadata: Metadata,
    /// Where that stands in the file.
    pub(crate) key_values: Range<usize>,
    pub(crate) tensors: Vec<Entry>,
    pub(crate) data_start: u64,
    pub(crate) file_size_bytes: u64,
}

/// One row of a table of tensors.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Rows before columns, as in a Hugging Face checkpoint.
    pub(crate) shape: Vec<u64>,
    /// The type, or the name of one that is not supported.
    pub(crate) dtype: Result<FileDtype, String>,
    /// From the start of the file.
    pub(crate) offset: u64,
}

/// What a GGUF says of itself: architecture, tokenizer, chat template.
#[derive(Clone, Debug, Default)]
pub struct Metadata(BTreeMap<String, Value>);

#[derive(Clone, Debug)]
enum Value {
    Integer(i128),
    Float(f64),
    Bool(bool),
    Text(String),
    Texts(Vec<String>),
    Integers(Vec<i32>),
    /// An array nobody here asks for.
    Skipped,
}

impl Metadata {
    /// A string.
    pub fn string(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A list of strings.
    pub fn strings(&self, key: &str) -> Option<&[String]> {
        match self.0.get(key) {
            Some(Value::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    /// A list of whole numbers.
    pub fn i32s(&self, key: &str) -> Option<&[i32]> {
        match self.0.get(key) {
            Some(Value::Integers(numbers)) => Some(numbers),
            _ => None,
        }
    }

    /// A whole number below 2^32.
    pub fn u32(&self, key: &str) -> Option<u32> {
        match self.0.get(key) {
            Some(Value::Integer(number)) => u32::try_from(*number).ok(),
            _ => None,
        }
    }

    /// A number.
    pub fn f64(&self, key: &str) -> Option<f64> {
        match self.0.get(key) {
            Some(Value::Float(number)) => Some(*number),
            Some(Value::Integer(number)) => Some(*number as f64),
            _ => None,
        }
    }

    /// True or false.
    pub fn bool(&self, key: &str) -> Option<bool> {
        match self.0.get(key) {
            Some(Value::Bool(truth)) => Some(*truth),
            _ => None,
        }
    }
}

impl Header {
    /// Reads the header from the first bytes of a file.
    ///
    /// # Errors
    /// The bytes are not those of a sound GGUF of version 2 or 3 in little-endian order.
    pub fn parse(prefix: &[u8], file_size_bytes: Option<u64>) -> Result<Parsed<Self>, Error> {
        let most_bytes = file_size_bytes.unwrap_or(HEADER_BYTES);
        let mut reader = Reader { bytes: prefix, at: 0, most_bytes };
        match reader.header(file_size_bytes) {
            Ok(header) => Ok(Parsed::Complete(header)),
            Err(Stop::Short(need_bytes)) if need_bytes <= most_bytes => Ok(Parsed::Incomplete { need_bytes }),
            Err(Stop::Short(need_bytes)) => Err(Error::gguf(format!(
                "the header names {need_bytes} bytes and more, and the file has {most_bytes}; it was cut short or is \
                 damaged"
            ))),
            Err(Stop::Fault(err)) => Err(err),
        }
    }
}

/// Each key of a header's key-values, and its bytes, the key included.
pub(crate) fn key_values(bytes: &[u8]) -> Result<Vec<(String, &[u8])>, Error> {
    let mut reader = Reader { bytes, at: 0, most_bytes: bytes.len() as u64 };
    let mut found = Vec::new();
    while reader.at < bytes.len() {
        let first = reader.at;
        let mut next = || {
            let key = reader.text()?;
            let kind = reader.u32()?;
            reader.value(kind, &key).map(|_| key)
        };
        match next() {
            Ok(key) => found.push((key, &bytes[first..reader.at])),
            Err(Stop::Fault(err)) => return Err(err),
            Err(Stop::Short(_)) => return Err(Error::gguf("the key-values end in the middle of one")),
        }
    }
    Ok(found)
}

/// Why reading stopped.
enum Stop {
    /// The prefix ends; so many bytes from the start of the file are needed.
    Short(u64),
    Fault(Error),
}

impl From<Error> for Stop {
    fn from(err: Error) -> Self {
        Self::Fault(err)
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    most_bytes: u64,
}

impl<'a> Reader<'a> {
    fn header(&mut self, file_size_bytes: Option<u64>) -> Result<Header, Stop> {
        if self.take(4)? != b"GGUF" {
            return Err(Error::gguf("the first four bytes are not `GGUF`").into());
        }
        match self.u32()? {
            2 | 3 => {}
            version if version.swap_bytes() < 256 && version > 256 => {
                return Err(Error::gguf("big-endian; convert it on a little-endian machine").into());
            }
            version => return Err(Error::gguf(format!("version {version}; expected 2 or 3")).into()),
        }
        let tensor_count = self.count("tensors")?;
        let value_count = self.count("key-values")?;
        let mut metadata = Metadata::default();
        let first = self.at;
        for _ in 0..value_count {
            let key = self.text()?;
            let kind = self.u32()?;
            let value = self.value(kind, &key)?;
            if metadata.0.insert(key.clone(), value).is_some() {
                return Err(Error::gguf(format!("key {key} stands twice")).into());
            }
        }
        let key_values = first..self.at;
        let alignment = u64::from(metadata.u32("general.alignment").unwrap_or(32));
        if !alignment.is_power_of_two() || alignment > 1 << 20 {
            let fault = format!("general.alignment is {alignment}; expected a power of two up to 2^20");
            return Err(Error::gguf(fault).into());
        }
        let entries: Vec<Entry> = (0..tensor_count).map(|_| self.entry()).collect::<Result<_, Stop>>()?;
        let data_start = (self.at as u64).next_multiple_of(alignment);
        let file_size_bytes = file_size_bytes.unwrap_or(u64::MAX);
        let tensors = placed(entries, data_start, alignment)?;
        Ok(Header { metadata, key_values, tensors, data_start, file_size_bytes })
    }

    fn entry(&mut self) -> Result<Entry, Stop> {
        let name = self.text()?;
        let dimensions = self.u32()?;
        if !(1..=4).contains(&dimensions) {
            return Err(
                Error::gguf(format!("tensor {name} has {dimensions} dimensions; expected 1 to 4")).into()
            );
        }
        // The file names the fastest dimension first.
        let mut shape: Vec<u64> = (0..dimensions).map(|_| self.u64()).collect::<Result<_, Stop>>()?;
        shape.reverse();
        let dtype = file_dtype(self.u32()?);
        Ok(Entry { name, shape, dtype, offset: self.u64()? })
    }

    fn value(&mut self, kind: u32, key: &str) -> Result<Value, Stop> {
        Ok(match kind {
            0 => Value::Integer(i128::from(self.take(1)?[0])),
            1 => Value::Integer(i128::from(self.take(1)?[0] as i8)),
            2 => Value::Integer(i128::from(u16::from_le_bytes(self.array()?))),
            3 => Value::Integer(i128::from(i16::from_le_bytes(self.array()?))),
            4 => Value::Integer(i128::from(self.u32()?)),
            5 => Value::Integer(i128::from(i32::from_le_bytes(self.array()?))),
            6 => Value::Float(f64::from(f32::from_le_bytes(self.array()?))),
            7 => Value::Bool(self.take(1)?[0] != 0),
            8 => Value::Text(self.text()?),
            ARRAY => self.list(key)?,
            10 => Value::Integer(i128::from(self.u64()?)),
            11 => Value::Integer(i128::from(i64::from_le_bytes(self.array()?))),
            12 => Value::Float(f64::from_le_bytes(self.array()?)),
            _ => return Err(Error::gguf(format!("key {key} has type {kind}; expected 0 to 12")).into()),
        })
    }

    fn list(&mut self, key: &str) -> Result<Value, Stop> {
        let kind = self.u32()?;
        let len = self.u64()?;
        let width = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            // A string's length alone takes eight bytes.
            8 | 10..=12 => 8,
            _ => {
                return Err(
                    Error::gguf(format!("key {key} is a list of type {kind}; expected a plain one")).into()
                );
            }
        };
        // A count that the rest of the file could not hold is refused before anything is kept for it.
        if len > self.most_bytes / width {
            return Err(
                Error::gguf(format!("key {key} is a list of {len} entries; the file is too small")).into()
            );
        }
        match kind {
            8 => (0..len).map(|_| self.text()).collect::<Result<_, Stop>>().map(Value::Texts),
            4 | 5 => {
                let bytes = self.take(4 * len)?;
                let number = |b: &[u8]| i32::from_le_bytes([b[0], b[1], b[2], b[3]]);
                Ok(Value::Integers(bytes.chunks_exact(4).map(number).collect()))
            }
            _ => self.take(width * len).map(|_| Value::Skipped),
        }
    }

    fn count(&mut self, what: &str) -> Result<u64, Stop> {
        match self.u64()? {
            count @ 0..=ENTRIES => Ok(count),
            count => Err(Error::gguf(format!("{count} {what}; expected at most {ENTRIES}")).into()),
        }
    }

    fn text(&mut self) -> Result<String, Stop> {
        let len = self.u64()?;
        Ok(String::from_utf8_lossy(self.take(len)?).into_owned())
    }

    fn u32(&mut self) -> Result<u32, Stop> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Stop> {
        self.array().map(u64::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], Stop> {
        let end = (self.at as u64).saturating_add(len);
        if end > self.bytes.len() as u64 {
            return Err(Stop::Short(end));
        }
        let taken = &self.bytes[self.at..end as usize];
        self.at = end as usize;
        Ok(taken)
    }
}

/// Offsets from the start of the file, each on its boundary.
fn placed(entries: Vec<Entry>, data_start: u64, alignment: u64) -> Result<Vec<Entry>, Error> {
    let place = |entry: Entry| {
        let Entry { name, shape, dtype, offset } = entry;
        if !offset.is_multiple_of(alignment) {
            return Err(Error::gguf(format!("tensor {name} begins at {offset}, no multiple of {alignment}")));
        }
        let fault = || Error::gguf(format!("tensor {name} begins at {offset}, past any file"));
        let offset = offset.checked_add(data_start).ok_or_else(fault)?;
        Ok(Entry { name, shape, dtype, offset })
    };
    entries.into_iter().map(place).collect()
}

fn file_dtype(kind: u32) -> Result<FileDtype, String> {
    const NAMES: [&str; 31] = [
        "F32", "F16", "Q4_0", "Q4_1", "Q4_2", "Q4_3", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K", "Q4_K",
        "Q5_K", "Q6_K", "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S",
        "IQ4_XS", "I8", "I16", "I32", "I64", "F64", "IQ1_M", "BF16",
    ];
    let known = FileDtype::ALL.into_iter().find(|dtype| dtype.gguf_number() == kind);
    known.ok_or_else(|| {
        NAMES.get(kind as usize).map_or_else(|| format!("type {kind}"), |name| (*name).to_owned())
    })
}
