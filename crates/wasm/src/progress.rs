//! Loading, told to JavaScript often enough to watch and seldom enough not to matter.

use engine::{Progress, Stage};
use js_sys::Function;
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::clock::now_ms;
use crate::heap::heap_bytes;

/// Time between two reports of the same stage.
const PAUSE_MS: f64 = 50.0;

/// `Progress` in JavaScript's words.
#[derive(Serialize)]
struct Report {
    stage: &'static str,
    loaded_bytes: u64,
    kept_bytes: u64,
    total_bytes: u64,
    heap_bytes: u64,
}

/// Who is told.
pub(crate) struct Listener {
    function: Option<Function>,
    last: Option<(Stage, f64)>,
}

impl Listener {
    /// A listener that calls `function`, if there is one.
    pub(crate) fn new(function: Option<Function>) -> Self {
        Self { function, last: None }
    }

    pub(crate) fn hear(&mut self, progress: Progress) {
        let now = now_ms();
        let is_news = progress.loaded_bytes == progress.total_bytes
            || self.last.is_none_or(|(stage, at)| stage != progress.stage || now - at >= PAUSE_MS);
        if is_news {
            self.last = Some((progress.stage, now));
            let stage = match progress.stage {
                Stage::Headers => "headers",
                Stage::Weights => "weights",
                Stage::Checking => "checking",
            };
            self.tell(stage, progress);
        }
    }

    /// Another tab loads the same model.
    pub(crate) fn wait(&mut self) {
        self.tell("waiting", Progress::default());
    }

    fn tell(&self, stage: &'static str, progress: Progress) {
        let Some(function) = &self.function else { return };
        let Progress { loaded_bytes, kept_bytes, total_bytes, .. } = progress;
        let report = Report { stage, loaded_bytes, kept_bytes, total_bytes, heap_bytes: heap_bytes() };
        if let Ok(report) = serde_wasm_bindgen::to_value(&report) {
            // What a listener throws is the listener's own affair.
            let _ = function.call1(&JsValue::NULL, &report);
        }
    }
}
