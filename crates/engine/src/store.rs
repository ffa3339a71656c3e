//! Where packed weights are kept between visits.

use std::ops::Range;

use crate::Error;

/// Packed weights, one stretch after the other, and the hash of each that is there. A face implements it.
#[expect(async_fn_in_trait, reason = "futures stay on the thread that made them, in a tab and in a terminal")]
pub trait Store {
    /// Whether anything is to be kept.
    fn is_open(&self) -> bool;

    /// The SHA-256, in hex, that stretch `number` had when it was written; `None` where it was not.
    fn hash(&self, number: usize) -> Option<String>;

    /// The bytes at `range`; `None` where they are not there.
    ///
    /// # Errors
    /// The caller of the load has ended it.
    async fn read(&mut self, range: Range<u64>) -> Result<Option<Vec<u8>>, Error>;

    /// Keeps stretch `number`, whose place begins at `at`: once this returns it is there, whatever happens next.
    ///
    /// # Errors
    /// There is no room, or it cannot be written; loading goes on, and nothing more is kept.
    fn write(&mut self, number: usize, at: u64, bytes: &[u8], hash: &str) -> Result<(), Error>;

    /// Drops what is kept: it has turned out to be wrong.
    fn clear(&mut self);
}

/// Keeps nothing.
impl Store for () {
    fn is_open(&self) -> bool {
        false
    }

    fn hash(&self, _: usize) -> Option<String> {
        None
    }

    async fn read(&mut self, _: Range<u64>) -> Result<Option<Vec<u8>>, Error> {
        Ok(None)
    }

    fn write(&mut self, _: usize, _: u64, _: &[u8], _: &str) -> Result<(), Error> {
        Ok(())
    }

    fn clear(&mut self) {}
}
