//! What a model will take, told before its first weight is read.

use checkpoint::Dtype;
use serde::Serialize;

use crate::weights::STRETCH_BYTES;
use crate::{Error, LoadOptions, Opened, Store};

/// What a model will take; activations come on top, a few MB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Bytes of files that are still to be read.
    pub download_bytes: u64,
    /// Parameters the model has.
    pub parameters: u64,
    /// How its matrices are held.
    pub dtypes: Vec<&'static str>,
    /// Bytes of the weights, as they are held.
    pub weights_bytes: u64,
    /// Bytes of a session's keys and values once its context is full.
    pub kv_bytes: u64,
    /// Most positions a session may reach.
    pub context: u32,
    /// Bytes of the largest buffer that cannot be cut: the keys of one layer. Matrices are cut between rows.
    pub largest_buffer_bytes: u64,
}

impl Opened {
    /// What the model will take, held as `options` say, where `store` has something of it.
    ///
    /// # Errors
    /// The context that is asked for is not one of this model.
    pub fn plan(&self, options: &LoadOptions, store: &impl Store) -> Result<Plan, Error> {
        let config = &self.checkpoint.config;
        let held = options.held(&self.checkpoint);
        let context = options.context(config.max_position_embeddings)?;
        let kv_bytes = config.kv_elements_per_position() * options.kv().bytes() * u64::from(context);
        let stretches = self.checkpoint.stretches(&held, STRETCH_BYTES);
        let lacking = stretches.iter().enumerate().filter(|(number, _)| store.hash(*number).is_none());
        Ok(Plan {
            download_bytes: lacking.map(|(_, stretch)| stretch.source.end - stretch.source.start).sum(),
            parameters: self.checkpoint.parameters(),
            dtypes: held.dtypes().into_iter().map(Dtype::name).collect(),
            weights_bytes: self.checkpoint.tensors.iter().map(|tensor| held.bytes(tensor)).sum(),
            kv_bytes,
            context,
            largest_buffer_bytes: kv_bytes / (2 * u64::from(config.num_hidden_layers)),
        })
    }
}
