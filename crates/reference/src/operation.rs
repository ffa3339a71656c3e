//! One plain function for each operation.
//!
//! Letters: C hidden_size, S positions attended to, K kv heads, D head_dim.

use checkpoint::Temperature;

/// `x / sqrt(mean(x^2) + eps)`, without a weight. Shape (n) to (n).
pub fn rms_norm(x: &[f32], eps: f32) -> Vec<f32> {
    let mean = x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / x.len() as f64;
    let scale = 1.0 / (mean + f64::from(eps)).sqrt();
    x.iter().map(|x| (f64::from(*x) * scale) as f32).collect()
}

/// `W x + bias`. Shapes: `weight` (rows, columns), `x` (columns), `bias` (rows) or nothing; result (rows).
pub fn matmul(weight: &[f32], x: &[f32], bias: &[f32]) -> Vec<f32> {
    let rows = weight.chunks_exact(x.len()).enumerate();
    rows.map(|(r, row)| (dot(row, x) + bias.get(r).copied().map_or(0.0, f64::from)) as f32).collect()
}

/// `silu(gate) * up`. Shapes (F), (F) to (F).
pub fn swiglu(gate: &[f32], up: &[f32]) -> Vec<f32> {
    let one = |(gate, up): (f64, f64)| (gate / (1.0 + (-gate).exp()) * up) as f32;
    gate.iter().map(|v| f64::from(*v)).zip(up.iter().map(|v| f64::from(*v))).map(one).collect()
}

/// Turns one head by its position: element `i` pairs with `i + D/2`. Shapes: `head` (D), `inv_freq` (D/2).
pub fn rope(head: &mut [f32], position: u32, inv_freq: &[f32]) {
    let (first, second) = head.split_at_mut(inv_freq.len());
    for ((a, b), frequency) in first.iter_mut().zip(second).zip(inv_freq) {
        // The angle is rounded to f32, as transformers rounds it.
        let angle = f64::from(position as f32 * frequency);
        let (x, y) = (f64::from(*a), f64::from(*b));
        *a = (x * angle.cos() - y * angle.sin()) as f32;
        *b = (y * angle.cos() + x * angle.sin()) as f32;
    }
}

/// By what a query grows at `position`: `ln(1 + floor((position + 1) / floor_scale)) * attn_scale + 1`.
pub fn temperature(of: &Temperature, position: u32) -> f32 {
    let floor = f64::from((position + 1) / of.floor_scale);
    ((1.0 + floor).ln() * f64::from(of.attn_scale) + 1.0) as f32
}

/// `softmax(q K^T / sqrt(D)) V` of one head over the positions it may see.
/// Shapes: `query` (D), `keys` and `values` (S) of (D); result (D).
pub fn attention(query: &[f32], keys: &[&[f32]], values: &[&[f32]]) -> Vec<f32> {
    let scale = 1.0 / (query.len() as f64).sqrt();
    let scores: Vec<f64> = keys.iter().map(|key| dot(key, query) * scale).collect();
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mixed =
        |d: usize| weights.iter().zip(values).map(|(w, v)| w / total * f64::from(v[d])).sum::<f64>() as f32;
    (0..query.len()).map(mixed).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_come_out_as_on_paper() {
        assert_eq!(rms_norm(&[3.0, 4.0, 0.0, 0.0], 0.0), [1.2, 1.6, 0.0, 0.0]);
        assert_eq!(matmul(&[1.0, 2.0, 3.0, 4.0], &[10.0, 1.0], &[0.5, 0.0]), [12.5, 34.0]);
        assert_eq!(swiglu(&[0.0, 100.0], &[7.0, 2.0]), [0.0, 200.0]);
        let mut head = [1.0, 0.0, 0.0, 1.0];
        rope(&mut head, 1, &[std::f32::consts::FRAC_PI_2, 0.0]);
        assert!(
            head.iter().zip([0.0, 0.0, 1.0, 1.0]).all(|(found, expected)| (found - expected).abs() < 1e-6)
        );
        assert_eq!(temperature(&Temperature { floor_scale: 4, attn_scale: 0.5 }, 2), 1.0);
        assert_eq!(
            temperature(&Temperature { floor_scale: 4, attn_scale: 0.5 }, 3),
            2.0_f32.ln() * 0.5 + 1.0
        );
        let far = [50.0; 4];
        let mixed = attention(&[1.0; 4], &[&[0.0; 4], &far], &[&[1.0; 4], &[3.0; 4]]);
        assert_eq!(mixed, [3.0; 4]);
    }
}
