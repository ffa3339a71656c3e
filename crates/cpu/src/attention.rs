//! `softmax(q K^T / sqrt(D)) V` over the pages of a cache.

use checkpoint::KvDtype;

use crate::blocks::{Elements, F16, F32};
use crate::cache::{PAGE, Page, PageShape};
use crate::exp::exp;
use crate::product::{Floating, floats_of_panel};
use crate::simd::{Machine, ROWS, Simd, Task, over_lanes};

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
        let queries = Floating { values: of.queries, stride: width };
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
                let weights = Floating { values: &scores[at..], stride };
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

#[cfg(test)]
mod tests {
    use super::*;

    /// f32 sums of up to 600 products in another order, and f16 keys that are the same on both sides.
    const TOLERANCE: f32 = 2e-5;

    /// Numbers that f16 holds.
    fn noise(seed: usize, count: usize) -> Vec<f32> {
        let mut state = (seed as u32).wrapping_mul(2_654_435_761) | 1;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            half::f16::from_f32((state >> 8) as f32 / 4_194_304.0 - 2.0).to_f32()
        };
        (0..count).map(|_| next()).collect()
    }

    fn is_that_of_the_reference(
        dtype: KvDtype,
        head_dim: usize,
        group: usize,
        chunk: Option<usize>,
        last: usize,
    ) {
        let shape = PageShape { dtype, head_dim, kv_heads: 2 };
        let mut pages: Vec<Page> = (0..=last / PAGE).map(|_| Page::new(shape).unwrap()).collect();
        let [keys, values]: [Vec<Vec<Vec<f32>>>; 2] = [1, 2].map(|kind| {
            let head = |head: usize, at: usize| noise(kind + 2 * head + 5 * at, head_dim);
            (0..2).map(|h| (0..=last).map(|at| head(h, at)).collect()).collect()
        });
        for at in 0..=last {
            for head in 0..2 {
                // What a rewound conversation left is written over.
                pages[at / PAGE].write(head, at % PAGE, &noise(at, head_dim), &noise(at + 7, head_dim));
                pages[at / PAGE].write(head, at % PAGE, &keys[head][at], &values[head][at]);
            }
        }
        let (tokens, kv_head, width) = (3.min(last + 1), 1, shape.padded_head_dim());
        let position = last + 1 - tokens;
        let queries: Vec<Vec<f32>> = (0..tokens * group).map(|row| noise(row + 11, head_dim)).collect();
        let mut padded = vec![0.0; tokens * group * width];
        for (padded, query) in padded.chunks_exact_mut(width).zip(&queries) {
            padded.iter_mut().zip(query).for_each(|(p, q)| *p = q / (head_dim as f32).sqrt());
        }
        for machine in Machine::all() {
            let mut o = vec![0.0; tokens * group * head_dim];
            let (pages, padded) = (&*pages, &*padded);
            Attention { shape, pages, kv_head, queries: padded, group, position, chunk, o: &mut o }
                .compute(machine);
            for (row, found) in o.chunks_exact(head_dim).enumerate() {
                let at = position + row / group;
                let seen = chunk.map_or(0, |chunk| at - at % chunk)..=at;
                let [keys, values] = [&keys, &values]
                    .map(|all| all[kv_head][seen.clone()].iter().map(Vec::as_slice).collect::<Vec<_>>());
                let expected = reference::attention(&queries[row], &keys, &values);
                for (found, expected) in found.iter().zip(&expected) {
                    assert!((found - expected).abs() <= TOLERANCE, "{}: {found} {expected}", machine.name());
                }
            }
        }
    }

    #[test]
    fn attention_is_that_of_the_reference() {
        for dtype in [KvDtype::F16, KvDtype::F32] {
            is_that_of_the_reference(dtype, 8, 1, None, 0);
            is_that_of_the_reference(dtype, 24, 2, None, 40);
            is_that_of_the_reference(dtype, 24, 2, Some(5), 41);
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "the same over more pages takes minutes there")]
    fn attention_over_many_pages_is_that_of_the_reference() {
        for dtype in [KvDtype::F16, KvDtype::F32] {
            is_that_of_the_reference(dtype, 64, 3, None, 600);
            is_that_of_the_reference(dtype, 64, 4, Some(300), 599);
            is_that_of_the_reference(dtype, 128, 1, Some(256), PAGE);
        }
    }
}
