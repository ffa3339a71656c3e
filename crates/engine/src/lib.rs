//! A prompt in, a stream of typed events out.
//!
//! [`open`] reads a model's headers through [`Files`]; [`Opened::plan`] tells what it will take, [`Opened::load`] gives an
//! [`Engine`]: loaded, immutable, cheap to clone. [`load`] does it all at once. An engine gives
//! [`Session`]s: one timeline each, which keeps what its KV cache already holds. A session is started with a
//! [`Prompt`] and asked for its next [`Event`] until `Done`.

mod choice;
mod clock;
mod description;
mod engine;
mod error;
mod event;
mod files;
mod generation;
mod load;
mod logprobs;
mod manifest;
mod model;
mod open;
mod options;
mod pack;
mod plan;
mod progress;
pub mod sampler;
mod session;
pub mod stop;
mod store;
mod trial;
mod voice;
mod weights;

pub use checkpoint;
pub use decoder::{KernelTime, KernelTimes, Traffic};
pub use text::{Message, Part, Special, Tokenizer};

pub use crate::engine::Engine;
pub use choice::Choice;
pub use clock::Clock;
pub use description::Description;
pub use error::Error;
pub use event::{Event, Finish, FinishReason};
pub use files::Files;
pub use load::load;
pub use logprobs::{Chosen, Logprob};
pub use manifest::{MANIFEST, Manifest};
pub use open::{Opened, open};
pub use options::{Activations, Device, Dtype, GenerateOptions, KvDtype, LoadOptions, Prompt};
pub use pack::{PackOptions, Packed, pack};
pub use plan::Plan;
pub use progress::{Progress, Stage};
pub use sampler::Sampling;
pub use session::{Handle, Session};
pub use store::Store;
pub use trial::{TokenTime, Trial};
pub use voice::Voice;
