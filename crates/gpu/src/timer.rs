//! How long a pass takes, by the GPU's own clock.

use crate::{Buffer, Device, Error, Readback, Usage};

/// Bytes of two timestamps.
const BYTES: u64 = 16;

/// The beginning and the end of one pass, made once and used again and again.
pub struct Timer {
    pub(crate) queries: wgpu::QuerySet,
    pub(crate) resolved: Buffer,
    pub(crate) readback: Readback,
    ns_per_tick: f64,
}

impl Timer {
    /// A timer; `None` where the device was opened without timestamps, or its adapter has none.
    ///
    /// # Errors
    /// The GPU has no room for it.
    pub async fn new(device: &Device) -> Result<Option<Self>, Error> {
        if !device.has_timestamps() {
            return Ok(None);
        }
        let queries = device.raw().create_query_set(&wgpu::QuerySetDescriptor {
            label: Some("timer"),
            ty: wgpu::QueryType::Timestamp,
            count: 2,
        });
        Ok(Some(Self {
            queries,
            resolved: device.buffer("timer", BYTES, Usage::Timestamps).await?,
            readback: Readback::new(device, "timer read back", BYTES).await?,
            ns_per_tick: f64::from(device.queue().get_timestamp_period()),
        }))
    }

    /// Waits for the frame that was submitted last, and gives what its pass took, in microseconds.
    ///
    /// # Errors
    /// The device was lost, or something submitted before has failed.
    pub async fn read_us(&self, device: &Device) -> Result<f64, Error> {
        let ticks = |bytes: &[u8]| {
            let words = bytes.as_chunks().0;
            u64::from_le_bytes(words[1]).saturating_sub(u64::from_le_bytes(words[0]))
        };
        let ticks = self.readback.read(device, BYTES, ticks).await?;
        Ok(ticks as f64 * self.ns_per_tick / 1e3)
    }
}
