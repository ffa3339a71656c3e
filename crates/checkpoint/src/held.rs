//! In which dtype each matrix is held.

use crate::{Checkpoint, Dtype, Role};

/// The dtype of every matrix of a checkpoint.
///
/// q, k and v of a layer share one, and so do gate and up; where a file mixes them the narrower is widened without
/// loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    embed_tokens: Dtype,
    lm_head: Dtype,
    requantised: bool,
    notes: Vec<String>,
}

impl Held {
    pub(crate) fn new(checkpoint: &Checkpoint, asked: Option<Dtype>) -> Self {
        let _ = (checkpoint, asked);
        unimplemented!()
    }

    /// How that matrix is held; a tied head as the embedding it is, a vector always as f32.
    pub fn dtype(&self, role: Role, layer: Option<u32>) -> Dtype {
        match (role, layer) {
            (Role::EmbedTokens, _) => self.embed_tokens,
            (Role::LmHead, _) => self.lm_head,
            _ => Dtype::F32,
        }
    }

    /// Whether quantised values of the file are rounded again, because another dtype was asked for.
    pub fn requantised(&self) -> bool {
        self.requantised
    }

    /// What was widened or requantised, one readable line each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}
