//! How much memory the module itself takes.

use js_sys::{ArrayBuffer, WebAssembly};
use wasm_bindgen::JsCast;

/// Bytes of the module's linear memory: it grows and never shrinks, so this is also its peak.
pub(crate) fn heap_bytes() -> u64 {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: ArrayBuffer = memory.buffer().unchecked_into();
    u64::from(buffer.byte_length())
}
