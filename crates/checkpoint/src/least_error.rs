//! The scale of a block that loses least.
//!
//! What an element loses counts by its square and the mean square of its block: a large weight moves a sum more often
//! than a small one, and no weight is worth nothing.

/// The whole numbers a scale is multiplied by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Levels {
    pub(crate) low: f32,
    pub(crate) high: f32,
}

/// How far from the plain scale others are tried, in levels of the largest value, and how many to each side.
const REACH: f32 = 0.9;
const STEPS: i32 = 3;

/// Values that are summed side by side: what a compiler makes into one instruction.
const LANES: usize = 8;
/// Added to a number below 2^22 in magnitude and taken away again, it leaves the nearest whole one, the even one of two.
const WHOLE: f32 = 12_582_912.0;

impl Levels {
    /// The level nearest to `ratio`, a value over a scale.
    pub(crate) fn nearest(self, ratio: f32) -> f32 {
        (ratio.clamp(self.low, self.high) + WHOLE) - WHOLE
    }
}

/// The scale that loses least among some: for each way to place the largest value near the lowest or the highest level
/// all others find their levels, and the scale is then what fits these levels best.
pub(crate) fn scale_of_least_error(values: &[f32], levels: Levels) -> f32 {
    let extreme = extreme(values);
    if extreme == 0.0 {
        return 0.0;
    }
    let mean = mean_square(values);
    let (mut best, mut gain) = (0.0, -1.0);
    for step in -STEPS..=STEPS {
        let inverse = (levels.low + REACH * step as f32 / STEPS as f32) / extreme;
        let (mut along, mut across) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        for values in values.as_chunks::<LANES>().0 {
            for (lane, value) in values.iter().enumerate() {
                let level = levels.nearest(value * inverse);
                let weighted = (mean + value * value) * level;
                along[lane] += weighted * value;
                across[lane] += weighted * level;
            }
        }
        let (along, across): (f32, f32) = (along.iter().sum(), across.iter().sum());
        // The error is that of no levels at all less along^2 / across.
        if across > 0.0 && along * along > gain * across {
            (best, gain) = (along / across, along * along / across);
        }
    }
    best
}

/// What a block loses by a scale.
pub(crate) fn error(values: &[f32], scale: f32, levels: Levels) -> f32 {
    let mean = mean_square(values);
    let inverse = inverse(scale);
    let mut lost = [0.0_f32; LANES];
    for values in values.as_chunks::<LANES>().0 {
        for (lane, value) in values.iter().enumerate() {
            let rest = value - scale * levels.nearest(value * inverse);
            lost[lane] += (mean + value * value) * rest * rest;
        }
    }
    lost.iter().sum()
}

/// The value of largest magnitude.
pub(crate) fn extreme(values: &[f32]) -> f32 {
    values.iter().fold(0.0_f32, |largest, v| if v.abs() > largest.abs() { *v } else { largest })
}

/// One over the scale; of no scale at all, nothing.
pub(crate) fn inverse(scale: f32) -> f32 {
    if scale == 0.0 { 0.0 } else { 1.0 / scale }
}

fn mean_square(values: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for values in values.as_chunks::<LANES>().0 {
        for (lane, value) in values.iter().enumerate() {
            sums[lane] += value * value;
        }
    }
    sums.iter().sum::<f32>() / values.len() as f32
}
