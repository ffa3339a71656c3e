//! A thin skin over wgpu that knows nothing of models: buffers, pipelines, one pass of dispatches, one readback.
//!
//! It adds what an engine needs and WebGPU leaves open: allocations that fail become errors, a lost device and every
//! uncaptured error are remembered and told once exactly, bytes and dispatches are counted. It runs on WebGPU's
//! default limits and asks for no optional feature, but for timestamps where something is to be measured.

mod adapter;
mod buffer;
mod device;
mod error;
mod frame;
mod pipeline;
mod readback;
mod submission;
mod timer;
#[cfg(target_arch = "wasm32")]
mod web;

pub use adapter::Adapter;
pub use buffer::{Buffer, Usage};
pub use device::{Device, Limits, Options};
pub use error::Error;
pub use frame::Frame;
pub use pipeline::{BindGroup, Binding, Layout, Pipeline, Shader};
pub use readback::{Asked, Readback};
pub use submission::Submission;
pub use timer::Timer;
