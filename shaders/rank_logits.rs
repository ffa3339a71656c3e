//! `rank_logits.wgsl` on the host: its bindings, its dispatch.

use bytemuck::{Pod, Zeroable};
use gpu::{BindGroup, Binding, Buffer, Device, Error, Frame, Layout, Pipeline, Shader};

use crate::sampling::{TILE, workgroup_size};

/// The shader's text.
pub const SOURCE: &str = concat!(include_str!("rank_logits.wgsl"), include_str!("shared/sampling.wgsl"));

/// `struct Bias` of `rank_logits.wgsl`: what is added to a logit.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Bias {
    /// Of the token; what lies beyond the vocabulary is passed over. No id stands twice.
    pub id: u32,
    /// Finite.
    pub bias: f32,
}

/// The buffers of one dispatch.
#[derive(Clone, Copy)]
pub struct Buffers<'a> {
    /// [`crate::Sampling`].
    pub sampling: &'a Buffer,
    /// (V) f32.
    pub logits: &'a Buffer,
    /// (V) bits.
    pub seen: &'a Buffer,
    /// [`Bias`]es.
    pub biases: &'a Buffer,
    /// As [`candidates_bytes`] tells.
    pub candidates: &'a Buffer,
    /// As [`tiles_bytes`] tells.
    pub tiles: &'a Buffer,
}

/// Bytes of the candidates of so many tiles.
pub fn candidates_bytes(tiles: u32) -> u64 {
    u64::from(tiles * TILE) * 12
}

/// Bytes of so many tiles.
pub fn tiles_bytes(tiles: u32) -> u64 {
    u64::from(tiles) * 12
}

/// The kernel.
#[derive(Clone, Debug)]
pub struct RankLogits {
    layout: Layout,
    pipeline: Pipeline,
}

impl RankLogits {
    pub(crate) async fn new(device: &Device, is_software: bool) -> Result<Self, Error> {
        use Binding::{Read, ReadWrite, Uniform};
        let layout = device.layout("rank_logits", &[Uniform, Read, Read, Read, ReadWrite, ReadWrite]);
        let constants = [("WORKGROUP_SIZE", f64::from(workgroup_size(is_software)))];
        let shader =
            Shader { label: "rank_logits", source: SOURCE, entry: "rank_logits", constants: &constants };
        let pipeline = device.pipeline(&layout, &shader).await?;
        Ok(Self { layout, pipeline })
    }

    /// Binds the buffers of one vocabulary.
    pub fn bind(&self, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
        let Buffers { sampling, logits, seen, biases, candidates, tiles } = *buffers;
        device.bind_group(&self.layout, &[sampling, logits, seen, biases, candidates, tiles])
    }

    /// Records so many tiles.
    pub fn record(&self, frame: &mut Frame, group: &BindGroup, tiles: u32) {
        frame.dispatch(&self.pipeline, group, [tiles, 1, 1]);
    }
}
