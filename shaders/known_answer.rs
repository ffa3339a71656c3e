//! Every kernel in use, run once on small inputs and held against plain arithmetic on the host.
//!
//! A driver that compiles a shader wrongly is caught here, before it makes text. The shapes are odd on purpose: rows
//! that fill no workgroup, tokens that fill no tile, keys that fill no tile.

use bytemuck::{Pod, bytes_of, cast_slice};
use gpu::{Buffer, Device, Error, Readback, Usage};

use crate::noise::{Noise, half_value};
use crate::{
    Kernels, Shape, Step, WeightType, embed, matmul_residual, rms_norm_gate_up_swiglu, rms_norm_matmul, truth,
};

/// Sums of some hundred products of numbers up to 127 in f32, in any order, differ by less from the f64 sum, relative
/// to the largest result; a wrong index or scale differs by its whole size.
const TOLERANCE: f64 = 2e-5;
/// Rounding to f16 alone costs up to 2^-11.
const TOLERANCE_F16: f64 = 6e-4;
pub(crate) const EPS: f32 = 1e-5;

impl Kernels {
    /// Holds every kernel against a known answer.
    ///
    /// # Errors
    /// One of them computes wrongly here, or the GPU failed.
    pub async fn check(&self, device: &Device) -> Result<(), Error> {
        let (bench, kv) = (Bench { device, kernels: self }, self.heads.kv);
        bench.embed(self.embedding).await?;
        for &weight in &self.weights {
            for tokens in [1, 5] {
                bench.rms_norm_matmul(weight, tokens, 37, whole(weight, 96)).await?;
                bench.matmul_residual(weight, tokens, 37, whole(weight, 96)).await?;
                bench.rms_norm_gate_up_swiglu(weight, tokens, 96, whole(weight, 96)).await?;
            }
        }
        bench.attend_in_every_way(kv).await?;
        bench.sample_at_both_ends().await
    }
}

/// So many columns, or more, that a row is whole groups of this type.
pub(crate) fn whole(weight: WeightType, columns: usize) -> usize {
    columns.next_multiple_of(32 * weight.blocks_scaled_together())
}

/// Where kernels are tried.
pub(crate) struct Bench<'a> {
    pub(crate) device: &'a Device,
    pub(crate) kernels: &'a Kernels,
}

impl Bench<'_> {
    pub(crate) async fn storage(&self, bytes: &[u8]) -> Result<Buffer, Error> {
        self.device.upload("a known answer", bytes, Usage::Storage).await
    }

    pub(crate) async fn uniform<T: Pod>(&self, value: T) -> Result<Buffer, Error> {
        self.device.upload("a known answer", bytes_of(&value), Usage::Uniform).await
    }

    /// Runs `frame` and compares `output` with `expected`.
    pub(crate) async fn compare(
        &self,
        kernel: &str,
        frame: gpu::Frame,
        output: &Buffer,
        f16: bool,
        expected: &[f64],
    ) -> Result<(), Error> {
        self.found(kernel, frame, output, f16, expected).await.map(drop)
    }

    /// As [`Bench::compare`]; gives what stands in `output`.
    pub(crate) async fn found(
        &self,
        kernel: &str,
        frame: gpu::Frame,
        output: &Buffer,
        f16: bool,
        expected: &[f64],
    ) -> Result<Vec<f64>, Error> {
        let size_bytes = (expected.len() * if f16 { 2 } else { 4 }) as u64;
        let readback = Readback::new(self.device, "a known answer", size_bytes.next_multiple_of(4)).await?;
        let mut frame = frame;
        frame.read_back(output, &readback, size_bytes.next_multiple_of(4));
        frame.submit(self.device);
        let found: Vec<f64> = readback
            .read(self.device, size_bytes, |bytes| match f16 {
                true => bytes.chunks_exact(2).map(|b| half_value(u16::from_le_bytes([b[0], b[1]]))).collect(),
                false => cast_slice::<u8, f32>(bytes).iter().map(|v| f64::from(*v)).collect(),
            })
            .await?;
        let largest = expected.iter().fold(1.0_f64, |largest, v| largest.max(v.abs()));
        let off = |(a, b): (&f64, &f64)| if a.is_finite() { (a - b).abs() } else { f64::INFINITY };
        let worst = found.iter().zip(expected).map(off).fold(0.0, f64::max) / largest;
        let tolerance = if f16 { TOLERANCE_F16 } else { TOLERANCE };
        if worst <= tolerance {
            return Ok(found);
        }
        Err(Error::WrongAnswer {
            kernel: kernel.to_owned(),
            adapter: self.device.adapter().name.clone(),
            found: format!("{worst:.1e}"),
            expected: format!("{tolerance:.1e}"),
        })
    }

    pub(crate) async fn embed(&self, weight: WeightType) -> Result<(), Error> {
        let (rows, columns, ids) = (9, whole(weight, 96), [8_u32, 3, 0]);
        let (quants, scales, matrix) = Noise::new(1).matrix(weight, rows, columns);
        let (row, scale_row) = (quants.len() / rows, scales.len() / rows);
        let step = self.uniform(Step { tokens: 3, ..Step::default() }).await?;
        let (ids_buffer, x) =
            (self.storage(cast_slice(&ids)).await?, self.storage(&vec![0; 3 * columns * 4]).await?);
        let mut frame = self.device.frame();
        // Two pieces, as a matrix larger than one binding has.
        for (first, end) in [(0, 5), (5, rows)] {
            let params = embed::Params {
                rows: (end - first) as u32,
                blocks: columns as u32 / 32,
                first_row: first as u32,
            };
            let group = self.kernels.embed.bind(
                self.device,
                &embed::Buffers {
                    params: &self.uniform(params).await?,
                    step: &step,
                    quants: &self.storage(&quants[first * row..end * row]).await?,
                    scales: &self.storage(&scales[first * scale_row..end * scale_row]).await?,
                    ids: &ids_buffer,
                    x: &x,
                },
            );
            self.kernels.embed.record(&mut frame, &group, columns as u32 / 32, 3);
        }
        let expected: Vec<f64> =
            ids.iter().flat_map(|id| matrix.values[*id as usize * columns..][..columns].to_vec()).collect();
        self.compare(&format!("embed {weight:?}"), frame, &x, false, &expected).await
    }

    pub(crate) async fn rms_norm_matmul(
        &self,
        weight: WeightType,
        tokens: usize,
        rows: usize,
        columns: usize,
    ) -> Result<(), Error> {
        let mut noise = Noise::new(2);
        let (quants, scales, matrix) = noise.matrix(weight, rows, columns);
        // One token before the first that counts.
        let (x, gain, bias) =
            (noise.floats((tokens + 1) * columns), noise.floats(columns), noise.floats(rows));
        let y = self.storage(&vec![0; tokens * rows * 4]).await?;
        let shape = Shape { weight, rows: rows as u32, blocks: columns as u32 / 32 };
        let params = rms_norm_matmul::Params {
            rows: rows as u32,
            blocks: columns as u32 / 32,
            first_row: 0,
            stride: rows as u32,
            eps: EPS,
            has_bias: 1,
        };
        let group = rms_norm_matmul::bind(
            &self.kernels.rms_norm_matmul,
            self.device,
            &rms_norm_matmul::Buffers {
                params: &self.uniform(params).await?,
                step: &self
                    .uniform(Step { tokens: tokens as u32, first_token: 1, ..Step::default() })
                    .await?,
                quants: &self.storage(&quants).await?,
                scales: &self.storage(&scales).await?,
                x: &self.storage(cast_slice(&x)).await?,
                weight: &self.storage(cast_slice(&gain)).await?,
                bias: &self.storage(cast_slice(&bias)).await?,
                y: &y,
            },
        );
        let mut frame = self.device.frame();
        self.kernels.rms_norm_matmul.record(&mut frame, shape, &group, tokens as u32);
        let normed: Vec<Vec<f64>> =
            x[columns..].chunks(columns).map(|row| truth::rms_norm(row, &gain, EPS)).collect();
        let expected = truth::matmul(&matrix, &normed, &bias);
        let name = format!("rms_norm_matmul {weight:?} over {tokens} tokens");
        self.compare(&name, frame, &y, false, &expected).await
    }

    pub(crate) async fn matmul_residual(
        &self,
        weight: WeightType,
        tokens: usize,
        rows: usize,
        columns: usize,
    ) -> Result<(), Error> {
        let mut noise = Noise::new(3);
        let (quants, scales, matrix) = noise.matrix(weight, rows, columns);
        let (y, bias, residual) =
            (noise.floats(tokens * columns), noise.floats(rows), noise.floats(tokens * rows));
        let x = self.storage(cast_slice(&residual)).await?;
        let shape = Shape { weight, rows: rows as u32, blocks: columns as u32 / 32 };
        let params = matmul_residual::Params {
            rows: rows as u32,
            blocks: columns as u32 / 32,
            first_row: 0,
            stride: rows as u32,
            has_bias: 1,
        };
        let group = matmul_residual::bind(
            &self.kernels.matmul_residual,
            self.device,
            &matmul_residual::Buffers {
                params: &self.uniform(params).await?,
                step: &self.uniform(Step { position: 9, tokens: tokens as u32, ..Step::default() }).await?,
                quants: &self.storage(&quants).await?,
                scales: &self.storage(&scales).await?,
                y: &self.storage(cast_slice(&y)).await?,
                bias: &self.storage(cast_slice(&bias)).await?,
                x: &x,
            },
        );
        let mut frame = self.device.frame();
        self.kernels.matmul_residual.record(&mut frame, shape, &group, tokens as u32);
        let rows_of_y: Vec<Vec<f64>> =
            y.chunks(columns).map(|row| row.iter().map(|v| f64::from(*v)).collect()).collect();
        let products = truth::matmul(&matrix, &rows_of_y, &bias);
        let expected: Vec<f64> = products.iter().zip(&residual).map(|(a, b)| a + f64::from(*b)).collect();
        let name = format!("matmul_residual {weight:?} over {tokens} tokens");
        self.compare(&name, frame, &x, false, &expected).await
    }

    pub(crate) async fn rms_norm_gate_up_swiglu(
        &self,
        weight: WeightType,
        tokens: usize,
        rows: usize,
        columns: usize,
    ) -> Result<(), Error> {
        let mut noise = Noise::new(4);
        let (quants, scales, matrix) = noise.matrix(weight, 2 * rows, columns);
        let (x, gain) = (noise.floats(tokens * columns), noise.floats(columns));
        let h = self.storage(&vec![0; tokens * rows * 4]).await?;
        let shape = Shape { weight, rows: rows as u32, blocks: columns as u32 / 32 };
        let params = rms_norm_gate_up_swiglu::Params {
            rows: rows as u32,
            blocks: columns as u32 / 32,
            first_row: 0,
            stride: rows as u32,
            eps: EPS,
        };
        let group = rms_norm_gate_up_swiglu::bind(
            &self.kernels.rms_norm_gate_up_swiglu,
            self.device,
            &rms_norm_gate_up_swiglu::Buffers {
                params: &self.uniform(params).await?,
                step: &self.uniform(Step { position: 9, tokens: tokens as u32, ..Step::default() }).await?,
                quants: &self.storage(&quants).await?,
                scales: &self.storage(&scales).await?,
                x: &self.storage(cast_slice(&x)).await?,
                weight: &self.storage(cast_slice(&gain)).await?,
                h: &h,
            },
        );
        let mut frame = self.device.frame();
        let kernel = &self.kernels.rms_norm_gate_up_swiglu;
        kernel.record(&mut frame, shape, &group, tokens as u32);
        let normed: Vec<Vec<f64>> = x.chunks(columns).map(|row| truth::rms_norm(row, &gain, EPS)).collect();
        let expected = truth::swiglu(&matrix, &normed, rms_norm_gate_up_swiglu::STRIPE as usize);
        let name = format!("rms_norm_gate_up_swiglu {weight:?} over {tokens} tokens");
        self.compare(&name, frame, &h, false, &expected).await
    }
}
