//! `attention_merge.wgsl` on the host: its parameters, its bindings, its dispatch.

use bytemuck::{Pod, Zeroable};
use gpu::{BindGroup, Binding, Buffer, Device, Error, Frame, Layout, Pipeline, Shader};

pub(crate) const SOURCE: &str = include_str!("attention_merge.wgsl");

const WORKGROUP_SIZE: u32 = 64;

/// `struct Params` of `attention_merge.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Params {
    /// H.
    pub heads: u32,
    /// D / 4.
    pub quads: u32,
}

/// The buffers of one dispatch.
#[derive(Clone, Copy)]
pub struct Buffers<'a> {
    /// [`Params`].
    pub params: &'a Buffer,
    /// (splits, H, D + 4) f32.
    pub partials: &'a Buffer,
    /// (H, D) f32.
    pub o: &'a Buffer,
}

/// The kernel.
#[derive(Clone, Debug)]
pub struct AttentionMerge {
    layout: Layout,
    pipeline: Pipeline,
}

impl AttentionMerge {
    pub(crate) async fn new(device: &Device) -> Result<Self, Error> {
        let entry = "attention_merge";
        let layout = device.layout(entry, &[Binding::Uniform, Binding::Read, Binding::ReadWrite]);
        let constants = [("WORKGROUP_SIZE", f64::from(WORKGROUP_SIZE))];
        let shader = Shader { label: entry, source: SOURCE, entry, constants: &constants };
        let pipeline = device.pipeline(&layout, &shader).await?;
        Ok(Self { layout, pipeline })
    }

    /// Binds the buffers: every layer's are the same.
    pub fn bind(&self, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
        let Buffers { params, partials, o } = *buffers;
        device.bind_group(&self.layout, &[params, partials, o])
    }

    /// Records the merge of one token's attention, of `dimensions` in all: H * D.
    pub fn record(&self, frame: &mut Frame, group: &BindGroup, dimensions: u32) {
        let workgroups = (dimensions / 4).div_ceil(WORKGROUP_SIZE);
        frame.dispatch(&self.pipeline, group, [workgroups, 1, 1]);
    }
}
