//! The way back: GPU memory the host may look into.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_channel::oneshot;

use crate::{Buffer, Device, Error, Submission, Usage};

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
        let mut asked = self.ask(size_bytes, None);
        asked.arrive(device).await?;
        self.look(size_bytes, look)
    }

    /// Asks for the first `size_bytes` as `submission` leaves them, or everything submitted; nothing may be copied here
    /// before [`Readback::look`] or [`Readback::give_up`].
    pub fn ask(&self, size_bytes: u64, submission: Option<Submission>) -> Asked {
        let (done, mapped) = oneshot::channel();
        let is_here = Arc::new(AtomicBool::new(false));
        let here = is_here.clone();
        self.buffer.0.raw.map_async(wgpu::MapMode::Read, ..size_bytes, move |result| {
            here.store(true, Ordering::Relaxed);
            // The reader may have gone: an aborted generation.
            let _ = done.send(result);
        });
        Asked { mapped: Some(mapped), is_here, submission }
    }

    /// Shows what has arrived to `look`.
    ///
    /// # Errors
    /// The browser or the driver does not show it.
    pub fn look<T>(&self, size_bytes: u64, look: impl FnOnce(&[u8]) -> T) -> Result<T, Error> {
        let raw = &self.buffer.0.raw;
        let seen = raw
            .get_mapped_range(..size_bytes)
            .map(|bytes| look(&bytes))
            .map_err(|err| Error::Validation { label: "a readback".to_owned(), reason: err.to_string() });
        raw.unmap();
        seen
    }

    /// Takes back what was asked for; before `submission` is done nothing may be asked for again.
    pub fn give_up(&self) {
        self.buffer.0.raw.unmap();
    }
}

/// A readback on its way.
pub struct Asked {
    /// `None` once it is known to have arrived.
    mapped: Option<oneshot::Receiver<Result<(), wgpu::BufferAsyncError>>>,
    is_here: Arc<AtomicBool>,
    /// What it waits for; `None` is everything.
    submission: Option<Submission>,
}

impl Asked {
    /// Waits until the host may look.
    ///
    /// # Errors
    /// The device was lost, or something submitted before has failed.
    pub async fn arrive(&mut self, device: &Device) -> Result<(), Error> {
        let Some(mapped) = &mut self.mapped else { return device.check() };
        wait(device, self.submission.clone())?;
        let outcome = mapped.await;
        self.mapped = None;
        device.check()?;
        match outcome {
            Ok(Ok(())) => Ok(()),
            _ => Err(Error::Lost { reason: "a readback was cancelled".to_owned() }),
        }
    }

    /// Whether waiting would take no time.
    pub fn is_here(&self) -> bool {
        self.is_here.load(Ordering::Relaxed)
    }
}

/// Natively nothing happens unless somebody waits; a browser's promises come by themselves.
#[cfg(not(target_arch = "wasm32"))]
fn wait(device: &Device, submission: Option<Submission>) -> Result<(), Error> {
    let submission_index = submission.map(|submission| submission.index);
    match device.raw().poll(wgpu::PollType::Wait { submission_index, timeout: None }) {
        Ok(_) => Ok(()),
        Err(err) => device.check().and(Err(Error::Lost { reason: err.to_string() })),
    }
}

#[cfg(target_arch = "wasm32")]
fn wait(_device: &Device, _submission: Option<Submission>) -> Result<(), Error> {
    Ok(())
}
