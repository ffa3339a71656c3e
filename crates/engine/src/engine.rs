//! A loaded model.

use std::rc::Rc;

use checkpoint::Config;

use crate::model::Model;
use crate::voice::Voice;
use crate::{Description, Error, Prompt};

/// A loaded model: immutable, shared by its sessions, cheap to clone.
#[derive(Clone)]
pub struct Engine(Rc<Loaded>);

struct Loaded {
    model: Model,
    config: Config,
    voice: Result<Voice, Error>,
    context: u32,
    /// Why it computes where it does.
    why: String,
    notes: Vec<String>,
}

impl Engine {
    pub(crate) fn new(
        model: Model,
        config: Config,
        voice: Result<Voice, Error>,
        context: u32,
        why: String,
        notes: Vec<String>,
    ) -> Self {
        Self(Rc::new(Loaded { model, config, voice, context, why, notes }))
    }

    /// What was loaded, and what it takes.
    pub fn description(&self) -> Description {
        self.0.model.describe(&self.0.config, self.0.context, &self.0.why)
    }

    /// What the loader did to the weights that a person should know, a line each.
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    /// Takes the GPU away, as a driver's reset would; for tests of what follows.
    pub fn lose_device(&self) {
        self.0.model.lose_device();
    }

    /// Token ids of a prompt, as a generation would begin with them; `date` is for templates that name the day.
    ///
    /// # Errors
    /// The model has no tokenizer, or its template refuses the conversation.
    pub fn tokens(&self, prompt: &Prompt, date: Option<&str>) -> Result<Vec<u32>, Error> {
        Ok(self.voice()?.read(prompt, date)?.tokens)
    }

    /// The id that a text begins with, where the model has one.
    pub fn bos_token_id(&self) -> Option<u32> {
        self.config().bos_token_id
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
