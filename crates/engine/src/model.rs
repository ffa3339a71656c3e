//! The decoders an engine can run, as one.

use checkpoint::{Config, Held, Piece};
use decoder::Decoder;

pub(crate) use decoder::Rows;

use crate::{Description, Error, LoadOptions};

/// A decoder that holds a model's weights.
pub(crate) enum Model {
    Gpu(Decoder),
}

/// One session's keys, values and activations, in the decoder's own memory.
pub(crate) enum Timeline {
    Gpu(decoder::Timeline),
}

impl Model {
    /// Room for the weights of a model.
    pub(crate) async fn open(config: &Config, held: &Held, options: &LoadOptions) -> Result<Self, Error> {
        let options = decoder::Options { kv: options.kv(), default_limits: options.default_limits };
        Ok(Self::Gpu(Decoder::open(config, held, &options).await?))
    }

    pub(crate) fn write(&self, piece: &Piece<'_>) {
        let Self::Gpu(decoder) = self;
        decoder.write(piece);
    }

    /// Holds every kernel in use against a known answer.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        let Self::Gpu(decoder) = self;
        Ok(decoder.check().await?)
    }

    /// Most tokens of one call.
    pub(crate) fn tokens_at_once(&self) -> usize {
        let Self::Gpu(decoder) = self;
        decoder.tokens_at_once() as usize
    }

    pub(crate) fn describe(&self, config: &Config, context: u32) -> Description {
        let Self::Gpu(decoder) = self;
        Description {
            adapter: decoder.adapter().name.clone(),
            software_adapter: decoder.adapter().is_software,
            kv: decoder.kv().name(),
            context,
            vocab_size: config.vocab_size,
            weights_bytes: decoder.weights_bytes(),
            gpu_bytes: decoder.gpu_bytes(),
        }
    }

    pub(crate) fn lose_device(&self) {
        let Self::Gpu(decoder) = self;
        decoder.lose_device();
    }
}

impl Timeline {
    pub(crate) async fn open(model: &Model, context: u32) -> Result<Self, Error> {
        let Model::Gpu(decoder) = model;
        Ok(Self::Gpu(decoder::Timeline::open(decoder, context).await?))
    }

    /// Makes sure that the cache holds `positions`; `false` where there is no memory for them.
    pub(crate) async fn reserve(&mut self, model: &Model, positions: usize) -> Result<bool, Error> {
        let (Self::Gpu(timeline), Model::Gpu(decoder)) = (self, model);
        Ok(timeline.reserve(decoder, positions as u32).await?)
    }

    /// Runs `tokens` from `position` on and puts the logits that `rows` asks for into `logits`, (rows, V).
    pub(crate) async fn forward(
        &mut self,
        model: &Model,
        position: usize,
        tokens: &[u32],
        rows: Rows,
        logits: &mut Vec<f32>,
    ) -> Result<(), Error> {
        let (Self::Gpu(timeline), Model::Gpu(decoder)) = (self, model);
        Ok(timeline.forward(decoder, position as u32, tokens, rows, logits).await?)
    }

    /// Compute dispatches of the last call that gave logits.
    pub(crate) fn dispatches(&self) -> u32 {
        let Self::Gpu(timeline) = self;
        timeline.dispatches()
    }
}
