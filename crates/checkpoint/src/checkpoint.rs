//! A model's headers, read and held against its configuration.

use crate::{Config, Dtype, Error, Held, Role, Stream, Tensor, gguf, safetensors};

/// A header, or how much more of the file it takes to read it.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed<T> {
    /// The whole header.
    Complete(T),
    /// Ask again with a prefix of at least this many bytes.
    Incomplete {
        /// Length of that prefix.
        need_bytes: u64,
    },
}

/// One file that holds weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightFile {
    /// Its name, as the caller gave it.
    pub name: String,
    /// Its length, or the end of its last tensor where the length is not known.
    pub size_bytes: u64,
    /// Where the header ends and the weights begin.
    pub data_start: u64,
}

/// A model whose headers are complete, checked against each other, and none of whose weights has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// The model's shape.
    pub config: Config,
    /// Every tensor the model needs, in the order of files and of bytes within a file.
    pub tensors: Vec<Tensor>,
    /// The files with weights.
    pub files: Vec<WeightFile>,
    /// What else a GGUF carries: tokenizer, chat template, names.
    pub gguf: Option<gguf::Metadata>,
}

impl Checkpoint {
    /// The model of a GGUF.
    ///
    /// # Errors
    /// The metadata describe no supported model, or the tensors are not the ones it needs.
    pub fn from_gguf(name: &str, header: gguf::Header) -> Result<Self, Error> {
        let _ = (name, header);
        unimplemented!()
    }

    /// The model of a Hugging Face folder.
    ///
    /// # Errors
    /// The configuration describes no supported model, or the tensors are not the ones it needs.
    pub fn from_safetensors(
        config_json: &[u8],
        generation_config_json: Option<&[u8]>,
        shards: Vec<(String, safetensors::Header)>,
    ) -> Result<Self, Error> {
        let _ = (config_json, generation_config_json, shards);
        unimplemented!()
    }

    /// The tensor of that role, or `None`: a tied head, a bias that is not there, a layer beyond the last.
    pub fn tensor(&self, role: Role, layer: Option<u32>) -> Option<&Tensor> {
        self.tensors.iter().find(|tensor| tensor.role == role && tensor.layer == layer)
    }

    /// How each matrix is held: as the file has it, or all as `asked`.
    pub fn held(&self, asked: Option<Dtype>) -> Held {
        Held::new(self, asked)
    }

    /// A stream that turns the bytes of `files[file]`, from its `data_start` on, into pieces held as `held`.
    ///
    /// # Panics
    /// There is no such file.
    pub fn stream(&self, held: &Held, file: usize) -> Stream {
        Stream::new(self, held, file)
    }
}
