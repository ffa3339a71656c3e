//! e to the x, and what is made of it.

use crate::simd::{Machine, ROWS, Simd, TO_INTEGER, Task};

/// e^x within 2e-7 of itself; below -87 it stays at 1.6e-38.
///
/// x is n ln 2 + r with |r| <= ln 2 / 2: 2^n goes into the exponent, e^r is a polynomial.
/// Source: Cephes, `expf`.
#[inline(always)]
pub(crate) fn exp<S: Simd>(s: S, x: S::Floats) -> S::Floats {
    let x = s.min(s.max(x, s.floats(-87.0)), s.floats(88.0));
    let shifted = s.mul_add(x, s.floats(std::f32::consts::LOG2_E), s.floats(TO_INTEGER));
    let n = s.sub(shifted, s.floats(TO_INTEGER));
    let r = s.mul_add(n, s.floats(-0.693_359_4), x);
    let r = s.mul_add(n, s.floats(2.121_944_4e-4), r);
    let mut y = s.floats(1.987_569_1e-4);
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        y = s.mul_add(y, r, s.floats(coefficient));
    }
    let y = s.mul_add(y, s.mul(r, r), s.add(r, s.floats(1.0)));
    s.as_floats(s.add_words(s.as_words(y), s.shl(s.as_words(shifted), 23)))
}

/// silu(gate) * up into gate, sixteen and sixteen.
struct Swiglu<'a> {
    gate: &'a mut [[f32; ROWS]],
    up: &'a [[f32; ROWS]],
}

/// `gate = gate / (1 + exp(-gate)) * up`. Shapes: the same.
pub(crate) fn swiglu(machine: Machine, gate: &mut [[f32; ROWS]], up: &[[f32; ROWS]]) {
    machine.run(Swiglu { gate, up });
}

impl Task for Swiglu<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        for (gate, up) in self.gate.iter_mut().zip(self.up) {
            for at in (0..ROWS).step_by(S::LANES) {
                let (g, u) = (s.load_floats(gate, at), s.load_floats(up, at));
                let grown = s.add(s.floats(1.0), exp(s, s.sub(s.floats(0.0), g)));
                s.store(s.mul(s.div(g, grown), u), gate, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Exp<'a>(&'a mut [f32; ROWS]);

    impl Task for Exp<'_> {
        #[inline(always)]
        fn run<S: Simd>(self, s: S) {
            for at in (0..ROWS).step_by(S::LANES) {
                s.store(exp(s, s.load_floats(self.0, at)), self.0, at);
            }
        }
    }

    #[test]
    fn every_machine_raises_e_as_f64_does() {
        for machine in Machine::all() {
            let mut worst = 0.0_f64;
            let steps: i32 = if cfg!(miri) { 8 } else { 4000 };
            for step in -steps..=steps {
                let x: [f32; ROWS] =
                    std::array::from_fn(|lane| (step as f32 + lane as f32 / 16.0) * 87.0 / 4001.0);
                let mut y = x;
                machine.run(Exp(&mut y));
                for (x, y) in x.into_iter().zip(y) {
                    let expected = f64::from(x).exp();
                    worst = worst.max((f64::from(y) - expected).abs() / expected);
                }
            }
            assert!(worst < 2e-7, "{}: {worst:.1e}", machine.name());
            let mut far = [-1e30; ROWS];
            machine.run(Exp(&mut far));
            assert!(far.iter().all(|y| (0.0..2e-38).contains(y)), "{}: {far:?}", machine.name());
        }
    }

    #[test]
    fn swiglu_is_that_of_the_reference() {
        for machine in Machine::all() {
            let mut gate = [std::array::from_fn(|lane| lane as f32 * 12.0 - 90.0)];
            let up = [std::array::from_fn(|lane| 3.0 - lane as f32)];
            let expected = reference::swiglu(&gate[0], &up[0]);
            swiglu(machine, &mut gate, &up);
            for (found, expected) in gate[0].iter().zip(expected) {
                assert!((found - expected).abs() <= 1e-6 * expected.abs() + 1e-30, "{found} {expected}");
            }
        }
    }
}
