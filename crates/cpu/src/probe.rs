//! How fast this processor is, before there is a model.

use checkpoint::Dtype;

use crate::Error;
use crate::crew::Crew;
use crate::input::Input;
use crate::matrix::Matrix;
use crate::product::{Activations, Product};
use crate::simd::{Machine, ROWS};

/// Stretches of the time that are timed each for itself.
const STRETCHES: u32 = 5;

/// Milliseconds that a product of a square q4 matrix of `side` rows with one token takes here, timed for `within_ms`: the
/// mean of the best stretch of that, as a browser compiles a second time while it runs.
///
/// # Errors
/// There is no memory.
///
/// # Panics
/// `side` is no multiple of 32.
pub fn probe(
    side: u32,
    activations: Activations,
    threads: usize,
    within_ms: f64,
    now_ms: &dyn Fn() -> f64,
) -> Result<f64, Error> {
    let (machine, crew) = (Machine::find(), Crew::new(threads));
    let matrix = Matrix::allocate(Dtype::Q4, side, side)?;
    let mut input = Input::default();
    input.reset(1, side as usize).fill(1.0);
    let mut y = vec![[0.0; ROWS]; matrix.panels()];
    let piece = matrix.panels().div_ceil(crew.threads());
    let mut product = || {
        if activations == Activations::Int8 {
            input.round(machine);
        }
        let panels = 0..matrix.panels();
        let product = Product { matrix: &matrix, panels, input: &input, activations, y: &mut y, adds: false };
        let pieces = product.cut(piece).collect();
        crew.gather(|| crew.each(pieces, |piece: Product<'_>| piece.compute(machine)));
    };
    let mut stretch = || {
        let (started_ms, mut count) = (now_ms(), 0.0);
        loop {
            product();
            count += 1.0;
            let taken_ms = now_ms() - started_ms;
            if taken_ms >= within_ms / f64::from(STRETCHES) {
                return taken_ms / count;
            }
        }
    };
    Ok((0..STRETCHES).map(|_| stretch()).fold(f64::INFINITY, f64::min))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_product_takes_its_share_of_the_time() {
        let ticks = Cell::new(0.0);
        let now_ms = || ticks.replace(ticks.get() + 1.0);
        for threads in [1, 3] {
            assert_eq!(probe(64, Activations::Int8, threads, 40.0, &now_ms).unwrap(), 1.0);
        }
    }
}
