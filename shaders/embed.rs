//! `embed.wgsl` on the host: its parameters, its bindings, its dispatch.

use bytemuck::{Pod, Zeroable};
use gpu::{BindGroup, Binding, Buffer, Device, Error, Frame, Layout, Pipeline, Shader};

use crate::WeightType;
use crate::packed::reads_weights;
use crate::variant::folded;

reads_weights!("embed.wgsl");

const WORKGROUP_SIZE: u32 = 64;

/// `struct Params` of `embed.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Params {
    /// Rows of this piece of the embedding.
    pub rows: u32,
    /// C / 32.
    pub blocks: u32,
    /// The piece's first row.
    pub first_row: u32,
}

/// The buffers of one dispatch.
#[derive(Clone, Copy)]
pub struct Buffers<'a> {
    /// [`Params`].
    pub params: &'a Buffer,
    /// [`crate::Step`].
    pub step: &'a Buffer,
    /// (rows, C), packed.
    pub quants: &'a Buffer,
    /// (rows, C / 32), packed; anything where the type has none.
    pub scales: &'a Buffer,
    /// (T) u32.
    pub ids: &'a Buffer,
    /// (T, C) f32.
    pub x: &'a Buffer,
}

/// The kernel, compiled for one weight type.
#[derive(Clone, Debug)]
pub struct Embed {
    layout: Layout,
    pipeline: Pipeline,
}

impl Embed {
    pub(crate) async fn new(device: &Device, weight: WeightType) -> Result<Self, Error> {
        use Binding::{Read, ReadWrite, Uniform};
        let layout = device.layout("embed", &[Uniform, Uniform, Read, Read, Read, ReadWrite]);
        let label = format!("embed {weight:?}");
        let constants = [("WORKGROUP_SIZE", f64::from(WORKGROUP_SIZE))];
        let shader = Shader { label: &label, source: &source(weight), entry: "embed", constants: &constants };
        let pipeline = device.pipeline(&layout, &shader).await?;
        Ok(Self { layout, pipeline })
    }

    /// Binds the buffers of one piece.
    pub fn bind(&self, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
        let Buffers { params, step, quants, scales, ids, x } = *buffers;
        device.bind_group(&self.layout, &[params, step, quants, scales, ids, x])
    }

    /// Records `tokens` rows of `blocks` blocks.
    pub fn record(&self, frame: &mut Frame, group: &BindGroup, blocks: u32, tokens: u32) {
        let [x, y] = folded((tokens * blocks).div_ceil(WORKGROUP_SIZE));
        frame.dispatch(&self.pipeline, group, [x, y, 1]);
    }
}
