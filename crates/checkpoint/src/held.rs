//! How each matrix is held once it is loaded.

use std::collections::BTreeMap;

use crate::block::holds;
use crate::{Checkpoint, Dtype, Role};

/// Which type each matrix is held in, and what a person should know about it.
#[derive(Clone, Debug)]
pub struct Held {
    dtypes: BTreeMap<(Role, Option<u32>), Dtype>,
    notes: Vec<String>,
}

impl Checkpoint {
    /// How matrices are held: in the file's own types, or all in the one that is asked for.
    ///
    /// Queries, keys and values of a layer share a type, and so do gate and up: where a file mixes them, the narrower
    /// are widened to one that holds all without loss.
    pub fn held(&self, asked: Option<Dtype>) -> Held {
        let matrices = || self.tensors.iter().filter(|tensor| !tensor.role.is_vector());
        let mut dtypes: BTreeMap<(Role, Option<u32>), Dtype> = matrices()
            .map(|tensor| ((tensor.role, tensor.layer), asked.unwrap_or(tensor.dtype.held())))
            .collect();
        let groups: [&[Role]; 2] =
            [&[Role::QProj, Role::KProj, Role::VProj], &[Role::GateProj, Role::UpProj]];
        for layer in (0..self.config.num_hidden_layers).map(Some) {
            for group in groups {
                let types = group.iter().filter_map(|role| dtypes.get(&(*role, layer)).copied());
                if let Some(common) = types.reduce(common) {
                    dtypes.extend(group.iter().map(|role| ((*role, layer), common)));
                }
            }
        }
        let mut changes: BTreeMap<(&str, Dtype), (usize, bool)> = BTreeMap::new();
        for tensor in matrices().filter(|tensor| tensor.dtype.held().is_quantised()) {
            let (own, held) = (tensor.dtype.held(), dtypes[&(tensor.role, tensor.layer)]);
            if held != own {
                let is_lossless = held == Dtype::F32 || holds(held, own);
                changes.entry((tensor.dtype.name(), held)).or_insert((0, is_lossless)).0 += 1;
            }
        }
        let note = |((from, to), (count, is_lossless)): ((&str, Dtype), (usize, bool))| match is_lossless {
            false => {
                format!("{count} matrices, {from} in the file, are rounded again to {} as asked", to.name())
            }
            true => format!("{count} matrices are {from} in the file and held wider, as {}", to.name()),
        };
        Held { notes: changes.into_iter().map(note).collect(), dtypes }
    }
}

impl Held {
    /// How a matrix is held.
    ///
    /// # Panics
    /// The model has no such matrix: a mistake of the caller.
    pub fn dtype(&self, role: Role, layer: Option<u32>) -> Dtype {
        self.dtypes[&(role, layer)]
    }

    /// All types in use, each once.
    pub fn dtypes(&self) -> Vec<Dtype> {
        let mut dtypes: Vec<Dtype> = self.dtypes.values().copied().collect();
        dtypes.sort_unstable();
        dtypes.dedup();
        dtypes
    }

    /// What was widened or quantised anew, a line each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// The narrowest type that holds both without loss.
fn common(a: Dtype, b: Dtype) -> Dtype {
    use Dtype::{F32, Q4, Q4_1, Q8};
    match (a, b) {
        _ if a == b => a,
        (Q4, Q8) | (Q8, Q4) => Q8,
        (Q4, Q4_1) | (Q4_1, Q4) => Q4_1,
        _ => F32,
    }
}
