//! Kernels that multiply a matrix: for many tokens one pipeline, for one token what suits a shape.

use gpu::{BindGroup, Binding, Device, Error, Frame, Layout, Pipeline, Shader};

use crate::WeightType;
use crate::packed::of_size;
use crate::variant::{Variant, folded};

/// Rows that one group of lanes multiplies with many tokens at once.
const ROWS: u32 = 4;
/// Tokens that share each weight once it is unpacked, where there are many.
const TOKENS: u32 = 4;
/// Most rows of a lane by itself: `MOST_ROWS` of `shared/rows.wgsl`.
pub(crate) const MOST_ROWS: u32 = 64;
/// Workgroups that there are at least, for as many cores, where that leaves a lane by itself as many rows.
const FEW: u32 = 4;
/// Invocations that keep a large GPU busy, by a part: more lanes share a row only below.
const INVOCATIONS: u32 = 32_768;
/// Blocks of a row that each of the lanes that share it keeps.
const LEAST_BLOCKS: u32 = 3;

/// A matrix as its kernel sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How it is held.
    pub weight: WeightType,
    /// Rows of this piece of it; for the gated half of a feed-forward, those of the gate.
    pub rows: u32,
    /// Blocks of a row.
    pub blocks: u32,
}

/// How the product of a matrix with one token is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Matvec {
    variant: Variant,
    /// Rows of a group of lanes; a lane by itself takes what there is.
    rows: u32,
}

impl Matvec {
    /// A program on the CPU is slow at loading: what a lane loads of the token meets as many rows as cores can spare.
    const SOFTWARE: Self = Self { variant: Variant { workgroup_size: 8, lanes: 1 }, rows: 1 };
    /// Rows share what is loaded of the token, lanes read what lies side by side.
    const HARDWARE: Self = Self { variant: Variant { workgroup_size: 64, lanes: 16 }, rows: 4 };

    #[cfg(test)]
    pub(crate) fn lanes(self) -> u32 {
        self.variant.lanes
    }

    fn workgroups(self, rows: u32) -> u32 {
        let pieces = self.variant.pieces();
        if self.variant.lanes > 1 {
            return rows.div_ceil(pieces * self.rows);
        }
        rows.div_ceil(pieces * MOST_ROWS).max(FEW.min(rows.div_ceil(pieces * FEW)))
    }
}

/// The name of a kernel, and its text for a weight type.
pub(crate) type Entry = (&'static str, fn(WeightType) -> String);

/// A kernel that multiplies a matrix, compiled for every weight type in use, for one token and for many.
#[derive(Clone, Debug)]
pub struct MatrixKernel {
    layout: Layout,
    for_one: Entry,
    pub(crate) is_software: bool,
    many: Variant,
    /// Of one token, for shapes that nothing was chosen for.
    pub(crate) one: Vec<(WeightType, Matvec, Pipeline)>,
    /// Of one token.
    pub(crate) chosen: Vec<(Shape, Matvec, Pipeline)>,
    of_many: Vec<(WeightType, Pipeline)>,
}

impl MatrixKernel {
    /// `entries` are the kernels for one token and for many.
    pub(crate) async fn new(
        device: &Device,
        [for_one, for_many]: [Entry; 2],
        bindings: &[Binding],
        weights: &[WeightType],
        is_software: bool,
    ) -> Result<Self, Error> {
        let layout = device.layout(for_many.0, bindings);
        let many = Variant::matmul(is_software);
        let (one, chosen, of_many) = (Vec::new(), Vec::new(), Vec::new());
        let mut kernel = Self { layout, for_one, is_software, many, one, chosen, of_many };
        let matvec = if is_software { Matvec::SOFTWARE } else { Matvec::HARDWARE };
        for &weight in weights {
            let pipeline = kernel.compile(device, weight, matvec).await?;
            kernel.one.push((weight, matvec, pipeline));
            let (entry, source) = for_many;
            let pipeline = kernel.pipeline(device, entry, weight, &source(weight), many, None).await?;
            kernel.of_many.push((weight, pipeline));
        }
        Ok(kernel)
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What may be the fastest for one token, the safest first; a program on the CPU has no choice. All give the same sums
    /// to the last bit: how many lanes share a row, and so what is added to what, follows from the shape alone.
    pub(crate) fn candidates(&self, shape: Shape) -> Vec<Matvec> {
        if self.is_software {
            return Vec::new();
        }
        let Matvec { variant: Variant { workgroup_size, mut lanes }, rows } = Matvec::HARDWARE;
        while lanes < workgroup_size
            && shape.rows.saturating_mul(lanes) / rows < INVOCATIONS
            && shape.blocks / (2 * lanes) >= LEAST_BLOCKS
        {
            lanes *= 2;
        }
        let variant = Variant { workgroup_size, lanes };
        [4, 2, 1].into_iter().map(|rows| Matvec { variant, rows }).collect()
    }

    /// A pipeline for one token: the one there is, where it is the same.
    pub(crate) async fn compile(
        &self,
        device: &Device,
        weight: WeightType,
        matvec: Matvec,
    ) -> Result<Pipeline, Error> {
        let is_same = |(of, cut, _): &&(WeightType, Matvec, Pipeline)| (*of, *cut) == (weight, matvec);
        if let Some((.., pipeline)) = self.one.iter().find(is_same) {
            return Ok(pipeline.clone());
        }
        let (entry, source) = self.for_one;
        self.pipeline(device, entry, weight, &source(weight), matvec.variant, Some(matvec.rows)).await
    }

    /// Keeps a pipeline for one token and matrices of `shape` alone, of `rows` rows as they are stored.
    pub(crate) async fn fit(&mut self, device: &Device, shape: Shape, rows: u32) -> Result<(), Error> {
        if self.chosen.iter().any(|(of, ..)| *of == shape) {
            return Ok(());
        }
        let ((entry, source), weight, matvec) = (self.for_one, shape.weight, Matvec::SOFTWARE);
        let source = of_size(source(weight), weight, rows as usize, shape.blocks as usize);
        let pipeline =
            self.pipeline(device, entry, weight, &source, matvec.variant, Some(matvec.rows)).await?;
        self.chosen.push((shape, matvec, pipeline));
        Ok(())
    }

    async fn pipeline(
        &self,
        device: &Device,
        entry: &str,
        weight: WeightType,
        source: &str,
        variant: Variant,
        rows: Option<u32>,
    ) -> Result<Pipeline, Error> {
        let label = format!("{entry} {weight:?}, {} lanes", variant.lanes);
        let mut constants =
            vec![("WORKGROUP_SIZE", f64::from(variant.workgroup_size)), ("LANES", f64::from(variant.lanes))];
        constants.extend(rows.map(|rows| ("ROWS", f64::from(rows))));
        let shader = Shader { label: &label, source, entry, constants: &constants };
        device.pipeline(&self.layout, &shader).await
    }

    /// Records the product of a matrix with `tokens` tokens.
    ///
    /// # Panics
    /// The weight type is not one the kernels were compiled for.
    pub fn record(&self, frame: &mut Frame, shape: Shape, group: &BindGroup, tokens: u32) {
        let compiled = "kernels are compiled for every weight type the decoder holds";
        if tokens == 1 {
            let chosen = self.chosen.iter().find(|(of, ..)| *of == shape);
            let (matvec, pipeline) =
                chosen.map(|(_, matvec, pipeline)| (matvec, pipeline)).unwrap_or_else(|| {
                    let (_, matvec, pipeline) =
                        self.one.iter().find(|(weight, ..)| *weight == shape.weight).expect(compiled);
                    (matvec, pipeline)
                });
            return record_one(frame, *matvec, pipeline, group, shape.rows);
        }
        let (_, pipeline) = self.of_many.iter().find(|(weight, _)| *weight == shape.weight).expect(compiled);
        let [x, y] = folded(shape.rows.div_ceil(self.many.pieces() * ROWS));
        frame.dispatch(pipeline, group, [x, y, tokens.div_ceil(TOKENS)]);
    }
}

/// Records the product of `rows` rows with one token.
pub(crate) fn record_one(
    frame: &mut Frame,
    matvec: Matvec,
    pipeline: &Pipeline,
    group: &BindGroup,
    rows: u32,
) {
    let [x, y] = folded(matvec.workgroups(rows));
    frame.dispatch(pipeline, group, [x, y, 1]);
}
