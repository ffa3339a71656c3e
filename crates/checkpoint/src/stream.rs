//! Bytes in file order to packed rows.

use crate::{Checkpoint, Error, Held, Role};

/// Part of a model, ready to be held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece<'a> {
    /// Whole rows of a matrix, in the layout of [`Dtype`](crate::Dtype); rows of q and k in half-rotate order.
    Rows {
        /// Which matrix.
        role: Role,
        /// Of which layer.
        layer: Option<u32>,
        /// The first of these rows.
        first_row: u32,
        /// How many rows these are.
        rows: u32,
        /// Their quants.
        quants: &'a [u8],
        /// Their scales; empty for floats.
        scales: &'a [u8],
    },
    /// A whole norm or bias; biases of q and k in half-rotate order.
    Vector {
        /// Which vector.
        role: Role,
        /// Of which layer.
        layer: Option<u32>,
        /// Its values.
        values: &'a [f32],
    },
}

/// Turns the bytes of one weight file into pieces, as they come.
#[derive(Debug)]
pub struct Stream {}

impl Stream {
    pub(crate) fn new(checkpoint: &Checkpoint, held: &Held, file: usize) -> Self {
        let _ = (checkpoint, held, file);
        unimplemented!()
    }

    /// Takes the next bytes of the file, of any length, and hands `sink` the pieces that are now whole.
    ///
    /// # Errors
    /// A weight or a scale that is not finite, or the sink's own error. The stream is of no use after either.
    pub fn push<E: From<Error>>(
        &mut self,
        bytes: &[u8],
        sink: &mut dyn FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let _ = (bytes, sink);
        unimplemented!()
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// Bytes are missing.
    pub fn finish(self) -> Result<(), Error> {
        Ok(())
    }
}
