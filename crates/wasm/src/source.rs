//! Where a model comes from: an address, a hub, or files a visitor gave.

use std::ops::Range;

use engine::{Error, Files};
use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

use crate::fault::{Code, fault};
use crate::local::Local;
use crate::place::Place;
use crate::web::Web;

/// A place that holds one model's files.
pub(crate) enum Source {
    Web(Web),
    Local(Local),
}

impl Source {
    /// Of `{ url }`, `{ hub: { repo, revision?, file?, host?, token? } }` or `{ files: [{ path, file }] }`.
    pub(crate) fn new(value: &JsValue, signal: &AbortSignal) -> Result<Self, JsValue> {
        let get = |key: &str| Reflect::get(value, &JsValue::from_str(key)).unwrap_or_default();
        if let Some(url) = get("url").as_string() {
            return Ok(Self::Web(Web::new(Place::at(&url)?, signal)));
        }
        if get("hub").is_object() {
            return Ok(Self::Web(Web::new(Place::on_hub(&get("hub"))?, signal)));
        }
        if let Ok(files) = get("files").dyn_into::<Array>() {
            return Local::new(&files, signal).map(Self::Local);
        }
        Err(fault(Code::Options, "source: expected { url }, { hub } or { files }"))
    }

    /// What the engine is to load: the name of a GGUF, or nothing for a Hugging Face folder.
    pub(crate) fn model(&self) -> &str {
        match self {
            Self::Web(web) => web.model(),
            Self::Local(local) => local.model(),
        }
    }
}

impl Files for Source {
    async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error> {
        match self {
            Self::Web(web) => web.size_bytes(name).await,
            Self::Local(local) => local.size_bytes(name).await,
        }
    }

    async fn read(&self, name: &str, range: Range<u64>) -> Result<Vec<u8>, Error> {
        match self {
            Self::Web(web) => web.read(name, range).await,
            Self::Local(local) => {
                let mut bytes = Vec::new();
                let mut keep = |piece: &[u8]| {
                    bytes.extend_from_slice(piece);
                    Ok(())
                };
                local.stream(name, range, &mut keep).await?;
                Ok(bytes)
            }
        }
    }

    async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self {
            Self::Web(web) => web.stream(name, range, sink).await,
            Self::Local(local) => local.stream(name, range, sink).await,
        }
    }
}
