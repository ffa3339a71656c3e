//! Products of packed matrices with the activations of some tokens: where nearly all of the time goes.
//!
//! A tile is a panel's vectors times a few tokens. Its sums stay in registers from the first block to the last, each word of
//! weights is unpacked once for all its tokens, and a word of activations meets sixteen rows.
#![expect(clippy::needless_range_loop, reason = "a tile is walked by the numbers of its vectors and tokens")]

use std::marker::PhantomData;
use std::ops::Range;

use bytemuck::cast_mut;
use checkpoint::Dtype;

use crate::blocks::{
    Bf16, Elements, F16, F32, Levels, Q4, Q4_1, Q4K, Q5_0, Q5_1, Q5K, Q6K, Q8, byte, signed_byte,
};
use crate::input::Input;
use crate::matrix::{Matrix, Panel};
use crate::simd::{Line, Machine, ROWS, Simd, Task};

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

impl<'a> Product<'a> {
    /// The same cut into pieces of so many panels.
    pub(crate) fn cut(self, panels: usize) -> impl Iterator<Item = Product<'a>> {
        let Self { matrix, panels: Range { start, end }, input, activations, y, adds } = self;
        y.chunks_mut(panels * input.tokens()).zip((start..end).step_by(panels)).map(move |(y, first)| {
            let panels = first..(first + panels).min(end);
            Product { matrix, panels, input, activations, y, adds }
        })
    }

    /// Computes it.
    pub(crate) fn compute(self, machine: Machine) {
        match (self.matrix.dtype, self.activations) {
            (Dtype::F32, _) => machine.run(Floats(self, PhantomData::<F32>)),
            (Dtype::F16, _) => machine.run(Floats(self, PhantomData::<F16>)),
            (Dtype::Bf16, _) => machine.run(Floats(self, PhantomData::<Bf16>)),
            (Dtype::Q8, Activations::F32) => machine.run(Unpacked(self, PhantomData::<Q8>)),
            (Dtype::Q6K, Activations::F32) => machine.run(Unpacked(self, PhantomData::<Q6K>)),
            (Dtype::Q5K, Activations::F32) => machine.run(Unpacked(self, PhantomData::<Q5K>)),
            (Dtype::Q5_0, Activations::F32) => machine.run(Unpacked(self, PhantomData::<Q5_0>)),
            (Dtype::Q5_1, Activations::F32) => machine.run(Unpacked(self, PhantomData::<Q5_1>)),
            (Dtype::Q4K, Activations::F32) => machine.run(Unpacked(self, PhantomData::<Q4K>)),
            (Dtype::Q4, Activations::F32) => machine.run(Unpacked(self, PhantomData::<Q4>)),
            (Dtype::Q4_1, Activations::F32) => machine.run(Unpacked(self, PhantomData::<Q4_1>)),
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

/// Weights that are floats, or halves of floats.
struct Floats<'a, E>(Product<'a>, PhantomData<E>);

/// Quantised weights and activations as floats: a panel is unpacked once for all tokens.
struct Unpacked<'a, L>(Product<'a>, PhantomData<L>);

impl<L: Levels> Task for Bytes<'_, L> {
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Self(product, _) = self;
        let tokens = product.input.tokens();
        let is_nibbles = L::ARE_NIBBLES && s.is_quick_with_nibbles();
        for (index, y) in product.panels.zip(product.y.chunks_exact_mut(tokens)) {
            let panel = product.matrix.panel(index);
            if is_nibbles {
                bytes_of_panel::<S, L, true>(s, panel, product.input, y, product.adds);
            } else {
                bytes_of_panel::<S, L, false>(s, panel, product.input, y, product.adds);
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
            let x = Floating { values: &input.values, stride: input.columns };
            floats_of_panel::<S, E>(s, product.matrix.panel(index), input.blocks(), x, y, product.adds);
        }
    }
}

impl<L: Levels> Task for Unpacked<'_, L> {
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Self(product, _) = self;
        let (input, tokens) = (product.input, product.input.tokens());
        let mut lines = vec![Line::default(); input.columns];
        for (index, y) in product.panels.zip(product.y.chunks_exact_mut(tokens)) {
            unpack::<S, L>(s, product.matrix.panel(index), &mut lines);
            let panel = Panel { scales: &[], quants: &lines };
            let x = Floating { values: &input.values, stride: input.columns };
            floats_of_panel::<S, F32>(s, panel, input.blocks(), x, y, product.adds);
        }
    }
}

/// A panel's weights as floats, a line each.
#[inline(always)]
fn unpack<S: Simd, L: Levels>(s: S, panel: Panel<'_>, lines: &mut [Line]) {
    for (index, four) in lines.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let (block, k) = (index / 8, index % 8);
        for at in (0..ROWS).step_by(S::LANES) {
            let [scale, minimum] = L::scale(s, panel, block, k / (8 / L::PARTS), at);
            let levels = L::levels(s, panel, block, k, at);
            for (j, line) in four.iter_mut().enumerate() {
                let level = if L::IS_SIGNED { signed_byte(s, levels, j) } else { byte(s, levels, j) };
                let level = s.sub(level, s.floats(L::ZERO as f32));
                s.store(s.mul_add(scale, level, minimum), cast_mut(&mut line.0), at);
            }
        }
    }
}

/// What a product with bytes reads of a token: words, scales and sums of its blocks.
type Rounded<'a> = (&'a [[u32; 8]], &'a [f32], &'a [[f32; 2]]);

/// A panel times all tokens; with `N` by what the machine has for nibbles.
#[inline(always)]
fn bytes_of_panel<S: Simd, L: Levels, const N: bool>(
    s: S,
    panel: Panel<'_>,
    input: &Input,
    y: &mut [[f32; ROWS]],
    adds: bool,
) {
    let mut token = 0;
    while token < y.len() {
        let y = &mut y[token..];
        token += match (y.len(), S::DECODE_VECTORS, S::TILE_TOKENS) {
            (1, 4, _) => bytes::<S, L, N, 4, 1>(s, panel, input, token, y, adds),
            (1, 2, _) => bytes::<S, L, N, 2, 1>(s, panel, input, token, y, adds),
            (1, _, _) => bytes::<S, L, N, 1, 1>(s, panel, input, token, y, adds),
            (2..=4, 1 | 2, _) | (_, 1 | 2, 4) => bytes::<S, L, N, 1, 4>(s, panel, input, token, y, adds),
            (2..=4, _, _) | (_, _, 4) => bytes::<S, L, N, 2, 4>(s, panel, input, token, y, adds),
            _ => bytes::<S, L, N, 1, 8>(s, panel, input, token, y, adds),
        };
    }
}

/// A tile of `V` vectors and `T` tokens from `token` on; tells how many tokens that were.
#[inline(always)]
fn bytes<S: Simd, L: Levels, const N: bool, const V: usize, const T: usize>(
    s: S,
    panel: Panel<'_>,
    input: &Input,
    token: usize,
    y: &mut [[f32; ROWS]],
    adds: bool,
) -> usize {
    let (blocks, count) = (input.blocks(), y.len().min(T));
    let mut rows: [Rounded<'_>; T] = [(&[], &[], &[]); T];
    for t in 0..T {
        // What there are too few tokens for is computed again and dropped.
        let at = (token + t.min(count - 1)) * blocks;
        rows[t] = (&input.words[at..][..blocks], &input.scales[at..][..blocks], &input.sums[at..][..blocks]);
    }
    for first in (0..ROWS).step_by(V * S::LANES) {
        let mut totals = [[s.floats(0.0); T]; V];
        for block in 0..blocks {
            bytes_of_part::<S, L, N, V, T, 0>(s, panel, block, &rows, first, &mut totals);
            if L::PARTS == 2 {
                bytes_of_part::<S, L, N, V, T, 1>(s, panel, block, &rows, first, &mut totals);
            }
        }
        put(s, &totals, first, &mut y[..count], adds);
    }
    count
}

/// Adds the products of a part of a block to a tile. Words are told one by one: what shares a line of nibbles stands
/// together, and a loop that is not unrolled would keep sums in memory.
#[inline(always)]
fn bytes_of_part<S: Simd, L: Levels, const N: bool, const V: usize, const T: usize, const PART: usize>(
    s: S,
    panel: Panel<'_>,
    block: usize,
    rows: &[Rounded<'_>; T],
    first: usize,
    totals: &mut [[S::Floats; T]; V],
) {
    let mut sums = [[s.no_sums(); T]; V];
    macro_rules! words {
        ($($k:expr),*) => { $(bytes_of_word::<S, L, N, V, T>(s, panel, block, $k, rows, first, &mut sums);)* };
    }
    if L::PARTS == 1 {
        words!(0, 4, 1, 5, 2, 6, 3, 7);
    } else {
        words!(4 * PART, 4 * PART + 1, 4 * PART + 2, 4 * PART + 3);
    }
    let has_bias = L::IS_SIGNED && S::SIGNED_BIAS != 0;
    let zero = s.floats(-(L::ZERO as f32 + if L::IS_SIGNED { S::SIGNED_BIAS as f32 } else { 0.0 }));
    for v in 0..V {
        let [scale, minimum] = L::scale(s, panel, block, PART, first + v * S::LANES);
        let offset = s.mul_add(zero, scale, minimum);
        for t in 0..T {
            let scale = s.mul(scale, s.floats(rows[t].1[block]));
            let sum = match (L::IS_SIGNED, N) {
                (true, _) => s.lanes_signed(sums[v][t]),
                (false, true) => s.lanes_of_nibbles(sums[v][t]),
                (false, false) => s.lanes(sums[v][t]),
            };
            totals[v][t] = s.mul_add(s.to_floats(sum), scale, totals[v][t]);
            if L::ZERO != 0 || L::HAS_MINIMUM || has_bias {
                let sums = rows[t].2[block];
                let sum = if L::PARTS == 1 { sums[0] + sums[1] } else { sums[PART] };
                totals[v][t] = s.mul_add(offset, s.floats(sum), totals[v][t]);
            }
        }
    }
}

/// Adds the products of elements 4k to 4k + 3 of a block.
#[inline(always)]
fn bytes_of_word<S: Simd, L: Levels, const N: bool, const V: usize, const T: usize>(
    s: S,
    panel: Panel<'_>,
    block: usize,
    k: usize,
    rows: &[Rounded<'_>; T],
    first: usize,
    sums: &mut [[S::Sums; T]; V],
) {
    let mut x = [s.splat(0); T];
    for t in 0..T {
        let word = rows[t].0[block][k];
        x[t] = if L::IS_SIGNED { s.splat_signed(word) } else { s.splat(word) };
    }
    for v in 0..V {
        let levels = L::levels(s, panel, block, k, first + v * S::LANES);
        let level = if L::IS_SIGNED { s.level_signed(levels) } else { s.level(levels) };
        for t in 0..T {
            sums[v][t] = match (L::IS_SIGNED, N) {
                (true, _) => s.dot4_signed(sums[v][t], level, x[t]),
                (false, true) => s.dot4_nibbles(sums[v][t], level, x[t]),
                (false, false) => s.dot4(sums[v][t], level, x[t]),
            };
        }
    }
}

/// Activations as a product with floats reads them: rows of `stride`.
#[derive(Clone, Copy)]
pub(crate) struct Floating<'a> {
    pub(crate) values: &'a [f32],
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
    for t in 0..T {
        rows[t] = &x.values[(token + t.min(count - 1)) * x.stride..].as_chunks().0[..blocks];
    }
    for first in (0..ROWS).step_by(V * S::LANES) {
        let mut totals = [[s.floats(0.0); T]; V];
        for block in 0..blocks {
            // A block's sum for itself: shorter sums lose less.
            let mut products = [[s.floats(0.0); T]; V];
            for k in 0..8 {
                floats_of_word::<S, E, V, T>(s, panel, block, k, &rows, first, &mut products);
            }
            for v in 0..V {
                for t in 0..T {
                    totals[v][t] = s.add(products[v][t], totals[v][t]);
                }
            }
        }
        put(s, &totals, first, &mut y[..count], adds);
    }
    count
}

/// Adds the products of elements 4k to 4k + 3 of a block.
#[inline(always)]
fn floats_of_word<S: Simd, E: Elements, const V: usize, const T: usize>(
    s: S,
    panel: Panel<'_>,
    block: usize,
    k: usize,
    rows: &[&[[f32; 32]]; T],
    first: usize,
    products: &mut [[S::Floats; T]; V],
) {
    macro_rules! elements {
        ($($j:literal)*) => {
            $(for v in 0..V {
                let weight = E::element(s, panel, block, k, $j, first + v * S::LANES);
                for t in 0..T {
                    products[v][t] = s.mul_add(weight, s.floats(rows[t][block][4 * k + $j]), products[v][t]);
                }
            })*
        };
    }
    elements!(0 1 2 3);
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
