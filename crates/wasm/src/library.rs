//! The models that are kept on this device.

use engine::checkpoint::sha256;
use js_sys::Uint8Array;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, DomException, File};

use crate::fault::{Code, fault, words};
use crate::journal::{Journal, LAYOUT, Line};
use crate::lock::Lock;
use crate::opfs::Folder;
use crate::shelf::JOURNAL;

/// A model that is kept, in JavaScript's words.
#[derive(Serialize)]
struct KeptModel {
    key: String,
    source: String,
    dtype: Option<String>,
    size_bytes: f64,
    is_whole: bool,
}

/// What a model is kept under: where it comes from, how it is held, and in which layout.
pub(crate) fn key(source: &str, dtype: Option<&str>) -> (String, Line) {
    let text = format!("{LAYOUT} {} {source}", dtype.unwrap_or_default());
    let about = Line::About { layout: LAYOUT, source: source.to_owned(), dtype: dtype.map(str::to_owned) };
    (sha256(text.as_bytes())[..16].to_owned(), about)
}

/// A model's folder, held against other tabs as long as this is.
pub(crate) struct Claim {
    pub(crate) folder: Folder,
    key: String,
    _lock: Option<Lock>,
}

impl Claim {
    /// Takes the folder of that key, after `on_wait` where another tab has it.
    ///
    /// # Errors
    /// What JavaScript threw: the browser keeps nothing, or `signal` has ended the wait.
    pub(crate) async fn take(
        key: String,
        signal: &AbortSignal,
        on_wait: impl FnOnce(),
    ) -> Result<Self, JsValue> {
        let lock = Lock::take(&format!("reckon {key}"), signal, on_wait).await?;
        let folder = Folder::home().await?.folder(&key).await?;
        Ok(Self { folder, key, _lock: lock })
    }

    /// Deletes the folder, of which no file is open.
    pub(crate) async fn remove(self) {
        // What stays behind is listed, and a visitor can delete it.
        if let Ok(home) = Folder::home().await {
            let _ = home.remove(&self.key).await;
        }
    }
}

/// The models that are kept on this device, whole or in part.
///
/// # Errors
/// An `Error` with a `code`: the browser keeps nothing for this page.
#[wasm_bindgen(unchecked_return_type = "KeptModel[]")]
pub async fn kept_models() -> Result<JsValue, JsValue> {
    let models = list().await.map_err(|thrown| unkept(&thrown))?;
    Ok(serde_wasm_bindgen::to_value(&models)?)
}

async fn list() -> Result<Vec<KeptModel>, JsValue> {
    let home = Folder::home().await?;
    let mut models = Vec::new();
    for key in home.names().await? {
        // What another tab deletes meanwhile is left out.
        models.extend(look(&home, key).await.ok().flatten());
    }
    Ok(models)
}

async fn look(home: &Folder, key: String) -> Result<Option<KeptModel>, JsValue> {
    let folder = home.existing(&key).await?;
    let mut size_bytes = 0.0;
    for name in folder.names().await? {
        size_bytes += folder.file(&name).await?.size();
    }
    let (journal, _) = Journal::read(&bytes(&folder.file(JOURNAL).await?).await?);
    let model = |(source, dtype)| KeptModel { key, source, dtype, size_bytes, is_whole: journal.is_whole };
    Ok(journal.about.map(model))
}

async fn bytes(file: &File) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(file.array_buffer()).await?;
    Ok(Uint8Array::new(buffer.unchecked_ref()).to_vec())
}

/// Deletes a model that is kept.
///
/// # Errors
/// An `Error` with a `code`: it is being loaded.
#[wasm_bindgen]
pub async fn forget_model(key: String) -> Result<(), JsValue> {
    let removed = async { Folder::home().await?.remove(&key).await };
    let Err(thrown) = removed.await else { return Ok(()) };
    let is_gone = thrown.dyn_ref::<DomException>().is_some_and(|thrown| thrown.name() == "NotFoundError");
    if is_gone {
        return Ok(());
    }
    let words = words(&thrown);
    Err(fault(
        Code::State,
        &format!("this model cannot be deleted now ({words}); is another tab loading it?"),
    ))
}

fn unkept(thrown: &JsValue) -> JsValue {
    fault(Code::State, &format!("this browser keeps nothing for this page ({})", words(thrown)))
}
