//! How each matrix is held once it is loaded.

use std::collections::BTreeMap;

use crate::repack::holds;
use crate::{Checkpoint, Dtype, Role, Tensor};

/// Which type each matrix is held in, and what a person should know about it.
#[derive(Clone, Debug)]
pub struct Held {
    dtypes: BTreeMap<(Role, Option<u32>), Dtype>,
    notes: Vec<String>,
}

impl Checkpoint {
    /// How matrices are held: in the file's own types, or all in the one that is asked for.
    ///
    /// Gate and up of a layer share a type: where a file mixes them, the narrower is widened to one that holds both
    /// without loss. Where rows are not whole groups of the type that is asked for, q8 takes its place.
    pub fn held(&self, asked: Option<Dtype>) -> Held {
        let matrices = || self.tensors.iter().filter(|tensor| !tensor.role.is_vector());
        let of = |tensor: &Tensor| match asked {
            None => tensor.dtype.held(),
            Some(dtype) if dtype.divides(tensor.columns) => dtype,
            Some(_) => Dtype::Q8,
        };
        let mut dtypes: BTreeMap<(Role, Option<u32>), Dtype> =
            matrices().map(|tensor| ((tensor.role, tensor.layer), of(tensor))).collect();
        for layer in (0..self.config.num_hidden_layers).map(Some) {
            let pair = [(Role::GateProj, layer), (Role::UpProj, layer)];
            let types = pair.iter().filter_map(|matrix| dtypes.get(matrix).copied());
            if let Some(common) = types.reduce(common) {
                dtypes.extend(pair.map(|matrix| (matrix, common)));
            }
        }
        let mut notes: BTreeMap<String, usize> = BTreeMap::new();
        for tensor in matrices() {
            if let Some(note) = note(tensor, dtypes[&(tensor.role, tensor.layer)], asked) {
                *notes.entry(note).or_default() += 1;
            }
        }
        let notes = notes.into_iter().map(|(note, count)| format!("{count} matrices {note}")).collect();
        Held { dtypes, notes }
    }
}

/// What a person should know of how a matrix is held: what follows "so many matrices".
fn note(tensor: &Tensor, held: Dtype, asked: Option<Dtype>) -> Option<String> {
    let (own, columns) = (tensor.dtype.held(), tensor.columns);
    if let Some(asked) = asked.filter(|asked| !asked.divides(columns)) {
        let group = asked.scaled_together();
        return Some(format!(
            "have rows of {columns}, no multiple of {group}: held as {}, not {}",
            held.name(),
            asked.name()
        ));
    }
    if own == held || !own.is_quantised() {
        return None;
    }
    let (from, to) = (tensor.dtype.name(), held.name());
    let is_lossless = held == Dtype::F32 || holds(held, own);
    Some(match is_lossless {
        true => format!("are {from} in the file and held wider, as {to}"),
        false => format!("are {from} in the file and rounded again to {to}, as asked"),
    })
}

impl Held {
    /// How a matrix is held.
    ///
    /// # Panics
    /// The model has no such matrix: a mistake of the caller.
    pub fn dtype(&self, role: Role, layer: Option<u32>) -> Dtype {
        self.dtypes[&(role, layer)]
    }

    /// Bytes a tensor takes once it is held: vectors are f32.
    ///
    /// # Panics
    /// As [`Held::dtype`].
    pub fn bytes(&self, tensor: &Tensor) -> u64 {
        match tensor.role.is_vector() {
            true => u64::from(tensor.columns) * 4,
            false => {
                let row = self.dtype(tensor.role, tensor.layer).bytes_per_row(tensor.columns);
                u64::from(tensor.rows) * row as u64
            }
        }
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
