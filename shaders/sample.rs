//! `sample.wgsl` on the host: its bindings, its dispatch.

use gpu::{BindGroup, Binding, Buffer, Device, Error, Frame, Layout, Pipeline, Shader};

use crate::sampling::workgroup_size;

/// The shader's text.
pub const SOURCE: &str = concat!(
    include_str!("sample.wgsl"),
    include_str!("shared/step.wgsl"),
    include_str!("shared/sampling.wgsl"),
    include_str!("shared/philox.wgsl")
);

/// Stands in the ring instead of a token where a logit is not finite.
pub const NOT_FINITE: u32 = u32::MAX;

/// The buffers of one dispatch.
#[derive(Clone, Copy)]
pub struct Buffers<'a> {
    /// [`crate::Sampling`].
    pub sampling: &'a Buffer,
    /// [`crate::Step`].
    pub step: &'a Buffer,
    /// As `rank_logits` left them.
    pub candidates: &'a Buffer,
    /// As `rank_logits` left them.
    pub tiles: &'a Buffer,
    /// As [`spans_bytes`] tells.
    pub spans: &'a Buffer,
    /// (V) bits.
    pub seen: &'a Buffer,
    /// (T) u32, of which the first is written.
    pub ids: &'a Buffer,
    /// (slots) u32.
    pub ring: &'a Buffer,
}

/// Bytes of the spans of so many tiles.
pub fn spans_bytes(tiles: u32) -> u64 {
    u64::from(tiles) * 12
}

/// The kernel.
#[derive(Clone, Debug)]
pub struct Sample {
    layout: Layout,
    pipeline: Pipeline,
}

impl Sample {
    pub(crate) async fn new(device: &Device, is_software: bool) -> Result<Self, Error> {
        use Binding::{Read, ReadWrite, Uniform};
        let layout = device
            .layout("sample", &[Uniform, Uniform, Read, Read, ReadWrite, ReadWrite, ReadWrite, ReadWrite]);
        let constants = [("WORKGROUP_SIZE", f64::from(workgroup_size(is_software)))];
        let shader = Shader { label: "sample", source: SOURCE, entry: "sample", constants: &constants };
        let pipeline = device.pipeline(&layout, &shader).await?;
        Ok(Self { layout, pipeline })
    }

    /// Binds the buffers of one vocabulary.
    pub fn bind(&self, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
        let Buffers { sampling, step, candidates, tiles, spans, seen, ids, ring } = *buffers;
        device.bind_group(&self.layout, &[sampling, step, candidates, tiles, spans, seen, ids, ring])
    }

    /// Records one token.
    pub fn record(&self, frame: &mut Frame, group: &BindGroup) {
        frame.dispatch(&self.pipeline, group, [1, 1, 1]);
    }
}
