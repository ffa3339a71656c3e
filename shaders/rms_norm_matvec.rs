//! `rms_norm_matvec.wgsl` on the host: parameters and bindings are those of `rms_norm_matmul`, which
//! records it where there is one token.

use crate::packed::reads_weights;

reads_weights!("rms_norm_matvec.wgsl", "shared/normed.wgsl", "shared/lanes.wgsl", "shared/rows.wgsl");
