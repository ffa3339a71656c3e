//! The models that are kept on this device.

use engine::checkpoint::sha256;
use js_sys::Uint8Array;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::fault::{Code, fault, words};
use crate::journal::{Journal, LAYOUT, Line};
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
        let folder = home.folder(&key).await?;
        let mut size_bytes = 0.0;
        for name in folder.names().await? {
            size_bytes += folder.file(&name).await?.size();
        }
        // A folder whose first line was not written has nothing else either.
        let Ok(journal) = folder.file(JOURNAL).await else { continue };
        let (journal, _) = Journal::read(&bytes(&journal).await?);
        if let Some((source, dtype)) = journal.about {
            models.push(KeptModel { key, source, dtype, size_bytes, is_whole: journal.is_whole });
        }
    }
    Ok(models)
}

async fn bytes(file: &File) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(file.array_buffer()).await?;
    Ok(Uint8Array::new(buffer.unchecked_ref()).to_vec())
}

/// Deletes a model that is kept.
///
/// # Errors
/// An `Error` with a `code`: it is being loaded, or is not there.
#[wasm_bindgen]
pub async fn forget_model(key: String) -> Result<(), JsValue> {
    let removed = async { Folder::home().await?.remove(&key).await };
    removed.await.map_err(|thrown| {
        let words = words(&thrown);
        fault(Code::State, &format!("this model cannot be deleted now ({words}); is another tab loading it?"))
    })
}

fn unkept(thrown: &JsValue) -> JsValue {
    fault(Code::State, &format!("this browser keeps nothing for this page ({})", words(thrown)))
}
