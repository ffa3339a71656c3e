//! Tensors to GPU buffers to a forward pass to logits, or to the next token.
//!
//! ```text
//! ids --embed--> x ----+--rms_norm_matmul--> qkv --rope_qk_norm_attention--> o, cache
//!                      |                                                     |
//!                      +<-------------------matmul_residual------------------+
//!                      |
//!                      +--rms_norm_gate_up_swiglu--> h --matmul_residual--> x      ... next layer ...
//!
//! x --rms_norm_matmul--> logits --rank_logits, sample--> the next id
//! ```
//!
//! Five dispatches a layer, one pass, one submit a call. Where there is one token, `rms_norm_matvec`, `matvec_residual` and
//! `rms_norm_matvec_swiglu` stand in the places of those that multiply matrices; many tokens at once take
//! `rope_qk_norm_append` and `attention` one after the other; where splits share many keys, `attention_merge` follows.
//!
//! Where no logits are asked for, the next id lands where `embed` finds it, and a pass can follow before the host knows its
//! token. A [`Decoder`] holds weights and kernels; a [`Timeline`] holds one session's cache and activations and the bind
//! groups that tie them to the weights. Both are allocated once; the cache alone grows, by doubling, up to the context that
//! was asked for.

mod chooser;
mod decoder;
mod error;
mod groups;
mod kernel_times;
mod kv;
mod matrix;
mod probe;
mod timeline;
mod traffic;
mod tuning;
mod weights;
mod work;

pub use chooser::Sampling;
pub use decoder::Decoder;
pub use error::Error;
pub use kernel_times::{KernelTime, KernelTimes};
pub use probe::Gpu;
pub use timeline::Timeline;
pub use traffic::Traffic;
