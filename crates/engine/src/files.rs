//! What the engine asks of whoever can reach bytes: a browser's fetch, dropped files, a disk.

use std::ops::Range;

use crate::Error;

/// A place that holds the files of one model. The faces implement it; nothing below them does IO.
///
/// Names are relative to that place and use `/`, as in `config.json` or `model.safetensors`.
#[expect(async_fn_in_trait, reason = "futures stay on the thread that made them, in a tab and in a terminal")]
pub trait Files {
    /// Size of the file, or `None` where there is no such file.
    ///
    /// # Errors
    /// Whatever keeps the answer from being known: no permission, no connection, a server's refusal.
    async fn size_bytes(&self, name: &str) -> Result<Option<u64>, Error>;

    /// The bytes of `range`, all of them.
    ///
    /// # Errors
    /// The file is missing, shorter than the range, or cannot be read.
    async fn read(&self, name: &str, range: Range<u64>) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.stream(name, range, &mut |chunk| {
            bytes.extend_from_slice(chunk);
            Ok(())
        })
        .await?;
        Ok(bytes)
    }

    /// Hands the bytes of `range` to `sink`, in order, in chunks of any length, holding one chunk at a time.
    ///
    /// # Errors
    /// The first error of reading or of `sink`.
    async fn stream(
        &self,
        name: &str,
        range: Range<u64>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error>;
}
