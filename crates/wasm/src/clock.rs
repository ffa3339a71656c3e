//! Time, which nothing below the faces may read.

use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

/// The scope this worker runs in.
pub(crate) fn scope() -> WorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Milliseconds since some fixed moment; never goes backwards.
pub(crate) fn now_ms() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now())
}
