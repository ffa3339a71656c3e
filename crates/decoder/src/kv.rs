//! Keys and values of one layer.

use checkpoint::KvDtype;
use gpu::Buffer;

/// Keys and values of one layer, (capacity, K, D) each.
pub(crate) struct Cache {
    pub(crate) keys: Buffer,
    pub(crate) values: Buffer,
}

/// The kernels' name for how they are held.
pub(crate) fn kv_type(dtype: KvDtype) -> kernels::KvType {
    match dtype {
        KvDtype::F16 => kernels::KvType::F16,
        KvDtype::F32 => kernels::KvType::F32,
    }
}
