//! `softmax(q K^T / sqrt(D)) V` over the pages of a cache.

use checkpoint::KvDtype;

use crate::blocks::{Elements, F16, F32};
use crate::cache::{PAGE, Page, PageShape};
use crate::exp::exp;
use crate::product::{Floating, floats_of_panel};
use crate::simd::{Machine, ROWS, Simd, Task};

/// Attention of the query heads that share one key-value head, for a few tokens.
pub(crate) struct Attention<'a> {
    pub(crate) shape: PageShape,
    pub(crate) pages: &'a [Page],
    pub(crate) kv_head: usize,
    /// (rows, D in whole blocks), scaled by 1 / sqrt(D): a token's heads side by side, token after token.
    pub(crate) queries: &'a [f32],
    /// Rows of a token.
    pub(crate) group: usize,
    /// The first token's position.
    pub(crate) position: usize,
    /// Attention looks back to the start of its own chunk of so many positions.
    pub(crate) chunk: Option<usize>,
    /// (rows, D).
    pub(crate) o: &'a mut [f32],
}

impl Attention<'_> {
    /// Computes it.
    pub(crate) fn compute(self, machine: Machine) {
        match self.shape.dtype {
            KvDtype::F16 => machine.run(Over(self, std::marker::PhantomData::<F16>)),
            KvDtype::F32 => machine.run(Over(self, std::marker::PhantomData::<F32>)),
        }
    }

    /// The positions that the token at `position` sees, the last one included.
    fn seen(&self, position: usize) -> (usize, usize) {
        (self.chunk.map_or(0, |chunk| position - position % chunk), position)
    }
}

/// Attention over a cache of this type.
struct Over<'a, E>(Attention<'a>, std::marker::PhantomData<E>);

impl<E: Elements> Task for Over<'_, E> {
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Self(of, _) = self;
        let width = of.shape.padded_head_dim();
        let rows = of.queries.len() / width;
        let last = of.position + rows / of.group - 1;
        // Scores begin with a page.
        let pages = of.seen(of.position).0 / PAGE..last / PAGE + 1;
        let base = pages.start * PAGE;
        let stride = pages.len() * PAGE;
        let mut scores = vec![0.0; rows * stride];
        let mut tile = vec![[0.0; ROWS]; rows];
        let queries = Floating { values: of.queries, sums: &[], stride: width };
        for first in (base..=last).step_by(ROWS) {
            let panel = of.pages[first / PAGE].keys(of.kv_head, first % PAGE / ROWS);
            floats_of_panel::<S, E>(s, panel, width / 32, queries, &mut tile, false);
            for (scores, tile) in scores.chunks_exact_mut(stride).zip(&tile) {
                scores[first - base..][..ROWS].copy_from_slice(tile);
            }
        }
        let mut totals = vec![0.0; rows];
        for (row, (scores, total)) in scores.chunks_exact_mut(stride).zip(&mut totals).enumerate() {
            let (start, end) = of.seen(of.position + row / of.group);
            *total = softmax(s, scores, start - base, end - base);
        }
        let head_dim = of.shape.head_dim;
        for index in 0..of.shape.value_panels() {
            for page in pages.clone() {
                let panel = of.pages[page].values(of.kv_head, index);
                let at = page * PAGE - base;
                let blocks = (last + 1 - page * PAGE).min(PAGE).div_ceil(32);
                let weights = Floating { values: &scores[at..], sums: &[], stride };
                floats_of_panel::<S, E>(s, panel, blocks, weights, &mut tile, page > pages.start);
            }
            for ((o, tile), total) in of.o.chunks_exact_mut(head_dim).zip(&tile).zip(&totals) {
                let o = &mut o[index * ROWS..];
                let count = o.len().min(ROWS);
                o[..count].iter_mut().zip(tile).for_each(|(o, sum)| *o = sum / total);
            }
        }
    }
}

/// Makes weights of the scores from `start` to `end`, zeros of all others, and gives their sum.
#[inline(always)]
fn softmax<S: Simd>(s: S, scores: &mut [f32], start: usize, end: usize) -> f32 {
    scores[..start].fill(f32::MIN);
    scores[end + 1..].fill(f32::MIN);
    let sixteens = &mut scores.as_chunks_mut::<ROWS>().0[start / ROWS..=end / ROWS];
    let mut largest = s.floats(f32::MIN);
    for sixteen in &*sixteens {
        for at in (0..ROWS).step_by(S::LANES) {
            largest = s.max(largest, s.load_floats(sixteen, at));
        }
    }
    let largest = s.floats(over_lanes(s, largest, f32::MIN, f32::max));
    let mut total = s.floats(0.0);
    for sixteen in sixteens {
        for at in (0..ROWS).step_by(S::LANES) {
            let weight = exp(s, s.sub(s.load_floats(sixteen, at), largest));
            total = s.add(total, weight);
            s.store(weight, sixteen, at);
        }
    }
    scores[..start].fill(0.0);
    scores[end + 1..].fill(0.0);
    over_lanes(s, total, 0.0, |a, b| a + b)
}

/// All lanes of a vector in one.
#[inline(always)]
fn over_lanes<S: Simd>(s: S, a: S::Floats, from: f32, f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [from; ROWS];
    s.store(a, &mut lanes, 0);
    lanes.into_iter().fold(from, f)
}
