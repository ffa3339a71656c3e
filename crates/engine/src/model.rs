//! The decoders an engine can run, as one.

use checkpoint::{Checkpoint, Held, Piece};
use decoder::Decoder;

use crate::{Error, LoadOptions};

/// A decoder that holds a model's weights.
pub(crate) enum Model {
    Gpu(Decoder),
}

/// Which positions of a call give logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    None,
    Last,
    All,
}

/// One session's keys, values and activations, in the decoder's own memory.
pub(crate) enum Timeline {
    Gpu(decoder::Timeline),
}

impl Model {
    pub(crate) async fn open(checkpoint: &Checkpoint, held: &Held, options: &LoadOptions) -> Result<Self, Error> {
        todo!()
    }
}
