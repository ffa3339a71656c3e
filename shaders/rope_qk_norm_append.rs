//! `rope_qk_norm_append.wgsl` on the host: its parameters, its bindings, its dispatch.

use bytemuck::{Pod, Zeroable};
use gpu::{BindGroup, Binding, Buffer, Device, Error, Frame, Layout, Pipeline, Shader};

use crate::KvType;
use crate::packed::reads_kv;
use crate::variant::{Variant, folded};

reads_kv!("rope_qk_norm_append.wgsl", "shared/rope.wgsl", "shared/lanes.wgsl");

/// `struct Params` of `rope_qk_norm_append.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Params {
    /// H.
    pub heads: u32,
    /// K.
    pub kv_heads: u32,
    /// D / 8.
    pub quads: u32,
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
    /// (T, (H + 2K) * D) f32.
    pub qkv: &'a Buffer,
    /// (S, K, D).
    pub keys: &'a Buffer,
    /// (S, K, D).
    pub values: &'a Buffer,
}

/// The kernel, compiled for one type of cache.
#[derive(Clone, Debug)]
pub struct RopeQkNormAppend {
    layout: Layout,
    pipeline: Pipeline,
    variant: Variant,
}

impl RopeQkNormAppend {
    pub(crate) async fn new(device: &Device, kv: KvType, is_software: bool) -> Result<Self, Error> {
        use Binding::{Read, ReadWrite, Uniform};
        let entry = "rope_qk_norm_append";
        let layout = device.layout(entry, &[Uniform, Uniform, Read, ReadWrite, ReadWrite, ReadWrite]);
        let variant = Variant::head(is_software);
        let label = format!("{entry} {kv:?}, {} lanes", variant.lanes);
        let constants =
            [("WORKGROUP_SIZE", f64::from(variant.workgroup_size)), ("LANES", f64::from(variant.lanes))];
        let shader = Shader { label: &label, source: &source(kv), entry, constants: &constants };
        let pipeline = device.pipeline(&layout, &shader).await?;
        Ok(Self { layout, pipeline, variant })
    }

    /// Binds the buffers of one layer.
    pub fn bind(&self, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
        let Buffers { params, step, angles, qkv, keys, values } = *buffers;
        device.bind_group(&self.layout, &[params, step, angles, qkv, keys, values])
    }

    /// Records `tokens` tokens of `heads` heads in all: H + 2K.
    pub fn record(&self, frame: &mut Frame, group: &BindGroup, heads: u32, tokens: u32) {
        let [x, y] = folded((tokens * heads).div_ceil(self.variant.pieces()));
        frame.dispatch(&self.pipeline, group, [x, y, 1]);
    }
}
