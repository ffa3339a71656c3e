//! The slow, obvious truth: every operation of the decoder as its formula says, and the forward pass made of them.
//!
//! Numbers are f32 between operations and f64 within, one loop for each sign of the formula. Tests hold the kernels, the
//! decoder and the goldens of transformers against it; nothing that ships does.

mod model;
mod operation;

pub use model::{Kv, Model};
pub use operation::{attention, matmul, rms_norm, rope, swiglu, temperature};
