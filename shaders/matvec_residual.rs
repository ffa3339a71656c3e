//! `matvec_residual.wgsl` on the host: parameters and bindings are those of `matmul_residual`, which
//! records it where there is one token.

use crate::packed::reads_weights;

reads_weights!("matvec_residual.wgsl", "shared/lanes.wgsl", "shared/rows.wgsl");
