//! The engine's face in a browser, made for a module worker.
//!
//! [`load`](loaded::load) reads a model through `fetch` or from files a visitor gave and gives an
//! [`Engine`](loaded::Engine); an engine gives [`Session`](session::Session)s; a session is started with a prompt and
//! asked for its next event until `done`. What crosses is described for TypeScript in `web/src/engine/messages.ts`;
//! errors cross as `Error` objects with a `code`.
#![cfg(target_arch = "wasm32")]

mod answer;
mod clock;
mod fault;
mod heap;
mod journal;
mod kept;
mod library;
mod loaded;
mod local;
mod lock;
mod opfs;
mod options;
mod panic;
mod place;
mod progress;
mod reader;
mod session;
mod shelf;
mod source;
mod statistics;
mod trial;
mod trouble;
mod web;
mod window;

use wasm_bindgen::prelude::wasm_bindgen;

/// Types of what crosses, for the generated declarations.
#[wasm_bindgen(typescript_custom_section)]
const MESSAGES: &str = r#"
import type { Description, GenerateOptions, KeptModel, LoadOptions, ModelEvent, Plan, Progress, Prompt, Source, Statistics } from "../src/engine/messages";
import type { KernelTimes, TimedDecode } from "../src/engine/timed";
"#;
