//! A model from its files into the GPU's memory.

use std::ops::Range;

use checkpoint::{Checkpoint, Held};

use crate::engine::Engine;
use crate::model::Model;
use crate::{Error, Files, LoadOptions, Opened, open};

/// How far loading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Weight bytes that are in place.
    pub loaded_bytes: u64,
    /// Weight bytes there are; 0 until the headers are read.
    pub total_bytes: u64,
}

/// What loading does, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading configuration, tokenizer and headers.
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
    progress(Progress { stage: Stage::Headers, loaded_bytes: 0, total_bytes: 0 });
    open(files, model).await?.load(files, options, progress).await
}

impl Opened {
    /// Loads the model whose headers these are, from the same files.
    ///
    /// # Errors
    /// As [`load`].
    pub async fn load(
        self,
        files: &impl Files,
        options: LoadOptions,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Engine, Error> {
        let Self { checkpoint, voice } = self;
        let voice = voice.and_then(|voice| voice.fits(checkpoint.config.vocab_size).map(|()| voice));
        let context = options.context(checkpoint.config.max_position_embeddings)?;
        let held = checkpoint.held(options.dtype);
        let model = Model::open(&checkpoint.config, &held, &options).await?;
        stream(files, &checkpoint, &held, &model, progress).await?;

        let total_bytes = weight_ranges(&checkpoint).map(|(_, range)| range.end - range.start).sum();
        progress(Progress { stage: Stage::Checking, loaded_bytes: total_bytes, total_bytes });
        model.check().await?;
        Ok(Engine::new(model, checkpoint.config, voice, context, held.notes().to_vec()))
    }
}

async fn stream(
    files: &impl Files,
    checkpoint: &Checkpoint,
    held: &Held,
    model: &Model,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Error> {
    let total_bytes = weight_ranges(checkpoint).map(|(_, range)| range.end - range.start).sum();
    let mut loaded_bytes = 0;
    for (file, range) in weight_ranges(checkpoint) {
        let mut stream = checkpoint.stream(held, file);
        let mut push = |bytes: &[u8]| -> Result<(), Error> {
            stream.push(bytes, &mut |piece| {
                model.write(&piece);
                Ok::<(), Error>(())
            })?;
            loaded_bytes += bytes.len() as u64;
            progress(Progress { stage: Stage::Weights, loaded_bytes, total_bytes });
            Ok(())
        };
        files.stream(&checkpoint.files[file].name, range, &mut push).await?;
        stream.finish()?;
    }
    Ok(())
}

/// Each weight file and the bytes of it that hold weights.
fn weight_ranges(checkpoint: &Checkpoint) -> impl Iterator<Item = (usize, Range<u64>)> {
    checkpoint.files.iter().map(|file| file.data_start..file.data_end).enumerate()
}
