//! The way back: GPU memory the host may look into.

use futures_channel::oneshot;

use crate::{Buffer, Device, Error, Usage};

/// A buffer the host reads, made once and used again and again.
pub struct Readback {
    buffer: Buffer,
}

impl Readback {
    /// Room for `size_bytes`.
    ///
    /// # Errors
    /// The GPU has no room for it.
    pub async fn new(device: &Device, label: &str, size_bytes: u64) -> Result<Self, Error> {
        Ok(Self { buffer: device.buffer(label, size_bytes, Usage::Readback).await? })
    }

    pub(crate) fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// Waits for everything submitted, then shows the first `size_bytes` to `look`.
    ///
    /// # Errors
    /// The device was lost, or something submitted before has failed.
    pub async fn read<T>(
        &self,
        device: &Device,
        size_bytes: u64,
        look: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, Error> {
        device.check()?;
        let raw = &self.buffer.0.raw;
        let (done, mapped) = oneshot::channel();
        raw.map_async(wgpu::MapMode::Read, ..size_bytes, move |result| {
            // The reader may have gone: an aborted generation.
            let _ = done.send(result);
        });
        wait(device)?;
        let outcome = mapped.await;
        device.check()?;
        if !matches!(outcome, Ok(Ok(()))) {
            return Err(Error::Lost { reason: "a readback was cancelled".to_owned() });
        }
        let seen = raw
            .get_mapped_range(..size_bytes)
            .map(|bytes| look(&bytes))
            .map_err(|err| Error::Validation { label: "a readback".to_owned(), reason: err.to_string() });
        raw.unmap();
        seen
    }
}

/// Natively nothing happens unless somebody waits; a browser's promises come by themselves.
#[cfg(not(target_arch = "wasm32"))]
fn wait(device: &Device) -> Result<(), Error> {
    match device.raw().poll(wgpu::PollType::wait_indefinitely()) {
        Ok(_) => Ok(()),
        Err(err) => device.check().and(Err(Error::Lost { reason: err.to_string() })),
    }
}

#[cfg(target_arch = "wasm32")]
fn wait(_device: &Device) -> Result<(), Error> {
    Ok(())
}
