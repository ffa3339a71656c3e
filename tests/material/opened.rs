//! A case opened in memory, as an engine would open its files.

use checkpoint::{Checkpoint, Error, Parsed, gguf, safetensors};

use crate::{Case, ModelFile};

/// A checkpoint and the bytes of its weight files.
pub struct Opened {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// One entry for each of its files.
    pub files: Vec<Vec<u8>>,
}

impl Case {
    /// Opens the case's files.
    ///
    /// # Errors
    /// The checkpoint is refused.
    pub fn open(&self) -> Result<Opened, Error> {
        let files = self.files();
        if self.is_gguf() {
            let [ModelFile { name, bytes }] =
                <[_; 1]>::try_from(files).unwrap_or_else(|_| panic!("one file"));
            let header = whole(gguf::Header::parse(&bytes, Some(bytes.len() as u64))?);
            let checkpoint = Checkpoint::from_gguf(vec![(name, header)])?;
            return Ok(Opened { checkpoint, files: vec![bytes] });
        }
        let (weights, texts): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| file.name.ends_with(".safetensors"));
        let config = texts.iter().find(|file| file.name == "config.json").expect("a folder has a config");
        let mut shards = Vec::new();
        for file in &weights {
            let header = safetensors::Header::parse(&file.bytes, Some(file.bytes.len() as u64))?;
            shards.push((file.name.clone(), whole(header)));
        }
        let checkpoint = Checkpoint::from_safetensors(&config.bytes, None, shards)?;
        Ok(Opened { checkpoint, files: weights.into_iter().map(|file| file.bytes).collect() })
    }
}

fn whole<T>(parsed: Parsed<T>) -> T {
    match parsed {
        Parsed::Complete(header) => header,
        Parsed::Incomplete { need_bytes } => {
            panic!("the whole file is given, and {need_bytes} bytes are wanted")
        }
    }
}
