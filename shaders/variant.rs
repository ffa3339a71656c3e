//! Which variant of a kernel runs where, and over how many workgroups.

use gpu::{BindGroup, Binding, Device, Error, Frame, Layout, Pipeline, Shader};

use crate::WeightType;

/// Most workgroups in one dimension, by WebGPU's default limits.
const WORKGROUPS: u32 = 65_535;
/// Rows of a matrix that one group of lanes adds up at once.
const ROWS: u32 = 4;

/// How a kernel's work is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    /// Invocations of a workgroup.
    pub(crate) workgroup_size: u32,
    /// Invocations that share a piece of work.
    pub(crate) lanes: u32,
    /// Tokens that share each weight once it is unpacked.
    pub(crate) tokens: u32,
}

impl Variant {
    /// For a matrix: a program on the CPU wants no barriers, a GPU wants neighbours to read what lies side by side.
    pub(crate) fn matrix(is_software: bool, tokens: u32) -> Self {
        if is_software {
            Self { workgroup_size: 16, lanes: 1, tokens }
        } else {
            Self { workgroup_size: 64, lanes: 16, tokens }
        }
    }

    /// For one head at a time.
    pub(crate) fn head(is_software: bool) -> Self {
        if is_software {
            Self { workgroup_size: 16, lanes: 1, tokens: 1 }
        } else {
            Self { workgroup_size: 64, lanes: 8, tokens: 1 }
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

/// A kernel that multiplies a matrix, compiled for every weight type in use, for one token and for many.
#[derive(Clone, Debug)]
pub struct MatrixKernel {
    layout: Layout,
    one: Variant,
    many: Variant,
    /// (weight type, one token, many tokens)
    pipelines: Vec<(WeightType, Pipeline, Pipeline)>,
}

impl MatrixKernel {
    pub(crate) async fn new(
        device: &Device,
        entry: &str,
        bindings: &[Binding],
        source: fn(WeightType) -> &'static str,
        weights: &[WeightType],
        is_software: bool,
    ) -> Result<Self, Error> {
        let layout = device.layout(entry, bindings);
        let (one, many) = (Variant::matrix(is_software, 1), Variant::matrix(is_software, 4));
        let mut pipelines = Vec::new();
        for &weight in weights {
            let make = async |variant: Variant| {
                let label =
                    format!("{entry} {weight:?} for {} tokens, {} lanes", variant.tokens, variant.lanes);
                let constants = [
                    ("WORKGROUP_SIZE", f64::from(variant.workgroup_size)),
                    ("LANES", f64::from(variant.lanes)),
                    ("TOKENS", f64::from(variant.tokens)),
                ];
                let shader = Shader { label: &label, source: source(weight), entry, constants: &constants };
                device.pipeline(&layout, &shader).await
            };
            pipelines.push((weight, make(one).await?, make(many).await?));
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
        let (pipeline, variant) = if tokens == 1 { (one, self.one) } else { (many, self.many) };
        let [x, y] = folded(rows.div_ceil(variant.pieces() * ROWS));
        frame.dispatch(pipeline, group, [x, y, tokens.div_ceil(variant.tokens)]);
    }
}
