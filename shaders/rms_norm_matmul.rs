//! `rms_norm_matmul.wgsl` on the host: its parameters and its bindings.

use bytemuck::{Pod, Zeroable};
use gpu::{BindGroup, Binding, Buffer, Device, Error};

use crate::packed::reads_weights;
use crate::{MatrixKernel, WeightType, rms_norm_matvec};

reads_weights!("rms_norm_matmul.wgsl", "shared/normed.wgsl", "shared/lanes.wgsl");

/// `struct Params` of `rms_norm_matmul.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Params {
    /// Rows of this piece of the matrix.
    pub rows: u32,
    /// C / 32.
    pub blocks: u32,
    /// The piece's first row, a column of y.
    pub first_row: u32,
    /// R, columns of y.
    pub stride: u32,
    /// `rms_norm_eps`.
    pub eps: f32,
    /// 0 or 1.
    pub has_bias: u32,
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
    /// (T, C) f32.
    pub x: &'a Buffer,
    /// (C) f32.
    pub weight: &'a Buffer,
    /// (R) f32; anything where there is none.
    pub bias: &'a Buffer,
    /// (T, R) f32.
    pub y: &'a Buffer,
}

pub(crate) async fn kernel(
    device: &Device,
    weights: &[WeightType],
    is_software: bool,
) -> Result<MatrixKernel, Error> {
    use Binding::{Read, ReadWrite, Uniform};
    let bindings = [Uniform, Uniform, Read, Read, Read, Read, Read, ReadWrite];
    let entries = [("rms_norm_matvec", rms_norm_matvec::source as fn(_) -> _), ("rms_norm_matmul", source)];
    MatrixKernel::new(device, entries, &bindings, weights, is_software).await
}

/// Binds the buffers of one piece.
pub fn bind(kernel: &MatrixKernel, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
    let Buffers { params, step, quants, scales, x, weight, bias, y } = *buffers;
    device.bind_group(kernel.layout(), &[params, step, quants, scales, x, weight, bias, y])
}
