//! What a matrix is multiplied with: the activations of some tokens, as floats and as bytes.

use bytemuck::cast;

use crate::simd::{Machine, ROWS, Simd, TO_INTEGER, Task, over_lanes};

/// Activations of T tokens, (T, columns), in blocks of 32.
#[derive(Default)]
pub(crate) struct Input {
    pub(crate) columns: usize,
    /// (T, columns).
    pub(crate) values: Vec<f32>,
    /// (T, blocks): 32 signed bytes, four a word.
    pub(crate) words: Vec<[u32; 8]>,
    /// (T, blocks): value = scale * byte.
    pub(crate) scales: Vec<f32>,
    /// (T, blocks): of each half of a block, the sum of what its bytes stand for.
    pub(crate) sums: Vec<[f32; 2]>,
}

impl Input {
    /// Makes room for other activations and gives it to be filled, (T, columns).
    pub(crate) fn reset(&mut self, tokens: usize, columns: usize) -> &mut [f32] {
        self.columns = columns;
        self.values.resize(tokens * columns, 0.0);
        &mut self.values
    }

    /// T.
    pub(crate) fn tokens(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Blocks of a token.
    pub(crate) fn blocks(&self) -> usize {
        self.columns / 32
    }

    /// The values of a token.
    pub(crate) fn row(&self, token: usize) -> &[f32] {
        &self.values[token * self.columns..][..self.columns]
    }

    /// What the bytes of a token stand for.
    pub(crate) fn rounded(&self, token: usize) -> Vec<f32> {
        let blocks = token * self.blocks()..(token + 1) * self.blocks();
        let values = |(words, scale): (&[u32; 8], &f32)| {
            let bytes: [i8; 32] = cast(words.map(u32::to_le));
            bytes.map(|byte| f32::from(byte) * scale)
        };
        self.words[blocks.clone()].iter().zip(&self.scales[blocks]).flat_map(values).collect()
    }

    /// Rounds each block to signed bytes with a scale of its own: what a product with bytes needs.
    pub(crate) fn round(&mut self, machine: Machine) {
        machine.run(Round(self));
    }
}

struct Round<'a>(&'a mut Input);

impl Task for Round<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Input { values, words, scales, sums, .. } = self.0;
        words.clear();
        scales.clear();
        sums.clear();
        for block in values.as_chunks::<32>().0 {
            let largest = over_lanes(s, magnitudes(s, block), 0.0, f32::max);
            let (bytes, scale) = round_block(block, largest);
            let sum = |half: &[i8]| half.iter().map(|byte| i32::from(*byte)).sum::<i32>() as f32 * scale;
            sums.push([sum(&bytes[..16]), sum(&bytes[16..])]);
            words.push(cast::<[i8; 32], [u32; 8]>(bytes).map(u32::to_le));
            scales.push(scale);
        }
    }
}

/// The largest magnitudes of a block, one a lane.
#[inline(always)]
fn magnitudes<S: Simd>(s: S, block: &[f32; 32]) -> S::Floats {
    let mut largest = s.floats(0.0);
    for half in block.as_chunks().0 {
        for at in (0..ROWS).step_by(S::LANES) {
            let bits = s.and(s.as_words(s.load_floats(half, at)), s.words(0x7FFF_FFFF));
            largest = s.max(largest, s.as_floats(bits));
        }
    }
    largest
}

/// Nearest bytes of -127 to 127, and what one of them stands for.
#[inline(always)]
fn round_block(block: &[f32; 32], largest: f32) -> ([i8; 32], f32) {
    let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
    let bytes = block.map(|value| (value * inverse + TO_INTEGER).to_bits() as i8);
    (bytes, largest / 127.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_values_are_within_half_a_step_and_sums_are_theirs() {
        let mut input = Input::default();
        for (i, value) in input.reset(2, 64).iter_mut().enumerate() {
            *value = match i / 32 {
                0 => 0.0,
                1 => i as f32 * 1e30 - 5e31,
                2 => (i as f32 * 0.7).sin(),
                _ => {
                    if i == 100 {
                        -3.0
                    } else {
                        1e-9
                    }
                }
            };
        }
        input.round(Machine::find());
        for token in 0..2 {
            for (block, (found, values)) in
                input.rounded(token).chunks(32).zip(input.row(token).chunks(32)).enumerate()
            {
                let at = token * 2 + block;
                for (found, value) in found.iter().zip(values) {
                    assert!((found - value).abs() <= input.scales[at] * 0.5001, "{found} {value}");
                }
                let sums = [0, 16].map(|half| found[half..half + 16].iter().sum::<f32>());
                for (sum, expected) in input.sums[at].iter().zip(sums) {
                    assert!((sum - expected).abs() <= 1e-5 * input.scales[at] * 127.0 * 16.0);
                }
            }
        }
    }
}
