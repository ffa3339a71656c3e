//! `matmul_residual.wgsl` on the host: its parameters and its bindings.

use bytemuck::{Pod, Zeroable};
use gpu::{BindGroup, Binding, Buffer, Device, Error};

use crate::packed::reads_weights;
use crate::{MatrixKernel, WeightType, matvec_residual};

reads_weights!("matmul_residual.wgsl", "shared/lanes.wgsl");

/// `struct Params` of `matmul_residual.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Params {
    /// Rows of this piece of the matrix.
    pub rows: u32,
    /// K / 32.
    pub blocks: u32,
    /// The piece's first row, a column of x.
    pub first_row: u32,
    /// C, columns of x.
    pub stride: u32,
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
    /// (rows, K), packed.
    pub quants: &'a Buffer,
    /// (rows, K / 32), packed; anything where the type has none.
    pub scales: &'a Buffer,
    /// (T, K) f32.
    pub y: &'a Buffer,
    /// (C) f32; anything where there is none.
    pub bias: &'a Buffer,
    /// (T, C) f32.
    pub x: &'a Buffer,
}

/// Compiles the kernel for matrices of all of `weights`.
///
/// # Errors
/// The shader is refused.
pub async fn kernel(
    device: &Device,
    weights: &[WeightType],
    is_software: bool,
) -> Result<MatrixKernel, Error> {
    use Binding::{Read, ReadWrite, Uniform};
    let bindings = [Uniform, Uniform, Read, Read, Read, Read, ReadWrite];
    let entries = [("matvec_residual", matvec_residual::source as fn(_) -> _), ("matmul_residual", source)];
    MatrixKernel::new(device, entries, &bindings, weights, is_software).await
}

/// Binds the buffers of one piece.
pub fn bind(kernel: &MatrixKernel, device: &Device, buffers: &Buffers<'_>) -> BindGroup {
    let Buffers { params, step, quants, scales, y, bias, x } = *buffers;
    device.bind_group(kernel.layout(), &[params, step, quants, scales, y, bias, x])
}
