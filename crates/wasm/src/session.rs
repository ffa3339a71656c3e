//! One conversation.

use std::cell::RefCell;

use engine::Handle;
use js_sys::Float32Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fault::{Code, engine_fault, fault};
use crate::options::{generate_options, prompt};
use crate::statistics::Watch;

/// A conversation's place in the model.
#[wasm_bindgen]
pub struct Session {
    engine: engine::Engine,
    /// Absent while a call is waited for.
    session: RefCell<Option<engine::Session>>,
    handle: Handle,
    watch: RefCell<Watch>,
}

impl Session {
    pub(crate) fn new(engine: engine::Engine, session: engine::Session) -> Self {
        let handle = session.handle();
        Self { engine, session: RefCell::new(Some(session)), handle, watch: RefCell::default() }
    }

    fn take(&self) -> Result<engine::Session, JsValue> {
        let busy = || fault(Code::State, "this conversation is still busy with its last call");
        self.session.take().ok_or_else(busy)
    }
}

#[wasm_bindgen]
impl Session {
    /// Begins a generation; what stands in the cache and in the new prompt alike is not computed again.
    ///
    /// # Errors
    /// The prompt or an option is out of range.
    pub fn start(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Prompt")] from: JsValue,
        #[wasm_bindgen(unchecked_param_type = "GenerateOptions | undefined")] options: JsValue,
    ) -> Result<(), JsValue> {
        let (from, options) = (prompt(&from)?, generate_options(&options)?);
        let mut session = self.take()?;
        self.watch.replace(Watch::start());
        let started = session.start(&from, options);
        self.session.replace(Some(session));
        started.map_err(|error| engine_fault(&error))
    }

    /// Goes on by one forward pass at most, and gives what happened; nothing amid a long prompt. A caller that lets
    /// messages be heard between two steps can be told to abort.
    ///
    /// # Errors
    /// The device failed, logits are not finite, or nothing was started.
    #[wasm_bindgen(unchecked_return_type = "ModelEvent | undefined")]
    pub async fn step(&self) -> Result<JsValue, JsValue> {
        let mut session = self.take()?;
        let event = session.step().await;
        self.session.replace(Some(session));
        let Some(event) = event.map_err(|error| engine_fault(&error))? else {
            return Ok(JsValue::UNDEFINED);
        };
        self.watch.borrow_mut().see(&event);
        Ok(serde_wasm_bindgen::to_value(&event)?)
    }

    /// Ends the running generation at its next step.
    pub fn abort(&self) {
        self.handle.abort();
    }

    /// Ends the thinking of the running generation at its next step: the answer begins.
    pub fn answer_now(&self) {
        self.handle.answer_now();
    }

    /// How the last generation goes or went.
    ///
    /// # Errors
    /// None that a caller could cause.
    #[wasm_bindgen(unchecked_return_type = "Statistics")]
    pub fn statistics(&self) -> Result<JsValue, JsValue> {
        let dispatches = self.session.borrow().as_ref().map_or(0, engine::Session::dispatches);
        let statistics = self.watch.borrow().statistics(dispatches, self.engine.description().gpu_bytes);
        Ok(serde_wasm_bindgen::to_value(&statistics)?)
    }

    /// Logits of every position of one causal pass over `tokens`, (T, V): the first `prefill` at once, the rest one by
    /// one through the cache; for tests.
    ///
    /// # Errors
    /// An id lies outside the vocabulary, the tokens outgrow the context, or the device failed.
    pub async fn logits(&self, tokens: Vec<u32>, prefill: Option<u32>) -> Result<Float32Array, JsValue> {
        let vocab_size = self.engine.description().vocab_size;
        let logits = Float32Array::new_with_length(tokens.len() as u32 * vocab_size);
        let mut row = 0;
        // Rows leave the heap as they come: all of them may be larger than it should become.
        let mut keep = |values: &[f32]| {
            logits.subarray(row * vocab_size, (row + 1) * vocab_size).copy_from(values);
            row += 1;
        };
        let mut session = self.take()?;
        let outcome = session.logits(&tokens, prefill.map(|prefill| prefill as usize), &mut keep).await;
        self.session.replace(Some(session));
        outcome.map_err(|error| engine_fault(&error))?;
        Ok(logits)
    }
}
