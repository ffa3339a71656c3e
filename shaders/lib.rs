//! The kernels of the forward pass, in the order it runs them. One kernel is one pair of files: `X.wgsl` the maths,
//! `X.rs` its parameters, bindings and dispatch.
//!
//! Kernels know buffers and sizes, never layers or names of tensors. Model sizes are uniforms, so that one compiled
//! pipeline serves every shape; what makes a variant is an `override`. Matrices meet one token in kernels of their own
//! (`matvec`); those for many (`matmul`) unpack a weight once for four. Every kernel runs on WebGPU's default limits with
//! no optional feature. `copy` is none of the pass: the others are measured against it.

mod matrix;
mod packed;
mod sampling;
mod step;
mod variant;

pub mod embed;
pub mod rms_norm_matmul;
pub mod rms_norm_matvec;

pub mod rope_qk_norm_append;

pub mod attention;

pub mod rope_qk_norm_attention;

pub mod attention_merge;

pub mod matmul_residual;
pub mod matvec_residual;

pub mod rms_norm_gate_up_swiglu;
pub mod rms_norm_matvec_swiglu;

pub mod rank_logits;
pub mod sample;

pub mod copy;

mod kernels;
mod known_answer;
mod known_attention;
mod known_token;
mod noise;
mod truth;
mod tuning;

pub use kernels::Kernels;
pub use matrix::{MatrixKernel, Shape};
pub use packed::{Heads, KvType, WeightType};
pub use sampling::{Sampling, TILE};
pub use step::Step;
pub use tuning::{Product, Stopwatch};

#[cfg(test)]
mod check;
#[cfg(test)]
mod trial;
