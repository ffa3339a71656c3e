//! Loading a model, and what it is once loaded.

use engine::{Progress, Stage};
use js_sys::{Function, Promise};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::fault::{Code, engine_fault, fault};
use crate::heap::heap_bytes;
use crate::options::load_options;
use crate::progress::Listener;
use crate::session::Session;
use crate::source::Source;

/// Loads the model at `source`, telling `on_progress` how far it is, until `signal` says to stop. Once the headers are
/// read, `on_plan` hears what the model will take; no weight is read before its promise resolves, or after it rejects.
///
/// # Errors
/// An `Error` with a `code`, or what `on_plan` rejected with.
#[wasm_bindgen]
pub async fn load(
    #[wasm_bindgen(unchecked_param_type = "Source")] source: JsValue,
    #[wasm_bindgen(unchecked_param_type = "LoadOptions | undefined")] options: JsValue,
    #[wasm_bindgen(unchecked_param_type = "(plan: Plan) => Promise<void>")] on_plan: Function,
    #[wasm_bindgen(unchecked_param_type = "((progress: Progress) => void) | undefined")] on_progress: Option<
        Function,
    >,
    signal: AbortSignal,
) -> Result<Engine, JsValue> {
    let told = |error: engine::Error| match signal.aborted() {
        true => fault(Code::Aborted, "loading was stopped"),
        false => engine_fault(&error),
    };
    let source = Source::new(&source, &signal)?;
    let options = load_options(&options)?;
    let mut listener = Listener::new(on_progress);
    listener.hear(Progress { stage: Stage::Headers, loaded_bytes: 0, total_bytes: 0 });
    let opened = engine::open(&source, source.model()).await.map_err(told)?;
    let plan = opened.plan(&options).map_err(told)?;
    let consent = on_plan.call1(&JsValue::NULL, &serde_wasm_bindgen::to_value(&plan)?)?;
    JsFuture::from(Promise::resolve(&consent)).await?;
    let engine =
        opened.load(&source, options, &mut |progress| listener.hear(progress)).await.map_err(told)?;
    if signal.aborted() {
        return Err(fault(Code::Aborted, "loading was stopped"));
    }
    Ok(Engine(engine))
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
