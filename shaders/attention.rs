//! `attention.wgsl` on the host: its parameters, its bindings, its dispatch.

use bytemuck::{Pod, Zeroable};
use gpu::{BindGroup, Binding, Buffer, Device, Error, Frame, Layout, Pipeline, Shader};

use crate::Heads;
use crate::packed::reads_kv;

reads_kv!("attention.wgsl", "shared/attend.wgsl");

/// Invocations of a workgroup, and keys of a tile.
const WORKGROUP_SIZE: u32 = 64;
/// Most dimensions of a head: a workgroup owns four of them with each invocation.
pub const MAX_HEAD_DIM: u32 = 256;

/// `struct Params` of `attention.wgsl`.
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
}

/// The buffers of one dispatch.
#[derive(Clone, Copy)]
pub struct Buffers<'a> {
    /// [`Params`].
    pub params: &'a Buffer,
    /// [`crate::Step`].
    pub step: &'a Buffer,
    /// (T, (H + 2K) * D) f32.
    pub qkv: &'a Buffer,
    /// (S, K, D).
    pub keys: &'a Buffer,
    /// (S, K, D).
    pub values: &'a Buffer,
    /// (T, H, D) f32.
    pub o: &'a Buffer,
}

/// The kernel, compiled for one type of cache.
#[derive(Clone, Debug)]
pub struct Attention {
    layout: Layout,
    pipeline: Pipeline,
}

impl Attention {
    pub(crate) async fn new(device: &Device, Heads { kv, dim }: Heads) -> Result<Self, Error> {
        use Binding::{Read, ReadWrite, Uniform};
        let layout = device.layout("attention", &[Uniform, Uniform, Read, Read, Read, ReadWrite]);
        let label = format!("attention {kv:?}");
        let constants = [("WORKGROUP_SIZE", f64::from(WORKGROUP_SIZE)), ("MOST_QUADS", f64::from(dim / 4))];
        let shader = Shader { label: &label, source: &source(kv), entry: "attention", constants: &constants };
        let pipeline = device.pipeline(&layout, &shader).await?;
        Ok(Self { layout, pipeline })
    }

    /// Binds the buffers of one layer.
    pub fn bind(&self, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
        let Buffers { params, step, qkv, keys, values, o } = *buffers;
        device.bind_group(&self.layout, &[params, step, qkv, keys, values, o])
    }

    /// Records the attention of `tokens` tokens.
    pub fn record(&self, frame: &mut Frame, group: &BindGroup, heads: u32, kv_heads: u32, tokens: u32) {
        frame.dispatch(&self.pipeline, group, [kv_heads, tokens, (heads / kv_heads).div_ceil(4)]);
    }
}
