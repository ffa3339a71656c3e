//! `rms_norm_matvec_swiglu.wgsl` on the host: parameters and bindings are those of `rms_norm_gate_up_swiglu`, which
//! records it where there is one token.

use crate::packed::reads_weights;

reads_weights!("rms_norm_matvec_swiglu.wgsl", "shared/normed.wgsl", "shared/lanes.wgsl", "shared/rows.wgsl");
