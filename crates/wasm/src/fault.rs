//! Errors as JavaScript sees them: an `Error` with a `code` to branch on and a message to show.

use engine::Error;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// What kind of fault it is; the page chooses its advice by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The caller ended it.
    Aborted,
    /// A file is missing, unreachable or unreadable.
    Files,
    /// A hub keeps the model for those who have accepted its licence.
    Gated,
    /// The file is no model, a broken one, or one that is not supported.
    Model,
    /// An option or a prompt is out of range.
    Options,
    /// A prompt is longer than the context.
    Context,
    /// The GPU, its memory or its driver.
    Gpu,
    /// The tab's memory.
    Memory,
    /// Something computes wrongly that should not.
    Defect,
    /// The call does not fit what is going on.
    State,
}

impl Code {
    fn name(self) -> &'static str {
        match self {
            Self::Aborted => "aborted",
            Self::Files => "files",
            Self::Gated => "gated",
            Self::Model => "model",
            Self::Options => "options",
            Self::Context => "context",
            Self::Gpu => "gpu",
            Self::Memory => "memory",
            Self::Defect => "defect",
            Self::State => "state",
        }
    }
}

/// An `Error` with `code` and `message`.
pub(crate) fn fault(code: Code, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&error, &JsValue::from_str("code"), &JsValue::from_str(code.name()));
    error.into()
}

/// The engine's error for JavaScript.
pub(crate) fn engine_fault(error: &Error) -> JsValue {
    let code = match error {
        Error::Files(_) | Error::MissingFile { .. } => Code::Files,
        Error::Gated(_) => Code::Gated,
        Error::Checkpoint(_) | Error::Text(_) | Error::NoTokenizer | Error::Vocabulary { .. } => Code::Model,
        Error::Decoder(_) | Error::NonFinite { .. } => Code::Gpu,
        Error::KvMemory { .. } => Code::Memory,
        Error::Cpu(err) if err.is_of_memory() => Code::Memory,
        Error::Cpu(_) => Code::Defect,
        Error::Option { .. } | Error::EmptyPrompt | Error::TokenId { .. } => Code::Options,
        Error::PromptTooLong { .. } => Code::Context,
        Error::NotStarted => Code::State,
    };
    fault(code, &error.to_string())
}

/// The words of whatever JavaScript threw.
pub(crate) fn words(thrown: &JsValue) -> String {
    let message =
        Reflect::get(thrown, &JsValue::from_str("message")).ok().and_then(|message| message.as_string());
    message.or_else(|| thrown.as_string()).unwrap_or_else(|| format!("{thrown:?}"))
}
