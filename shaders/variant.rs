//! Which variant of a kernel runs where, and over how many workgroups.

use gpu::{BindGroup, Binding, Device, Error, Frame, Layout, Pipeline, Shader};

use crate::WeightType;

/// Most workgroups in one dimension, by WebGPU's default limits.
const WORKGROUPS: u32 = 65_535;
/// Rows of a matrix that one group of lanes multiplies with many tokens at once.
const ROWS: u32 = 4;
/// Tokens that share each weight once it is unpacked, where there are many.
const TOKENS: u32 = 4;
/// Most rows of a lane by itself: `MOST_ROWS` of `shared/rows.wgsl`.
pub(crate) const MOST_ROWS: u32 = 32;
/// Workgroups for as many cores, before a lane by itself takes more than as many rows.
const FEW: u32 = 8;

/// How a kernel's work is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    /// Invocations of a workgroup.
    pub(crate) workgroup_size: u32,
    /// Invocations that share a piece of work.
    pub(crate) lanes: u32,
}

impl Variant {
    /// For a matrix and many tokens: a program on the CPU wants no barriers, a GPU wants neighbours to read what lies side by
    /// side.
    fn matmul(is_software: bool) -> Self {
        if is_software {
            Self { workgroup_size: 16, lanes: 1 }
        } else {
            Self { workgroup_size: 64, lanes: 16 }
        }
    }

    /// For one head at a time.
    pub(crate) fn head(is_software: bool) -> Self {
        if is_software {
            Self { workgroup_size: 16, lanes: 1 }
        } else {
            Self { workgroup_size: 64, lanes: 8 }
        }
    }

    /// Pieces of work a workgroup does at once.
    pub(crate) fn pieces(self) -> u32 {
        self.workgroup_size / self.lanes
    }
}

/// `count` workgroups over two dimensions; what lies past the end finds nothing to do.
pub(crate) fn folded(count: u32) -> [u32; 2] {
    if count <= WORKGROUPS { [count, 1] } else { [WORKGROUPS, count.div_ceil(WORKGROUPS)] }
}

/// How the product of a matrix with one token is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Matvec {
    variant: Variant,
    /// Rows of a group of lanes; a lane by itself takes what there is.
    rows: u32,
}

impl Matvec {
    /// A program on the CPU is slow at loading: what a lane loads of the token meets as many rows as cores can spare.
    fn new(is_software: bool) -> Self {
        if is_software {
            Self { variant: Variant { workgroup_size: 8, lanes: 1 }, rows: 1 }
        } else {
            Self { variant: Variant { workgroup_size: 64, lanes: 16 }, rows: 4 }
        }
    }

    fn workgroups(self, rows: u32) -> u32 {
        let pieces = self.variant.pieces();
        if self.variant.lanes > 1 {
            return rows.div_ceil(pieces * self.rows);
        }
        rows.div_ceil(pieces * MOST_ROWS).max(FEW.min(rows.div_ceil(pieces * FEW)))
    }
}

/// A kernel that multiplies a matrix, compiled for every weight type in use, for one token and for many.
#[derive(Clone, Debug)]
pub struct MatrixKernel {
    layout: Layout,
    one: Matvec,
    many: Variant,
    /// (weight type, one token, many tokens)
    pipelines: Vec<(WeightType, Pipeline, Pipeline)>,
}

/// The name of a kernel, and its text for a weight type.
pub(crate) type Entry = (&'static str, fn(WeightType) -> &'static str);

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
        let (one, many) = (Matvec::new(is_software), Variant::matmul(is_software));
        let make = async |(entry, source): Entry, weight: WeightType, variant: Variant, rows: Option<u32>| {
            let label = format!("{entry} {weight:?}, {} lanes", variant.lanes);
            let mut constants = vec![
                ("WORKGROUP_SIZE", f64::from(variant.workgroup_size)),
                ("LANES", f64::from(variant.lanes)),
            ];
            constants.extend(rows.map(|rows| ("ROWS", f64::from(rows))));
            let shader = Shader { label: &label, source: source(weight), entry, constants: &constants };
            device.pipeline(&layout, &shader).await
        };
        let mut pipelines = Vec::new();
        for &weight in weights {
            let for_one = make(for_one, weight, one.variant, Some(one.rows)).await?;
            pipelines.push((weight, for_one, make(for_many, weight, many, None).await?));
        }
        Ok(Self { layout, one, many, pipelines })
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Records the product of `rows` rows with `tokens` tokens.
    ///
    /// # Panics
    /// The weight type is not one the kernels were compiled for.
    pub fn record(&self, frame: &mut Frame, weight: WeightType, group: &BindGroup, rows: u32, tokens: u32) {
        let (_, one, many) = self
            .pipelines
            .iter()
            .find(|(compiled, _, _)| *compiled == weight)
            .expect("kernels are compiled for every weight type the decoder holds");
        if tokens == 1 {
            let [x, y] = folded(self.one.workgroups(rows));
            frame.dispatch(one, group, [x, y, 1]);
        } else {
            let [x, y] = folded(rows.div_ceil(self.many.pieces() * ROWS));
            frame.dispatch(many, group, [x, y, tokens.div_ceil(TOKENS)]);
        }
    }
}
