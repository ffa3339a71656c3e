//! Products of packed matrices with the activations of some tokens: where nearly all of the time goes.
//!
//! A tile is a panel's vectors times a few tokens. Its sums stay in registers from the first block to the last, each word of
//! weights is unpacked once for all its tokens, and a word of activations meets sixteen rows.
#![expect(clippy::needless_range_loop, reason = "a tile is walked by the numbers of its vectors and tokens")]

use std::marker::PhantomData;
use std::ops::Range;

use checkpoint::Dtype;

use crate::blocks::{Bf16, Elements, F16, F32, Levels, Q4, Q4_1, Q4K, Q5_0, Q5_1, Q5K, Q6K, Q8};
use crate::input::Input;
use crate::matrix::{Matrix, Panel};
use crate::simd::{Machine, ROWS, Simd, Task};

/// How activations are multiplied with quantised weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activations {
    /// Rounded to signed bytes, each block of 32 with a scale of its own.
    #[default]
    Int8,
    /// As they are.
    F32,
}

impl Activations {
    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Int8, Self::F32].into_iter().find(|activations| activations.name() == name)
    }

    /// Its name, as options and reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::F32 => "f32",
        }
    }
}

/// A product, or some panels of it: y = W x, or y + W x where it `adds`.
pub(crate) struct Product<'a> {
    pub(crate) matrix: &'a Matrix,
    pub(crate) panels: Range<usize>,
    pub(crate) input: &'a Input,
    pub(crate) activations: Activations,
    /// (panels, T) of 16 rows.
    pub(crate) y: &'a mut [[f32; ROWS]],
    pub(crate) adds: bool,
}

impl Product<'_> {
    /// Computes it.
    pub(crate) fn compute(self, machine: Machine) {
        match (self.matrix.dtype, self.activations) {
            (Dtype::F32, _) => machine.run(Floats(self, PhantomData::<F32>)),
            (Dtype::F16, _) => machine.run(Floats(self, PhantomData::<F16>)),
            (Dtype::Bf16, _) => machine.run(Floats(self, PhantomData::<Bf16>)),
            (Dtype::Q8, Activations::F32) => machine.run(Floats(self, PhantomData::<Q8>)),
            (Dtype::Q6K, Activations::F32) => machine.run(Floats(self, PhantomData::<Q6K>)),
            (Dtype::Q5K, Activations::F32) => machine.run(Floats(self, PhantomData::<Q5K>)),
            (Dtype::Q5_0, Activations::F32) => machine.run(Floats(self, PhantomData::<Q5_0>)),
            (Dtype::Q5_1, Activations::F32) => machine.run(Floats(self, PhantomData::<Q5_1>)),
            (Dtype::Q4K, Activations::F32) => machine.run(Floats(self, PhantomData::<Q4K>)),
            (Dtype::Q4, Activations::F32) => machine.run(Floats(self, PhantomData::<Q4>)),
            (Dtype::Q4_1, Activations::F32) => machine.run(Floats(self, PhantomData::<Q4_1>)),
            (Dtype::Q8, Activations::Int8) => machine.run(Bytes(self, PhantomData::<Q8>)),
            (Dtype::Q6K, Activations::Int8) => machine.run(Bytes(self, PhantomData::<Q6K>)),
            (Dtype::Q5K, Activations::Int8) => machine.run(Bytes(self, PhantomData::<Q5K>)),
            (Dtype::Q5_0, Activations::Int8) => machine.run(Bytes(self, PhantomData::<Q5_0>)),
            (Dtype::Q5_1, Activations::Int8) => machine.run(Bytes(self, PhantomData::<Q5_1>)),
            (Dtype::Q4K, Activations::Int8) => machine.run(Bytes(self, PhantomData::<Q4K>)),
            (Dtype::Q4, Activations::Int8) => machine.run(Bytes(self, PhantomData::<Q4>)),
            (Dtype::Q4_1, Activations::Int8) => machine.run(Bytes(self, PhantomData::<Q4_1>)),
        }
    }
}

/// Activations as bytes.
struct Bytes<'a, L>(Product<'a>, PhantomData<L>);

/// Activations as floats.
struct Floats<'a, E>(Product<'a>, PhantomData<E>);

impl<L: Levels> Task for Bytes<'_, L> {
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Self(product, _) = self;
        let tokens = product.input.tokens();
        for (index, y) in product.panels.zip(product.y.chunks_exact_mut(tokens)) {
            let (panel, input) = (product.matrix.panel(index), product.input);
            let mut token = 0;
            while token < tokens {
                let y = &mut y[token..];
                token += match (tokens - token, S::DECODE_VECTORS) {
                    (1, 4) => bytes::<S, L, 4, 1>(s, panel, input, token, y, product.adds),
                    (1, 2) => bytes::<S, L, 2, 1>(s, panel, input, token, y, product.adds),
                    (1, _) => bytes::<S, L, 1, 1>(s, panel, input, token, y, product.adds),
                    (_, 4) => bytes::<S, L, 2, 4>(s, panel, input, token, y, product.adds),
                    (2..=4, _) | (_, 2) => bytes::<S, L, 1, 4>(s, panel, input, token, y, product.adds),
                    _ => bytes::<S, L, 1, 8>(s, panel, input, token, y, product.adds),
                };
            }
        }
    }
}

impl<E: Elements> Task for Floats<'_, E> {
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Self(product, _) = self;
        let (input, tokens) = (product.input, product.input.tokens());
        for (index, y) in product.panels.zip(product.y.chunks_exact_mut(tokens)) {
            let x = Floating { values: &input.values, sums: &input.sums, stride: input.columns };
            floats_of_panel::<S, E>(s, product.matrix.panel(index), input.blocks(), x, y, product.adds);
        }
    }
}

/// Which quarter of a block comes next: what shares a word of nibbles follows one another.
#[inline(always)]
const fn order(parts: usize, part: usize, i: usize) -> usize {
    if parts == 1 { i / 2 + i % 2 * 4 } else { part * 4 + i }
}

/// A tile of `V` vectors and `T` tokens from `token` on; tells how many tokens that were.
#[inline(always)]
fn bytes<S: Simd, L: Levels, const V: usize, const T: usize>(
    s: S,
    panel: Panel<'_>,
    input: &Input,
    token: usize,
    y: &mut [[f32; ROWS]],
    adds: bool,
) -> usize {
    let (blocks, count) = (input.blocks(), y.len().min(T));
    let has_bias = L::IS_SIGNED && S::SIGNED_BIAS != 0;
    let zero = s.floats(-(L::ZERO as f32 + if L::IS_SIGNED { S::SIGNED_BIAS as f32 } else { 0.0 }));
    let mut rows = [(&input.words[..0], &input.scales[..0], &input.sums[..0]); T];
    for t in 0..T {
        // What there are too few tokens for is computed again and dropped.
        let at = (token + t.min(count - 1)) * blocks;
        rows[t] = (&input.words[at..][..blocks], &input.scales[at..][..blocks], &input.sums[at..][..blocks]);
    }
    for first in (0..ROWS).step_by(V * S::LANES) {
        let mut totals = [[s.floats(0.0); T]; V];
        for block in 0..blocks {
            for part in 0..L::PARTS {
                let mut sums = [[s.no_sums(); T]; V];
                for i in 0..8 / L::PARTS {
                    let k = order(L::PARTS, part, i);
                    let mut x = [s.splat(0); T];
                    for t in 0..T {
                        let word = rows[t].0[block][k];
                        x[t] = if L::IS_SIGNED { s.splat_signed(word) } else { s.splat(word) };
                    }
                    for v in 0..V {
                        let levels = L::levels(s, panel, block, k, first + v * S::LANES);
                        let level = if L::IS_SIGNED { s.level_signed(levels) } else { s.level(levels) };
                        for t in 0..T {
                            sums[v][t] = match L::IS_SIGNED {
                                true => s.dot4_signed(sums[v][t], level, x[t]),
                                false => s.dot4(sums[v][t], level, x[t]),
                            };
                        }
                    }
                }
                for v in 0..V {
                    let [scale, minimum] = L::scale(s, panel, block, part, first + v * S::LANES);
                    let offset = s.mul_add(zero, scale, minimum);
                    for t in 0..T {
                        let scale = s.mul(scale, s.floats(rows[t].1[block]));
                        let sum = if L::IS_SIGNED { s.lanes_signed(sums[v][t]) } else { s.lanes(sums[v][t]) };
                        totals[v][t] = s.mul_add(s.to_floats(sum), scale, totals[v][t]);
                        if L::ZERO != 0 || L::HAS_MINIMUM || has_bias {
                            let sums = rows[t].2[block];
                            let sum = if L::PARTS == 1 { sums[0] + sums[1] } else { sums[part] };
                            totals[v][t] = s.mul_add(offset, s.floats(sum), totals[v][t]);
                        }
                    }
                }
            }
        }
        put(s, &totals, first, &mut y[..count], adds);
    }
    count
}

/// Activations as a product with floats reads them: rows of `stride`.
#[derive(Clone, Copy)]
pub(crate) struct Floating<'a> {
    pub(crate) values: &'a [f32],
    /// As [`Input::sums`]; nothing where no weight is quantised.
    pub(crate) sums: &'a [[f32; 2]],
    pub(crate) stride: usize,
}

/// A panel times the rows of `x`, as many as `y` has.
#[inline(always)]
pub(crate) fn floats_of_panel<S: Simd, E: Elements>(
    s: S,
    panel: Panel<'_>,
    blocks: usize,
    x: Floating<'_>,
    y: &mut [[f32; ROWS]],
    adds: bool,
) {
    let mut token = 0;
    while token < y.len() {
        let y = &mut y[token..];
        token += match (y.len(), S::DECODE_VECTORS) {
            (1, 4) => floats::<S, E, 4, 1>(s, panel, blocks, x, token, y, adds),
            (1, 2) => floats::<S, E, 2, 1>(s, panel, blocks, x, token, y, adds),
            (1, _) => floats::<S, E, 1, 1>(s, panel, blocks, x, token, y, adds),
            (_, 4) => floats::<S, E, 2, 4>(s, panel, blocks, x, token, y, adds),
            (2..=4, _) | (_, 2) => floats::<S, E, 1, 4>(s, panel, blocks, x, token, y, adds),
            _ => floats::<S, E, 1, 8>(s, panel, blocks, x, token, y, adds),
        };
    }
}

/// As [`bytes`], in floats.
#[inline(always)]
fn floats<S: Simd, E: Elements, const V: usize, const T: usize>(
    s: S,
    panel: Panel<'_>,
    blocks: usize,
    x: Floating<'_>,
    token: usize,
    y: &mut [[f32; ROWS]],
    adds: bool,
) -> usize {
    let count = y.len().min(T);
    let mut rows = [&x.values.as_chunks::<32>().0[..0]; T];
    let mut sums = [&x.sums[..0]; T];
    for t in 0..T {
        let row = token + t.min(count - 1);
        rows[t] = &x.values[row * x.stride..].as_chunks().0[..blocks];
        if E::HAS_MINIMUM {
            sums[t] = &x.sums[row * blocks..][..blocks];
        }
    }
    for first in (0..ROWS).step_by(V * S::LANES) {
        let mut totals = [[s.floats(0.0); T]; V];
        for block in 0..blocks {
            for part in 0..E::PARTS {
                let mut products = [[s.floats(0.0); T]; V];
                for i in 0..32 / E::PARTS {
                    let element = order(E::PARTS, part, i / 4) * 4 + i % 4;
                    for v in 0..V {
                        let weight = E::element(s, panel, block, element, first + v * S::LANES);
                        for t in 0..T {
                            let x = s.floats(rows[t][block][element]);
                            products[v][t] = s.mul_add(weight, x, products[v][t]);
                        }
                    }
                }
                for v in 0..V {
                    let [scale, minimum] = E::scale(s, panel, block, part, first + v * S::LANES);
                    for t in 0..T {
                        totals[v][t] = match E::IS_SCALED {
                            true => s.mul_add(scale, products[v][t], totals[v][t]),
                            false => s.add(products[v][t], totals[v][t]),
                        };
                        if E::HAS_MINIMUM {
                            let sum = sums[t][block][0] + sums[t][block][1];
                            totals[v][t] = s.mul_add(minimum, s.floats(sum), totals[v][t]);
                        }
                    }
                }
            }
        }
        put(s, &totals, first, &mut y[..count], adds);
    }
    count
}

/// Puts a tile where it belongs.
#[inline(always)]
fn put<S: Simd, const V: usize, const T: usize>(
    s: S,
    totals: &[[S::Floats; T]; V],
    first: usize,
    y: &mut [[f32; ROWS]],
    adds: bool,
) {
    for v in 0..V {
        let at = first + v * S::LANES;
        for (t, y) in y.iter_mut().enumerate() {
            let total = match adds {
                true => s.add(s.load_floats(y, at), totals[v][t]),
                false => totals[v][t],
            };
            s.store(total, y, at);
        }
    }
}
