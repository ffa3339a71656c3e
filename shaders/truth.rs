//! What each kernel must give, in plain f64 on the host, straight from the formula at the head of its WGSL.

use crate::rank_logits::Bias;
use crate::{Sampling, attention, rope_qk_norm_append};

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

/// What tokens are chosen from.
pub(crate) struct Choice {
    pub(crate) sampling: Sampling,
    pub(crate) logits: Vec<f32>,
    /// (V) bits.
    pub(crate) seen: Vec<u32>,
    pub(crate) biases: Vec<Bias>,
}

/// The token of one draw, and how far it was from being another: the distance, in shares of the whole, of u and of each
/// limit from the nearest running sum.
pub(crate) fn sample(choice: &Choice, draw: u32) -> (u32, f64) {
    let sampling = &choice.sampling;
    let adjusted = |(id, logit): (u32, &f32)| {
        let is_seen = choice.seen[id as usize / 32] >> (id % 32) & 1 == 1;
        let penalised = match is_seen {
            true if *logit > 0.0 => logit / sampling.repetition_penalty,
            true => logit * sampling.repetition_penalty,
            false => *logit,
        };
        let bias = choice.biases.iter().find(|bias| bias.id == id).map_or(0.0, |bias| bias.bias);
        let divisor = if sampling.temperature == 0.0 { 1.0 } else { sampling.temperature };
        (f64::from((penalised + bias) / divisor), id)
    };
    let mut kept: Vec<(f64, u32)> = (0..).zip(&choice.logits).map(adjusted).collect();
    kept.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    if sampling.temperature == 0.0 {
        return (kept[0].1, f64::INFINITY);
    }
    kept.truncate(if sampling.top_k == 0 { kept.len() } else { sampling.top_k as usize });
    let largest = kept[0].0;
    kept.iter_mut().for_each(|(logit, _)| *logit = (*logit - largest).exp());
    let mut margin = f64::INFINITY;
    // Up to which the running sum reaches a share of the whole.
    let mut reach = |kept: &[(f64, u32)], share: f64| {
        let total: f64 = kept.iter().map(|(weight, _)| weight).sum();
        let mut sum = 0.0;
        let reached = kept.iter().position(|(weight, _)| {
            sum += weight;
            margin = margin.min((sum / total - share).abs());
            sum >= share * total
        });
        reached.unwrap_or(kept.len() - 1)
    };
    if sampling.top_p < 1.0 {
        kept.truncate(reach(&kept, f64::from(sampling.top_p)) + 1);
    }
    if sampling.ln_min_p <= 0.0 {
        let least = f64::from(sampling.ln_min_p).exp();
        kept.truncate(kept.partition_point(|(weight, _)| *weight >= least).max(1));
    }
    let place = reach(&kept, uniform(sampling.seed_low, sampling.seed_high, draw));
    (kept[place].1, margin)
}

/// u in [0, 1). Source: Salmon et al. 2011, Philox2x32 with ten rounds.
pub(crate) fn uniform(seed_low: u32, seed_high: u32, draw: u32) -> f64 {
    let (mut left, mut right, mut key) = (draw, seed_high, seed_low);
    for _ in 0..10 {
        let product = u64::from(left) * 0xD256_D193;
        left = (product >> 32) as u32 ^ key ^ right;
        right = product as u32;
        key = key.wrapping_add(0x9E37_79B9);
    }
    f64::from(left >> 8) / f64::from(1 << 24)
}

#[cfg(test)]
mod tests {
    //! What kernels are held against at start is what `reference` holds true.

    use super::*;
    use crate::noise::Noise;

    /// Both are f64 within; `reference` rounds to f32 between its operations.
    const TOLERANCE: f64 = 1e-6;

    fn near(found: &[f64], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        let largest = expected.iter().fold(0.0_f64, |largest, v| largest.max(f64::from(*v).abs()));
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - f64::from(*expected)).abs() <= TOLERANCE * largest, "{found} {expected}");
        }
    }

    fn single(values: &[f64]) -> Vec<f32> {
        values.iter().map(|v| *v as f32).collect()
    }

    #[test]
    fn norms_products_and_gates_are_those_of_the_reference() {
        let mut noise = Noise::new(1);
        let (x, weight, bias) = (noise.floats(96), noise.floats(96), noise.floats(10));
        let matrix = Matrix { columns: 96, values: noise.floats(960).into_iter().map(f64::from).collect() };
        let normed = rms_norm(&x, &weight, 1e-5);
        let plain = reference::rms_norm(&x, 1e-5);
        let expected: Vec<f32> = plain.iter().zip(&weight).map(|(x, w)| x * w).collect();
        near(&normed, &expected);
        let rows = [normed];
        near(
            &matmul(&matrix, &rows, &bias),
            &reference::matmul(&single(&matrix.values), &single(&rows[0]), &bias),
        );
        let product = reference::matmul(&single(&matrix.values), &single(&rows[0]), &[]);
        near(&swiglu(&matrix, &rows, 5), &reference::swiglu(&product[..5], &product[5..]));
    }

    #[test]
    fn heads_are_turned_normed_and_warmed_as_in_the_reference() {
        let mut noise = Noise::new(2);
        let (head, inv_freq, position) = (noise.floats(64), [0.3; 32], 700);
        let params = rope_qk_norm_append::Params {
            use_rope: 1,
            use_qk_norm: 1,
            eps: 1e-5,
            floor_scale: 100,
            attn_scale: 0.1,
            ..bytemuck::Zeroable::zeroed()
        };
        let angle = f64::from(position as f32 * inv_freq[0]);
        let angles = [[angle.cos() as f32, angle.sin() as f32]; 32];
        let mut expected = head.clone();
        reference::rope(&mut expected, position, &inv_freq);
        let warm = checkpoint::Temperature { floor_scale: 100, attn_scale: 0.1 };
        let warmth = reference::temperature(&warm, position);
        let expected: Vec<f32> = reference::rms_norm(&expected, 1e-5).iter().map(|v| v * warmth).collect();
        near(&rope_qk_norm(&params, &head, &angles, position, true), &expected);
    }

    #[test]
    fn attention_mixes_as_the_reference_does() {
        let mut noise = Noise::new(3);
        let (query, keys, values) = (noise.floats(16), noise.floats(10 * 32), noise.floats(10 * 32));
        let params = attention::Params { kv_heads: 2, chunk: 6, scale: 0.25, ..bytemuck::Zeroable::zeroed() };
        let double = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<f64>>();
        let found = attention(&params, &query, 1, 9, &double(&keys), &double(&values));
        // The chunk of position 9 begins at 6; the second of two heads.
        let keys: Vec<&[f32]> = (6..10).map(|s| &keys[s * 32 + 16..][..16]).collect();
        let values: Vec<&[f32]> = (6..10).map(|s| &values[s * 32 + 16..][..16]).collect();
        near(&found, &reference::attention(&query, &keys, &values));
    }
}
