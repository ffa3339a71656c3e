//! A model from its files into the memory of what computes it.

use crate::engine::Engine;
use crate::model::Model;
use crate::progress::{Progress, Stage};
use crate::store::Store;
use crate::weights::Weights;
use crate::{Choice, Clock, Error, Files, LoadOptions, Opened, open};

/// Loads the GGUF named `model`, or the Hugging Face folder where `model` is empty.
///
/// # Errors
/// A file is missing or broken, an option is out of range, or the device cannot hold or rightly run the model.
pub async fn load(
    files: &impl Files,
    model: &str,
    options: LoadOptions,
    clock: &impl Clock,
    progress: &mut dyn FnMut(Progress),
) -> Result<Engine, Error> {
    progress(Progress::default());
    let opened = open(files, model).await?;
    let plan = opened.plan(&options, &())?;
    let choice = Choice::make(&options, plan.weights_bytes, clock).await?;
    opened.load(files, choice, options, clock, &mut (), progress).await
}

impl Opened {
    /// Loads the model whose headers these are, from the same files, onto the device that was chosen by the same options; what `store` has is taken from there, and what it
    /// has not is kept in it.
    ///
    /// # Errors
    /// As [`load`].
    pub async fn load(
        self,
        files: &impl Files,
        choice: Choice,
        options: LoadOptions,
        clock: &impl Clock,
        store: &mut impl Store,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Engine, Error> {
        let Self { checkpoint, voice, seals, .. } = self;
        let voice = voice.and_then(|voice| voice.fits(checkpoint.config.vocab_size).map(|()| voice));
        let context = options.context(checkpoint.config.max_position_embeddings)?;
        let held = options.held(&checkpoint);
        let why = choice.why().to_owned();
        let mut model = Model::open(choice, &checkpoint.config, &held, &options).await?;
        let mut weights = Weights::new(&checkpoint, &held, &seals, &mut model, store, &mut *progress);
        weights.load(files).await?;
        let (now, fault) = weights.end();
        progress(Progress { stage: Stage::Checking, ..now });
        model.check().await?;
        model.tune(&|| clock.now_ms()).await?;
        let unkept = fault.map(|fault| format!("not kept for the next visit: {fault}"));
        let notes = held.notes().iter().cloned().chain(unkept).collect();
        Ok(Engine::new(model, checkpoint.config, voice, context, why, notes))
    }
}
