//! A loaded model.

use std::rc::Rc;

use checkpoint::Config;
use serde::Serialize;

use crate::model::Model;
use crate::voice::Voice;
use crate::Error;

/// A loaded model: immutable, shared by its sessions, cheap to clone.
#[derive(Clone)]
pub struct Engine(Rc<Loaded>);

struct Loaded {
    model: Model,
    config: Config,
    voice: Result<Voice, Error>,
    context: u32,
    notes: Vec<String>,
}

/// What was loaded, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    /// The GPU, as its driver names it.
    pub adapter: String,
    /// Whether that GPU is a program on the CPU.
    pub software_adapter: bool,
    /// Most positions a session may reach.
    pub context: u32,
    /// Rows of the embedding: logits a position has.
    pub vocab_size: u32,
    /// Bytes of weights on the GPU.
    pub weights_bytes: u64,
    /// Bytes on the GPU now: weights, caches, activations.
    pub gpu_bytes: u64,
    /// Compute dispatches one decoded token takes.
    pub dispatches_per_token: u32,
}

impl Engine {
    pub(crate) fn new(
        model: Model,
        config: Config,
        voice: Result<Voice, Error>,
        context: u32,
        notes: Vec<String>,
    ) -> Self {
        Self(Rc::new(Loaded { model, config, voice, context, notes }))
    }

    /// What was loaded, and what it takes.
    pub fn description(&self) -> Description {
        self.0.model.describe(&self.0.config, self.0.context)
    }

    /// What the loader did to the weights that a person should know, a line each.
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn context(&self) -> u32 {
        self.0.context
    }

    pub(crate) fn model(&self) -> &Model {
        &self.0.model
    }

    pub(crate) fn voice(&self) -> Result<&Voice, Error> {
        self.0.voice.as_ref().map_err(Error::clone)
    }
}
