//! What each kernel must give, in plain f64 on the host, straight from the formula at the head of its WGSL.

use crate::{attention, rope_qk_norm_append};

/// A dense matrix, row-major.
pub(crate) struct Matrix {
    pub(crate) columns: usize,
    pub(crate) values: Vec<f64>,
}

impl Matrix {
    fn times(&self, row: usize, x: &[f64]) -> f64 {
        self.values[row * self.columns..][..self.columns].iter().zip(x).map(|(w, x)| w * x).sum()
    }

    pub(crate) fn rows(&self) -> usize {
        self.values.len() / self.columns
    }
}

/// One token's row, normed and weighted.
pub(crate) fn rms_norm(x: &[f32], weight: &[f32], eps: f32) -> Vec<f64> {
    let mean = x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / x.len() as f64;
    let scale = 1.0 / (mean + f64::from(eps)).sqrt();
    x.iter().zip(weight).map(|(x, w)| f64::from(*x) * f64::from(*w) * scale).collect()
}

/// `W n + bias` for every row n.
pub(crate) fn matmul(matrix: &Matrix, rows: &[Vec<f64>], bias: &[f32]) -> Vec<f64> {
    let one = |n: &Vec<f64>| -> Vec<f64> {
        (0..matrix.rows()).map(|r| matrix.times(r, n) + bias.get(r).copied().map_or(0.0, f64::from)).collect()
    };
    rows.iter().flat_map(one).collect()
}

/// silu(G n) * (U n) of a matrix in stripes.
pub(crate) fn swiglu(matrix: &Matrix, rows: &[Vec<f64>], stripe: usize) -> Vec<f64> {
    let one = |n: &Vec<f64>| -> Vec<f64> {
        (0..matrix.rows() / 2)
            .map(|f| {
                let gate = matrix.times(f / stripe * 2 * stripe + f % stripe, n);
                let up = matrix.times(f / stripe * 2 * stripe + f % stripe + stripe, n);
                gate / (1.0 + (-gate).exp()) * up
            })
            .collect()
    };
    rows.iter().flat_map(one).collect()
}

/// One head turned, normed and warmed; `angles` are the (cos, sin) of its position.
pub(crate) fn rope_qk_norm(
    params: &rope_qk_norm_append::Params,
    head: &[f32],
    angles: &[[f32; 2]],
    position: u32,
    is_query: bool,
) -> Vec<f64> {
    let half = head.len() / 2;
    let mut turned: Vec<f64> = head.iter().map(|v| f64::from(*v)).collect();
    if params.use_rope != 0 {
        for i in 0..half {
            let (a, b) = (f64::from(head[i]), f64::from(head[half + i]));
            let (cosine, sine) = (f64::from(angles[i][0]), f64::from(angles[i][1]));
            turned[i] = a * cosine - b * sine;
            turned[half + i] = b * cosine + a * sine;
        }
    }
    let mut scale = 1.0;
    if params.use_qk_norm != 0 {
        let mean = turned.iter().map(|v| v * v).sum::<f64>() / head.len() as f64;
        scale = 1.0 / (mean + f64::from(params.eps)).sqrt();
    }
    if is_query && params.floor_scale != 0 {
        let floor = f64::from((position + 1) / params.floor_scale);
        scale *= (1.0 + floor).ln() * f64::from(params.attn_scale) + 1.0;
    }
    turned.iter().map(|v| v * scale).collect()
}

/// Attention of one query at `position` with its group's keys and values, (S, K, D).
pub(crate) fn attention(
    params: &attention::Params,
    query: &[f32],
    kv_head: usize,
    position: usize,
    keys: &[f64],
    values: &[f64],
) -> Vec<f64> {
    let (kv_heads, head_dim) = (params.kv_heads as usize, query.len());
    let row = |cache: &[f64], j: usize| cache[(j * kv_heads + kv_head) * head_dim..][..head_dim].to_vec();
    let start = if params.chunk == 0 { 0 } else { position - position % params.chunk as usize };
    let score = |j: usize| -> f64 {
        let products = row(keys, j).into_iter().zip(query).map(|(k, q)| k * f64::from(*q));
        products.sum::<f64>() * f64::from(params.scale)
    };
    let scores: Vec<f64> = (start..=position).map(score).collect();
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = scores.iter().map(|s| (s - largest).exp()).sum();
    let mut mixed = vec![0.0; head_dim];
    for (j, s) in (start..=position).zip(&scores) {
        for (sum, v) in mixed.iter_mut().zip(row(values, j)) {
            *sum += (s - largest).exp() / total * v;
        }
    }
    mixed
}
