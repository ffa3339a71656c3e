//! Which variant of a kernel runs where, and over how many workgroups.

/// Most workgroups in one dimension, by WebGPU's default limits.
const WORKGROUPS: u32 = 65_535;
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
    pub(crate) fn matmul(is_software: bool) -> Self {
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
