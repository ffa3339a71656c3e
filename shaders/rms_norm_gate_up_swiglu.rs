//! `rms_norm_gate_up_swiglu.wgsl` on the host: its parameters and its bindings.

use bytemuck::{Pod, Zeroable};
use gpu::{BindGroup, Binding, Buffer, Device, Error};

use crate::packed::reads_weights;
use crate::{MatrixKernel, WeightType, rms_norm_matvec_swiglu};

reads_weights!("rms_norm_gate_up_swiglu.wgsl", "shared/normed.wgsl", "shared/lanes.wgsl");

/// Rows of the gate that lie together before the same rows of the other factor.
pub const STRIPE: u32 = 32;

/// `struct Params` of `rms_norm_gate_up_swiglu.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Params {
    /// Rows of the gate in this piece, a multiple of [`STRIPE`].
    pub rows: u32,
    /// C / 32.
    pub blocks: u32,
    /// The piece's first row of the gate, a column of h.
    pub first_row: u32,
    /// F, columns of h.
    pub stride: u32,
    /// `rms_norm_eps`.
    pub eps: f32,
}

/// The buffers of one dispatch.
#[derive(Clone, Copy)]
pub struct Buffers<'a> {
    /// [`Params`].
    pub params: &'a Buffer,
    /// [`crate::Step`].
    pub step: &'a Buffer,
    /// (2 * rows, C), packed, in stripes.
    pub quants: &'a Buffer,
    /// (2 * rows, C / 32), packed; anything where the type has none.
    pub scales: &'a Buffer,
    /// (T, C) f32.
    pub x: &'a Buffer,
    /// (C) f32.
    pub weight: &'a Buffer,
    /// (T, F) f32.
    pub h: &'a Buffer,
}

pub(crate) async fn kernel(
    device: &Device,
    weights: &[WeightType],
    is_software: bool,
) -> Result<MatrixKernel, Error> {
    use Binding::{Read, ReadWrite, Uniform};
    let bindings = [Uniform, Uniform, Read, Read, Read, Read, ReadWrite];
    let entries = [
        ("rms_norm_matvec_swiglu", rms_norm_matvec_swiglu::source as fn(_) -> _),
        ("rms_norm_gate_up_swiglu", source),
    ];
    MatrixKernel::new(device, entries, &bindings, weights, is_software).await
}

/// Binds the buffers of one piece.
pub fn bind(kernel: &MatrixKernel, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
    let Buffers { params, step, quants, scales, x, weight, h } = *buffers;
    device.bind_group(kernel.layout(), &[params, step, quants, scales, x, weight, h])
}
