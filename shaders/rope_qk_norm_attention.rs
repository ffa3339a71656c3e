//! `rope_qk_norm_attention.wgsl` on the host: its parameters, its bindings, its dispatch, and how many splits share it.

use bytemuck::{Pod, Zeroable};
use gpu::{BindGroup, Binding, Buffer, Device, Error, Frame, Layout, Pipeline, Shader};

use crate::Heads;
use crate::packed::reads_kv;

reads_kv!("rope_qk_norm_attention.wgsl", "shared/rope.wgsl", "shared/attend.wgsl");

/// Invocations of a workgroup, and keys of a tile. A program on the CPU wants few barriers and each query read once for
/// four keys: as few invocations as hold a head. A GPU wants as many loads under way as there can be.
const SOFTWARE: &[(u32, u32)] = &[(16, 64), (32, 128), (64, 256)];
const HARDWARE: &[(u32, u32)] = &[(256, 256)];
/// Heads that a workgroup turns at once, two of them idle.
const SLOTS: u32 = 8;
/// Keys that are worth a split of their own: a tile on hardware.
const SPLIT: u32 = 256;
/// Most splits: with six heads of keys they are more than the 132 processors of a large GPU, and as many rows to merge.
const MOST_SPLITS: u32 = 32;
/// Most keys that stay together: one more tile costs a workgroup about what one more dispatch costs. All three are by
/// arithmetic; no run on hardware stands behind them yet.
const UNSPLIT: u32 = 512;

/// `struct Params` of `rope_qk_norm_attention.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Params {
    /// H.
    pub heads: u32,
    /// K.
    pub kv_heads: u32,
    /// D / 4.
    pub quads: u32,
    /// `attention_chunk_size`, or 0 to look back to the first position.
    pub chunk: u32,
    /// 1 / sqrt(D).
    pub scale: f32,
    /// 0 or 1: no score can exceed sqrt(D) in magnitude.
    pub is_bounded: u32,
    /// 0 or 1.
    pub use_rope: u32,
    /// 0 or 1.
    pub use_qk_norm: u32,
    /// `rms_norm_eps`.
    pub eps: f32,
    /// `floor_scale`, or 0 for no temperature.
    pub floor_scale: u32,
    /// `attn_scale`.
    pub attn_scale: f32,
}

/// The buffers of one dispatch.
#[derive(Clone, Copy)]
pub struct Buffers<'a> {
    /// [`Params`].
    pub params: &'a Buffer,
    /// [`crate::Step`].
    pub step: &'a Buffer,
    /// (S, D / 2) f32 pairs of cosine and sine.
    pub angles: &'a Buffer,
    /// ((H + 2K) * D) f32.
    pub qkv: &'a Buffer,
    /// (S, K, D).
    pub keys: &'a Buffer,
    /// (S, K, D).
    pub values: &'a Buffer,
    /// (splits, H, D + 4) f32.
    pub partials: &'a Buffer,
    /// (H, D) f32.
    pub o: &'a Buffer,
}

/// The kernel, compiled for one type of cache.
#[derive(Clone, Debug)]
pub struct RopeQkNormAttention {
    layout: Layout,
    pipeline: Pipeline,
    is_software: bool,
}

impl RopeQkNormAttention {
    pub(crate) async fn new(
        device: &Device,
        Heads { kv, dim }: Heads,
        is_software: bool,
    ) -> Result<Self, Error> {
        use Binding::{Read, ReadWrite, Uniform};
        let entry = "rope_qk_norm_attention";
        let bindings = [Uniform, Uniform, Read, Read, ReadWrite, ReadWrite, ReadWrite, ReadWrite];
        let layout = device.layout(entry, &bindings);
        let fits = |(workgroup_size, _): &&(u32, u32)| dim <= 4 * workgroup_size;
        let variants = if is_software { SOFTWARE } else { HARDWARE };
        let &(workgroup_size, tile) = variants.iter().find(fits).expect("a head fits a workgroup");
        let label = format!("{entry} {kv:?}, {workgroup_size} invocations, {tile} keys");
        let constants = [
            ("WORKGROUP_SIZE", f64::from(workgroup_size)),
            ("TILE", f64::from(tile)),
            ("MOST_QUADS", f64::from(dim / 4)),
            ("LANES", f64::from((workgroup_size / SLOTS).min(8))),
        ];
        let shader = Shader { label: &label, source: &source(kv), entry, constants: &constants };
        let pipeline = device.pipeline(&layout, &shader).await?;
        Ok(Self { layout, pipeline, is_software })
    }

    /// Binds the buffers of one layer.
    pub fn bind(&self, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
        let Buffers { params, step, angles, qkv, keys, values, partials, o } = *buffers;
        device.bind_group(&self.layout, &[params, step, angles, qkv, keys, values, partials, o])
    }

    /// Splits over `keys` keys. More than one need [`crate::attention_merge`] after them.
    pub fn splits(&self, keys: u32) -> u32 {
        if self.is_software || keys <= UNSPLIT { 1 } else { keys.div_ceil(SPLIT).min(MOST_SPLITS) }
    }

    /// Records the attention of one token, over so many splits.
    pub fn record(&self, frame: &mut Frame, group: &BindGroup, heads: u32, kv_heads: u32, splits: u32) {
        frame.dispatch(&self.pipeline, group, [kv_heads, splits, (heads / kv_heads).div_ceil(4)]);
    }
}

/// Bytes of the partials of `splits` splits.
pub fn partials_bytes(splits: u32, heads: u32, head_dim: u32) -> u64 {
    u64::from(splits * heads) * u64::from(head_dim + 4) * 4
}
