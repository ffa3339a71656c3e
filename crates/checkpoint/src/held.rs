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

/// The types that matrices are asked to be held in; a matrix nobody asks for is held as its file has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskedDtypes {
    /// Of all that none of the others is for.
    pub matrices: Option<Dtype>,
    /// Of the embedding and the head.
    pub head: Option<Dtype>,
    /// Of queries, keys, values and what comes out of attention.
    pub attention: Option<Dtype>,
    /// Of gate, up and down.
    pub feed_forward: Option<Dtype>,
}

impl From<Option<Dtype>> for AskedDtypes {
    fn from(matrices: Option<Dtype>) -> Self {
        Self { matrices, ..Self::default() }
    }
}

impl AskedDtypes {
    fn of(&self, role: Role) -> Option<Dtype> {
        let class = match role {
            Role::EmbedTokens | Role::LmHead => self.head,
            Role::GateProj | Role::UpProj | Role::DownProj => self.feed_forward,
            _ => self.attention,
        };
        class.or(self.matrices)
    }
}

/// From so many parameters on four bits cost less than they save.
const LARGE: u64 = 500_000_000;

impl Checkpoint {
    /// What suits the model's size: q8, of large ones q4 with a q6 head; what is quantised already stays as it is.
    pub fn suited_dtypes(&self) -> AskedDtypes {
        match self.parameters() {
            _ if self.tensors.iter().any(|tensor| tensor.dtype.held().is_quantised()) => {
                AskedDtypes::default()
            }
            ..LARGE => Some(Dtype::Q8).into(),
            _ => AskedDtypes { head: Some(Dtype::Q6K), ..Some(Dtype::Q4).into() },
        }
    }

    /// How matrices are held: in the file's own types, or in those that are asked for.
    ///
    /// Gate and up of a layer share a type: where a file mixes them, the narrower is widened to one that holds both
    /// without loss. Where rows are not whole groups of the type that is asked for, q8 takes its place.
    pub fn held(&self, asked: impl Into<AskedDtypes>) -> Held {
        let asked: AskedDtypes = asked.into();
        let matrices = || self.tensors.iter().filter(|tensor| !tensor.role.is_vector());
        let of = |tensor: &Tensor| match asked.of(tensor.role) {
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
            if let Some(note) = note(tensor, dtypes[&(tensor.role, tensor.layer)], asked.of(tensor.role)) {
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
        u64::from(tensor.rows) * self.of(tensor).bytes_per_row(tensor.columns) as u64
    }

    /// How a tensor is held; vectors always as f32.
    pub(crate) fn of(&self, tensor: &Tensor) -> Dtype {
        if tensor.role.is_vector() { Dtype::F32 } else { self.dtype(tensor.role, tensor.layer) }
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
