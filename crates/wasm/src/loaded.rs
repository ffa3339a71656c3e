//! Loading a model, and what it is once loaded.

use js_sys::Function;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::AbortSignal;

use crate::fault::{Code, engine_fault, fault};
use crate::heap::heap_bytes;
use crate::options::load_options;
use crate::progress::Listener;
use crate::session::Session;
use crate::source::Source;

/// Loads the model at `source`, telling `on_progress` how far it is, until `signal` says to stop.
///
/// # Errors
/// An `Error` with a `code`.
#[wasm_bindgen]
pub async fn load(
    #[wasm_bindgen(unchecked_param_type = "Source")] source: JsValue,
    #[wasm_bindgen(unchecked_param_type = "LoadOptions | undefined")] options: JsValue,
    #[wasm_bindgen(unchecked_param_type = "((progress: Progress) => void) | undefined")] on_progress: Option<
        Function,
    >,
    signal: AbortSignal,
) -> Result<Engine, JsValue> {
    let source = Source::new(&source, &signal)?;
    let options = load_options(&options)?;
    let mut listener = Listener::new(on_progress);
    let loaded =
        engine::load(&source, source.model(), options, &mut |progress| listener.hear(progress)).await;
    if signal.aborted() {
        return Err(fault(Code::Aborted, "loading was stopped"));
    }
    loaded.map(Engine).map_err(|error| engine_fault(&error))
}

/// A loaded model.
#[wasm_bindgen]
pub struct Engine(engine::Engine);

/// `Description` in JavaScript's words.
#[derive(Serialize)]
struct Described<'a> {
    #[serde(flatten)]
    engine: engine::Description,
    notes: &'a [String],
    heap_bytes: u64,
}

#[wasm_bindgen]
impl Engine {
    /// What was loaded, and what it takes.
    ///
    /// # Errors
    /// None that a caller could cause.
    #[wasm_bindgen(unchecked_return_type = "Description")]
    pub fn description(&self) -> Result<JsValue, JsValue> {
        let described =
            Described { engine: self.0.description(), notes: self.0.notes(), heap_bytes: heap_bytes() };
        // `flatten` makes a map of the struct; JavaScript wants an object.
        let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
        Ok(described.serialize(&serializer)?)
    }

    /// A new, empty conversation.
    ///
    /// # Errors
    /// The GPU has no room for its cache.
    pub async fn session(&self) -> Result<Session, JsValue> {
        let engine = self.0.clone();
        let session = engine::Session::open(&engine).await.map_err(|error| engine_fault(&error))?;
        Ok(Session::new(engine, session))
    }

    /// Takes the GPU away, as a driver's reset would; for tests of what follows.
    pub fn lose_device(&self) {
        self.0.lose_device();
    }
}
