//! A checkpoint into GGUF files of a chosen size, every matrix as it is held.

use serde::{Deserialize, Serialize};

use crate::file_row::push_file_row;
use crate::gguf_writer::{ALIGNMENT, Entries, Row};
use crate::sha256::Hash;
use crate::stream::half_rotated;
use crate::{Checkpoint, Dtype, Error, FileDtype, Held, Piece, Role, gguf_config};

/// Key-values that tell how a file came to be, and would not be true of the next one.
const OF_THE_FILE: [&str; 4] =
    ["general.alignment", "general.file_type", "general.quantization_version", "general.size_label"];

/// What is written, in order.
#[derive(Clone, Copy, Debug)]
pub enum Packing<'a> {
    /// The next bytes of a file.
    Bytes {
        /// Its name.
        file: &'a str,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// Nothing follows in this file.
    Whole(&'a PackedFile),
}

/// A file that was written, or will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedFile {
    /// Its name.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// Of its bytes, in hex; empty until it is whole.
    pub sha256: String,
}

/// A checkpoint on its way into GGUF files: pieces in, as [`crate::Stream`] gives them, bytes out.
pub struct Pack {
    files: Vec<PackedFile>,
    /// The header of each.
    headers: Vec<Vec<u8>>,
    tensors: Vec<Place>,
    /// The tensor that is being written.
    current: usize,
    /// Its rows that are written.
    rows: u32,
    head_dim: usize,
    hash: Hash,
    bytes: Vec<u8>,
}

/// Where a tensor goes.
struct Place {
    role: Role,
    layer: Option<u32>,
    rows: u32,
    columns: u32,
    held: Dtype,
    file: usize,
    size_bytes: u64,
}

impl Checkpoint {
    /// Lays the checkpoint out anew: `NAME.gguf`, or `NAME-00001-of-00009.gguf` and so on where its tensors do not fit
    /// into `shard_bytes`. A tensor stands in one file, however large it is.
    ///
    /// `key_values` are the bytes of [`Checkpoint::key_values`]: what a GGUF says of itself is kept.
    ///
    /// # Errors
    /// The configuration has something that a GGUF has no key for.
    pub fn pack(&self, held: &Held, name: &str, shard_bytes: u64, key_values: &[u8]) -> Result<Pack, Error> {
        let entries = match &self.gguf {
            Some(_) => {
                Entries::copied(key_values, |key| !OF_THE_FILE.contains(&key) && !key.starts_with("split."))?
            }
            None => gguf_config::entries(&self.config, name)?,
        };
        let tensors = self.places(held, shard_bytes);
        let count = tensors.last().map_or(1, |tensor| tensor.file + 1);
        let (mut files, mut headers) = (Vec::new(), Vec::new());
        for number in 0..count {
            let header = header(&entries, &tensors, number, count);
            let data: u64 =
                tensors.iter().filter(|tensor| tensor.file == number).map(Place::padded_bytes).sum();
            let name = match count {
                1 => format!("{name}.gguf"),
                _ => format!("{name}-{:05}-of-{count:05}.gguf", number + 1),
            };
            files.push(PackedFile { name, size_bytes: header.len() as u64 + data, sha256: String::new() });
            headers.push(header);
        }
        let head_dim = self.config.head_dim as usize;
        Ok(Pack {
            files,
            headers,
            tensors,
            current: 0,
            rows: 0,
            head_dim,
            hash: Hash::default(),
            bytes: Vec::new(),
        })
    }

    fn places(&self, held: &Held, shard_bytes: u64) -> Vec<Place> {
        let (mut file, mut filled) = (0, 0);
        let mut place = |tensor: &crate::Tensor| {
            let dtype = held.of(tensor);
            let elements = u64::from(tensor.rows) * u64::from(tensor.columns);
            let size_bytes = FileDtype::of(dtype).bytes(elements).unwrap_or_default();
            if filled > 0 && filled + size_bytes > shard_bytes {
                file += 1;
                filled = 0;
            }
            filled += size_bytes.next_multiple_of(ALIGNMENT);
            let &crate::Tensor { role, layer, rows, columns, .. } = tensor;
            Place { role, layer, rows, columns, held: dtype, file, size_bytes }
        };
        self.tensors.iter().map(&mut place).collect()
    }
}

impl Place {
    fn padded_bytes(&self) -> u64 {
        self.size_bytes.next_multiple_of(ALIGNMENT)
    }
}

/// The header of file `number` of `count`; the first says what the model is.
fn header(entries: &Entries, tensors: &[Place], number: usize, count: usize) -> Vec<u8> {
    let mut entries = if number == 0 { entries.clone() } else { Entries::default() };
    if number == 0 && tensors.iter().any(|tensor| tensor.held.is_quantised()) {
        entries.u32("general.quantization_version", 2);
    }
    if count > 1 {
        entries.u16("split.no", number as u16);
        entries.u16("split.count", count as u16);
        entries.i32("split.tensors.count", tensors.len() as i32);
    }
    let mut offset = 0;
    let row = |tensor: &Place| {
        let Place { role, layer, rows, columns, held, .. } = *tensor;
        let shape = match role.is_vector() {
            true => vec![columns.into()],
            false => vec![rows.into(), columns.into()],
        };
        let begin = offset;
        offset += tensor.padded_bytes();
        Row { name: role.gguf_name(layer), shape, dtype: FileDtype::of(held), offset: begin }
    };
    let rows: Vec<Row> = tensors.iter().filter(|tensor| tensor.file == number).map(row).collect();
    entries.header(&rows)
}

impl Pack {
    /// The files, in order; each one's hash is there once it is whole.
    pub fn files(&self) -> &[PackedFile] {
        &self.files
    }

    /// Takes the next piece and hands what it becomes to `sink`.
    ///
    /// # Errors
    /// The sink's own.
    ///
    /// # Panics
    /// The piece is not the one that follows: a mistake of the caller.
    pub fn push<E>(
        &mut self,
        piece: &Piece<'_>,
        sink: &mut dyn FnMut(Packing<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Place { role, layer, rows, columns, held, file, size_bytes } = self.tensors[self.current];
        self.bytes.clear();
        let is_first_of_file = self.current == 0 || self.tensors[self.current - 1].file != file;
        if is_first_of_file && self.rows == 0 {
            self.bytes.append(&mut self.headers[file]);
        }
        match *piece {
            Piece::Vector { role: of, layer: at, values } => {
                assert_eq!((of, at), (role, layer), "the vector that came, left; that was due, right");
                let order = |i| file_order(role, i, self.head_dim);
                self.bytes.extend((0..values.len()).flat_map(|i| values[order(i)].to_le_bytes()));
                self.rows += 1;
            }
            Piece::Rows { role: of, layer: at, first_row, rows, quants, scales } => {
                let came = (of, at, first_row);
                assert_eq!(came, (role, layer, self.rows), "the rows that came, left; that were due, right");
                let quants_bytes = held.quants_bytes_per_row(columns);
                let scales_bytes = held.scales_bytes_per_row(columns);
                for i in 0..rows as usize {
                    let i = file_order(role, i, self.head_dim);
                    let quants = &quants[i * quants_bytes..][..quants_bytes];
                    push_file_row(held, quants, &scales[i * scales_bytes..][..scales_bytes], &mut self.bytes);
                }
                self.rows += rows;
            }
        }
        let is_whole = self.rows == rows;
        if is_whole {
            let padding = size_bytes.next_multiple_of(ALIGNMENT) - size_bytes;
            self.bytes.resize(self.bytes.len() + padding as usize, 0);
            self.current += 1;
            self.rows = 0;
        }
        self.hash.update(&self.bytes);
        sink(Packing::Bytes { file: &self.files[file].name, bytes: &self.bytes })?;
        if is_whole && self.tensors.get(self.current).is_none_or(|next| next.file != file) {
            self.files[file].sha256 = self.hash.end();
            sink(Packing::Whole(&self.files[file]))?;
        }
        Ok(())
    }
}

/// Which of the rows that came stands at `i` in a file, where rotary pairs lie side by side.
fn file_order(role: Role, i: usize, head_dim: usize) -> usize {
    if !role.is_turned() {
        return i;
    }
    i / head_dim * head_dim + half_rotated(i % head_dim, head_dim)
}
