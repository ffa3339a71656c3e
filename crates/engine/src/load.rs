//! A model from its files into the GPU's memory.

use std::ops::Range;

use checkpoint::Checkpoint;

use crate::engine::Engine;
use crate::model::Model;
use crate::store::Store;
use crate::weights::Weights;
use crate::{Error, Files, LoadOptions, Opened, open};

/// How far loading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Weight bytes that are in place, as the files have them.
    pub loaded_bytes: u64,
    /// Of these, bytes that were kept from an earlier visit.
    pub kept_bytes: u64,
    /// Weight bytes there are; 0 until the headers are read.
    pub total_bytes: u64,
}

/// What loading does, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Reading configuration, tokenizer and headers.
    #[default]
    Headers,
    /// Streaming weights to the GPU.
    Weights,
    /// Compiling kernels and holding each against a known answer.
    Checking,
}

/// Loads the GGUF named `model`, or the Hugging Face folder where `model` is empty.
///
/// # Errors
/// A file is missing or broken, an option is out of range, or the GPU cannot hold or rightly run the model.
pub async fn load(
    files: &impl Files,
    model: &str,
    options: LoadOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Engine, Error> {
    progress(Progress::default());
    open(files, model).await?.load(files, options, &mut (), progress).await
}

impl Opened {
    /// Loads the model whose headers these are, from the same files; what `store` has is taken from there, and what it
    /// has not is kept in it.
    ///
    /// # Errors
    /// As [`load`].
    pub async fn load(
        self,
        files: &impl Files,
        options: LoadOptions,
        store: &mut impl Store,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Engine, Error> {
        let Self { checkpoint, voice, .. } = self;
        let voice = voice.and_then(|voice| voice.fits(checkpoint.config.vocab_size).map(|()| voice));
        let context = options.context(checkpoint.config.max_position_embeddings)?;
        let held = checkpoint.held(options.dtype);
        let model = Model::open(&checkpoint.config, &held, &options).await?;
        let mut weights = Weights::new(&checkpoint, &held, &model, store, &mut *progress);
        weights.load(files).await?;
        let (now, fault) = weights.end();
        progress(Progress { stage: Stage::Checking, ..now });
        model.check().await?;
        let unkept = fault.map(|fault| format!("not kept for the next visit: {fault}"));
        let notes = held.notes().iter().cloned().chain(unkept).collect();
        Ok(Engine::new(model, checkpoint.config, voice, context, notes))
    }
}

/// Each weight file and the bytes of it that hold weights.
pub(crate) fn weight_ranges(checkpoint: &Checkpoint) -> impl Iterator<Item = (usize, Range<u64>)> {
    checkpoint.files.iter().map(|file| file.data_start..file.data_end).enumerate()
}
