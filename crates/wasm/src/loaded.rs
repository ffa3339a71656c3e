//! Loading a model, and what it is once loaded.

use engine::{Choice, Device, Dtype, Files, LoadOptions, Plan, Progress, Store};
use js_sys::{Array, Function, JSON, Promise};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::clock::Clock;
use crate::fault::{Code, engine_fault, fault, words};
use crate::heap::heap_bytes;
use crate::kept::Kept;
use crate::library::{Claim, key};
use crate::options::{load_options, prompt};
use crate::progress::Listener;
use crate::session::Session;
use crate::shelf::Shelf;
use crate::source::Source;

/// Loads the model at `source`, telling `on_progress` how far it is, until `signal` says to stop. Once the headers are
/// read and a device is chosen, `on_plan` hears what the model will take; no weight is read before its promise resolves, or after it rejects.
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
    let (load_options, keep) = load_options(&options)?;
    let mut listener = Listener::new(on_progress);
    let given = Source::new(&source, &signal)?;
    let mut unkept = None;
    if let (Source::Web(web), true) = (&given, keep) {
        match shelf(&source, &load_options, &signal, || listener.wait()).await {
            Ok((claim, shelf)) => {
                let kept = Kept::new(web, claim.folder.clone(), shelf, &signal);
                let brought =
                    bring(&kept, web.model(), load_options, &mut &kept, &on_plan, &mut listener, &signal)
                        .await;
                if brought.is_ok() {
                    kept.end();
                }
                let is_empty = kept.is_empty();
                drop(kept);
                if is_empty {
                    claim.remove().await;
                }
                return brought.map(|engine| Engine { engine, unkept });
            }
            Err(_) if signal.aborted() => return Err(stopped()),
            Err(thrown) => unkept = Some(format!("not kept for the next visit: {}", words(&thrown))),
        }
    }
    let engine =
        bring(&given, given.model(), load_options, &mut (), &on_plan, &mut listener, &signal).await?;
    Ok(Engine { engine, unkept })
}

/// The shelf of a model, once no other tab has it.
async fn shelf(
    source: &JsValue,
    options: &LoadOptions,
    signal: &AbortSignal,
    on_wait: impl FnOnce(),
) -> Result<(Claim, Shelf), JsValue> {
    // These keys, in this order: a token is none of them.
    let keys = ["url", "hub", "repo", "revision", "file", "host"].map(JsValue::from_str);
    let source = JSON::stringify_with_replacer(source, &Array::from_iter(keys))?;
    let (key, about) = key(&String::from(source), options.dtype.map(Dtype::name));
    let claim = Claim::take(key, signal, on_wait).await?;
    let shelf = Shelf::open(&claim.folder, about).await?;
    Ok((claim, shelf))
}

async fn bring(
    files: &impl Files,
    model: &str,
    options: LoadOptions,
    store: &mut impl Store,
    on_plan: &Function,
    listener: &mut Listener,
    signal: &AbortSignal,
) -> Result<engine::Engine, JsValue> {
    let told = |error: engine::Error| if signal.aborted() { stopped() } else { engine_fault(&error) };
    listener.hear(Progress::default());
    let opened = engine::open(files, model).await.map_err(told)?;
    let plan = opened.plan(&options, store).map_err(told)?;
    let choice = Choice::make(&options, plan.weights_bytes, &Clock(signal)).await.map_err(told)?;
    let planned = Planned { plan, device: choice.device(), why: choice.why() };
    let consent = on_plan.call1(&JsValue::NULL, &object(&planned)?)?;
    JsFuture::from(Promise::resolve(&consent)).await?;
    let mut hear = |progress| listener.hear(progress);
    let engine = opened.load(files, choice, options, &Clock(signal), store, &mut hear).await.map_err(told)?;
    if signal.aborted() { Err(stopped()) } else { Ok(engine) }
}

fn stopped() -> JsValue {
    fault(Code::Aborted, "loading was stopped")
}

/// An object of a struct with a part that serde flattens: it makes a map of that, and JavaScript wants an object.
fn object(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true);
    Ok(value.serialize(&serializer)?)
}

/// A loaded model.
#[wasm_bindgen]
pub struct Engine {
    pub(crate) engine: engine::Engine,
    /// Why the next visit will have to load it again.
    unkept: Option<String>,
}

/// `Plan` in JavaScript's words.
#[derive(Serialize)]
struct Planned<'a> {
    #[serde(flatten)]
    plan: Plan,
    device: Device,
    why: &'a str,
}

/// `Description` in JavaScript's words.
#[derive(Serialize)]
struct Described<'a> {
    #[serde(flatten)]
    engine: engine::Description,
    notes: &'a [&'a String],
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
        let notes: Vec<&String> = self.engine.notes().iter().chain(&self.unkept).collect();
        let described =
            Described { engine: self.engine.description(), notes: &notes, heap_bytes: heap_bytes() };
        object(&described)
    }

    /// A new, empty conversation.
    ///
    /// # Errors
    /// The device has no room for its activations.
    pub async fn session(&self) -> Result<Session, JsValue> {
        let engine = self.engine.clone();
        let session = engine::Session::open(&engine).await.map_err(|error| engine_fault(&error))?;
        Ok(Session::new(engine, session))
    }

    /// Token ids of a prompt, as a generation would begin with them.
    ///
    /// # Errors
    /// The model has no tokenizer, or its template refuses the conversation.
    pub fn tokenize(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Prompt")] from: JsValue,
        date: Option<String>,
    ) -> Result<Vec<u32>, JsValue> {
        self.engine.tokens(&prompt(&from)?, date.as_deref()).map_err(|error| engine_fault(&error))
    }

    /// Takes the GPU away, as a driver's reset would; for tests of what follows.
    pub fn lose_device(&self) {
        self.engine.lose_device();
    }
}
