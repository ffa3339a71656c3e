//! Every kernel in use, run once on small inputs and held against plain arithmetic on the host.
//!
//! A driver that compiles a shader wrongly is caught here, before it makes text. The shapes are odd on purpose: rows
//! that fill no workgroup, tokens that fill no tile, keys that fill no tile.

use bytemuck::{Pod, bytes_of, cast_slice};
use gpu::{Buffer, Device, Error, Readback, Usage};

use crate::noise::{Noise, half_value};
use crate::{
    Kernels, KvType, Shape, Step, WeightType, attention, embed, matmul_residual, rms_norm_gate_up_swiglu,
    rms_norm_matmul, rope_qk_norm_append, truth,
};

/// Sums of some hundred products of numbers up to 127 in f32, in any order, differ by less from the f64 sum, relative
/// to the largest result; a wrong index or scale differs by its whole size.
const TOLERANCE: f64 = 2e-5;
/// Rounding to f16 alone costs up to 2^-11.
const TOLERANCE_F16: f64 = 6e-4;
const EPS: f32 = 1e-5;

impl Kernels {
    /// Holds every kernel against a known answer.
    ///
    /// # Errors
    /// One of them computes wrongly here, or the GPU failed.
    pub async fn check(&self, device: &Device) -> Result<(), Error> {
        let (bench, kv) = (Bench { device, kernels: self }, self.kv);
        bench.embed(self.embedding).await?;
        for &weight in &self.weights {
            for tokens in [1, 5] {
                bench.rms_norm_matmul(weight, tokens, 37, whole(weight, 96)).await?;
                bench.matmul_residual(weight, tokens, 37, whole(weight, 96)).await?;
                bench.rms_norm_gate_up_swiglu(weight, tokens, 96, whole(weight, 64)).await?;
            }
        }
        bench.rope_qk_norm_append(kv, true, true, 0).await?;
        bench.rope_qk_norm_append(kv, false, false, 3).await?;
        for (is_bounded, chunk) in [(0, 0), (0, 48), (1, 0)] {
            bench.attention(kv, [7, 1, 24], 67, is_bounded, chunk).await?;
        }
        bench.sample_in_every_way(2500, 3).await
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
    async fn compare(
        &self,
        kernel: &str,
        frame: gpu::Frame,
        output: &Buffer,
        f16: bool,
        expected: &[f64],
    ) -> Result<(), Error> {
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
            return Ok(());
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
        let step = self.uniform(Step { position: 0, tokens: 3, first_token: 0 }).await?;
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
                step: &self.uniform(Step { position: 9, tokens: tokens as u32, first_token: 1 }).await?,
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
                step: &self.uniform(Step { position: 9, tokens: tokens as u32, first_token: 0 }).await?,
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
                step: &self.uniform(Step { position: 9, tokens: tokens as u32, first_token: 0 }).await?,
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

    pub(crate) async fn rope_qk_norm_append(
        &self,
        kv: KvType,
        use_rope: bool,
        use_qk_norm: bool,
        floor_scale: u32,
    ) -> Result<(), Error> {
        let (heads, kv_heads, head_dim, tokens, position) = (3, 2, 24, 3, 4);
        let params = rope_qk_norm_append::Params {
            heads: heads as u32,
            kv_heads: kv_heads as u32,
            quads: head_dim as u32 / 8,
            use_rope: use_rope.into(),
            use_qk_norm: use_qk_norm.into(),
            eps: EPS,
            floor_scale,
            attn_scale: 0.3,
        };
        let mut noise = Noise::new(5);
        let stride = (heads + 2 * kv_heads) * head_dim;
        let capacity = position + tokens;
        let qkv = noise.floats(tokens * stride);
        let angles: Vec<[f32; 2]> =
            (0..capacity * head_dim / 2).map(|i| [(i as f32 * 0.7).cos(), (i as f32 * 0.7).sin()]).collect();
        let number_bytes = kv.bytes() as usize;
        let cache = vec![0; capacity * kv_heads * head_dim * number_bytes];
        let (qkv_buffer, keys, values) =
            (self.storage(cast_slice(&qkv)).await?, self.storage(&cache).await?, self.storage(&cache).await?);
        let group = self.kernels.rope_qk_norm_append.bind(
            self.device,
            &rope_qk_norm_append::Buffers {
                params: &self.uniform(params).await?,
                step: &self
                    .uniform(Step { position: position as u32, tokens: tokens as u32, first_token: 0 })
                    .await?,
                angles: &self.storage(cast_slice(&angles)).await?,
                qkv: &qkv_buffer,
                keys: &keys,
                values: &values,
            },
        );
        let [expected_qkv, expected_keys, expected_values] =
            turned_and_appended(&params, &qkv, &angles, position);
        let kernel = &self.kernels.rope_qk_norm_append;
        let mut frame = self.device.frame();
        kernel.record(&mut frame, &group, (heads + 2 * kv_heads) as u32, tokens as u32);
        let f16 = kv == KvType::F16;
        let name = "rope_qk_norm_append";
        self.compare(&format!("{name} {kv:?} queries"), frame, &qkv_buffer, false, &expected_qkv).await?;
        self.compare(&format!("{name} {kv:?} keys"), self.device.frame(), &keys, f16, &expected_keys).await?;
        self.compare(&format!("{name} {kv:?} values"), self.device.frame(), &values, f16, &expected_values)
            .await
    }

    /// `[heads, kv_heads, head_dim]`, keys up to `capacity`.
    pub(crate) async fn attention(
        &self,
        kv: KvType,
        [heads, kv_heads, head_dim]: [usize; 3],
        capacity: usize,
        is_bounded: u32,
        chunk: u32,
    ) -> Result<(), Error> {
        let tokens = 3.min(capacity);
        let position = capacity - tokens;
        let params = attention::Params {
            heads: heads as u32,
            kv_heads: kv_heads as u32,
            quads: head_dim as u32 / 4,
            chunk,
            scale: 1.0 / (head_dim as f32).sqrt(),
            is_bounded,
        };
        let mut noise = Noise::new(6);
        let stride = (heads + 2 * kv_heads) * head_dim;
        let qkv = noise.floats(tokens * stride);
        let (key_bytes, keys) = noise.cache(kv, capacity * kv_heads * head_dim);
        let (value_bytes, values) = noise.cache(kv, capacity * kv_heads * head_dim);
        let o = self.storage(&vec![0; tokens * heads * head_dim * 4]).await?;
        let group = self.kernels.attention.bind(
            self.device,
            &attention::Buffers {
                params: &self.uniform(params).await?,
                step: &self
                    .uniform(Step { position: position as u32, tokens: tokens as u32, first_token: 0 })
                    .await?,
                qkv: &self.storage(cast_slice(&qkv)).await?,
                keys: &self.storage(&key_bytes).await?,
                values: &self.storage(&value_bytes).await?,
                o: &o,
            },
        );
        let mut frame = self.device.frame();
        self.kernels.attention.record(&mut frame, &group, heads as u32, kv_heads as u32, tokens as u32);
        let mut expected = Vec::new();
        for token in 0..tokens {
            for head in 0..heads {
                let query = &qkv[token * stride + head * head_dim..][..head_dim];
                let kv_head = head / (heads / kv_heads);
                expected.extend(truth::attention(&params, query, kv_head, position + token, &keys, &values));
            }
        }
        self.compare(&format!("attention {kv:?}"), frame, &o, false, &expected).await
    }
}

/// What rope_qk_norm_append leaves of `qkv`, (T, (H + 2K) * D), and puts into the two caches, (S, K, D).
fn turned_and_appended(
    params: &rope_qk_norm_append::Params,
    qkv: &[f32],
    angles: &[[f32; 2]],
    position: usize,
) -> [Vec<f64>; 3] {
    let (heads, kv_heads, half) =
        (params.heads as usize, params.kv_heads as usize, params.quads as usize * 4);
    let head_dim = 2 * half;
    let mut queries: Vec<f64> = qkv.iter().map(|v| f64::from(*v)).collect();
    let mut keys = vec![0.0; angles.len() / half * kv_heads * head_dim];
    let mut values = keys.clone();
    for (index, source) in qkv.chunks_exact(head_dim).enumerate() {
        let (token, head) = (index / (heads + 2 * kv_heads), index % (heads + 2 * kv_heads));
        let at = position + token;
        let turned =
            truth::rope_qk_norm(params, source, &angles[at * half..][..half], at as u32, head < heads);
        let slot = (at * kv_heads + head.wrapping_sub(heads) % kv_heads) * head_dim;
        if head < heads {
            queries[index * head_dim..][..head_dim].copy_from_slice(&turned);
        } else if head < heads + kv_heads {
            keys[slot..][..head_dim].copy_from_slice(&turned);
        } else {
            values[slot..][..head_dim].iter_mut().zip(source).for_each(|(to, v)| *to = f64::from(*v));
        }
    }
    [queries, keys, values]
}
