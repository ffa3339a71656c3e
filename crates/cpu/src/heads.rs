//! What happens to activations between products: norms, biases, and the turning of heads.

use checkpoint::LayerConfig;

use crate::input::Input;
use crate::simd::ROWS;

/// `x / sqrt(mean(x^2) + eps) * weight` of T tokens, from a grid into rows.
pub(crate) fn norm(x: &[[f32; ROWS]], weight: &[f32], eps: f32, input: &mut Input, tokens: usize) {
    let columns = weight.len();
    let rows = input.reset(tokens, columns);
    for (t, row) in rows.chunks_exact_mut(columns).enumerate() {
        let mut sums = [0.0; ROWS];
        for values in x.chunks_exact(tokens).map(|panel| &panel[t]) {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value * value;
            }
        }
        let scale = 1.0 / (sums.iter().sum::<f32>() / columns as f32 + eps).sqrt();
        let panels = row.as_chunks_mut::<ROWS>().0.iter_mut().zip(weight.as_chunks::<ROWS>().0);
        for ((row, weight), values) in panels.zip(x.chunks_exact(tokens).map(|panel| &panel[t])) {
            for ((y, weight), value) in row.iter_mut().zip(weight).zip(values) {
                *y = value * scale * weight;
            }
        }
    }
}

/// Adds a bias to every token of a grid; one without elements adds nothing.
pub(crate) fn add_bias(grid: &mut [[f32; ROWS]], bias: &[f32], tokens: usize) {
    for (panel, bias) in grid.chunks_exact_mut(tokens).zip(bias.chunks(ROWS)) {
        for values in panel {
            values.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
        }
    }
}

/// Head `index` of token `t` out of a grid.
pub(crate) fn head(grid: &[[f32; ROWS]], index: usize, t: usize, tokens: usize, out: &mut [f32]) {
    let first = index * out.len();
    for (d, out) in out.iter_mut().enumerate() {
        let row = first + d;
        *out = grid[row / ROWS * tokens + t][row % ROWS];
    }
}

/// Turns a query or key by its position and norms it, as its layer does; element `i` pairs with `i + D/2`.
pub(crate) fn turn(head: &mut [f32], rotation: &[[f32; 2]], rules: &LayerConfig, eps: f32) {
    if rules.use_rope {
        let (first, second) = head.split_at_mut(rotation.len());
        for ((a, b), [cos, sin]) in first.iter_mut().zip(second).zip(rotation) {
            (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
        }
    }
    if rules.use_qk_norm {
        let mean = head.iter().map(|value| value * value).sum::<f32>() / head.len() as f32;
        let scale = 1.0 / (mean + eps).sqrt();
        head.iter_mut().for_each(|value| *value *= scale);
    }
}
