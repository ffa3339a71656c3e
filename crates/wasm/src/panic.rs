//! A mistake of ours ends in one exact message, never in silence.

use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook};

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::console;

thread_local! {
    static LISTENER: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Calls `listener` with one sentence when the engine has hit a mistake of its own; nothing of it works afterwards.
#[wasm_bindgen]
pub fn on_panic(listener: Function) {
    LISTENER.set(Some(listener));
    set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let message = JsValue::from_str(&format!("the engine has a defect and stopped: {info}"));
    console::error_1(&message);
    LISTENER.with_borrow(|listener| {
        if let Some(listener) = listener {
            // There is nobody left to tell of an error in here.
            let _ = listener.call1(&JsValue::NULL, &message);
        }
    });
}
