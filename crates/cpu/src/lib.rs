//! Tensors to packed panels to a forward pass to logits, on the processor that runs everything else too.
//!
//! ```text
//! ids --embed--> x ----+--norm--> input --product--> q, k, v --turn--> queries, pages --attention--> input
//!                      |                                                                                |
//!                      +<-----------------------------------product-------------------------------------+
//!                      |
//!                      +--norm--> input --product--> gate, up --swiglu--> input --product--> x   ... next layer ...
//!
//! x --norm--> input --product--> logits
//! ```
//!
//! Sixteen rows of a matrix stand side by side, a 32-bit word each (`matrix.rs`), and every kernel is one generic function
//! over a vector machine (`simd.rs`): AVX-512, AVX2, NEON, WebAssembly, or plain Rust. Quantised weights meet activations as
//! signed bytes, or as floats where exactness is asked for; sums are f32. A [`Decoder`] holds the weights; a [`Timeline`]
//! one session's cache, in pages.

mod attention;
mod blocks;
mod cache;
mod crew;
mod decoder;
mod error;
mod exp;
mod heads;
mod input;
mod known_answer;
mod matrix;
mod probe;
mod product;
mod simd;
mod timeline;
mod weights;

pub use decoder::{Decoder, Options};
pub use error::Error;
pub use probe::probe;
pub use product::Activations;
pub use timeline::Timeline;
