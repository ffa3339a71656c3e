//! The adapter, the device, its limits, and what has gone wrong with it.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Adapter, Buffer, Error, Usage};

/// How to open a device.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Stay on WebGPU's default limits even where the adapter offers more.
    pub default_limits: bool,
    /// Ask for timestamps where the adapter has them: for measurements alone.
    pub timestamps: bool,
}

/// What one buffer and one binding may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of a buffer that a kernel sees at once.
    pub binding_bytes: u64,
    /// Most bytes of a buffer.
    pub buffer_bytes: u64,
}

/// An open GPU; clones are the same device.
#[derive(Clone)]
pub struct Device(Rc<Inner>);

struct Inner {
    raw: wgpu::Device,
    queue: wgpu::Queue,
    adapter: Adapter,
    limits: Limits,
    fault: Arc<Mutex<Option<Error>>>,
    allocated_bytes: Rc<Cell<u64>>,
}

impl Device {
    /// Opens the adapter the system prefers for heavy work.
    ///
    /// # Errors
    /// There is no WebGPU, no adapter, or it gives no device.
    pub async fn open(options: &Options) -> Result<Self, Error> {
        #[cfg(target_arch = "wasm32")]
        if !crate::web::has_webgpu() {
            return Err(Error::NoWebGpu);
        }
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let adapter = instance
            .request_adapter(&wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                ..Default::default()
            })
            .await
            .map_err(|err| Error::NoAdapter { reason: err.to_string() })?;
        let required_limits = limits(options, &adapter.limits());
        let limits = Limits {
            binding_bytes: required_limits.max_storage_buffer_binding_size,
            buffer_bytes: required_limits.max_buffer_size,
        };
        let info = adapter.get_info();
        let timestamps =
            if options.timestamps { wgpu::Features::TIMESTAMP_QUERY } else { Default::default() };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("reckon"),
            required_features: adapter.features() & timestamps,
            required_limits,
            ..Default::default()
        };
        let (raw, queue) = adapter
            .request_device(&descriptor)
            .await
            .map_err(|err| Error::NoDevice { adapter: info.name.clone(), reason: err.to_string() })?;
        let fault = Arc::new(Mutex::new(None));
        watch(&raw, &fault);
        let adapter = describe(&info, &raw);
        Ok(Self(Rc::new(Inner { raw, queue, adapter, limits, fault, allocated_bytes: Rc::default() })))
    }

    /// Who computes.
    pub fn adapter(&self) -> &Adapter {
        &self.0.adapter
    }

    /// What one buffer and one binding may hold.
    pub fn limits(&self) -> Limits {
        self.0.limits
    }

    /// Whether passes can be timed by the GPU's own clock.
    pub(crate) fn has_timestamps(&self) -> bool {
        self.0.raw.features().contains(wgpu::Features::TIMESTAMP_QUERY)
    }

    /// Bytes of all buffers that live.
    pub fn allocated_bytes(&self) -> u64 {
        self.0.allocated_bytes.get()
    }

    /// A zeroed buffer of `size_bytes`, rounded up to a multiple of 16.
    ///
    /// # Errors
    /// The GPU has no room for it.
    pub async fn buffer(&self, label: &str, size_bytes: u64, usage: Usage) -> Result<Buffer, Error> {
        let size_bytes = size_bytes.max(16).next_multiple_of(16);
        let full = Error::OutOfMemory {
            label: label.to_owned(),
            size_bytes,
            allocated_bytes: self.allocated_bytes(),
        };
        if size_bytes > self.0.limits.buffer_bytes {
            return Err(full);
        }
        // An allocation too large is told as either of the two, as the implementation pleases.
        let memory = self.0.raw.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.0.raw.push_error_scope(wgpu::ErrorFilter::Validation);
        let raw = self.0.raw.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: size_bytes,
            usage: usage.flags(),
            mapped_at_creation: false,
        });
        // Both are asked before either is awaited: to a browser's GPU and back once.
        let (refused, too_large) = (validation.pop(), memory.pop());
        if refused.await.is_some() | too_large.await.is_some() {
            return Err(full);
        }
        self.check()?;
        Ok(Buffer::new(raw, size_bytes, &self.0.allocated_bytes))
    }

    /// A new buffer that holds `bytes`, as many as a multiple of 4.
    ///
    /// # Errors
    /// The GPU has no room for it.
    pub async fn upload(&self, label: &str, bytes: &[u8], usage: Usage) -> Result<Buffer, Error> {
        let buffer = self.buffer(label, bytes.len() as u64, usage).await?;
        self.write(&buffer, 0, bytes);
        Ok(buffer)
    }

    /// Queues `bytes` to stand in `buffer` from `offset_bytes` on, before anything submitted later.
    ///
    /// # Panics
    /// The offset or the length is no multiple of 4, or the range lies outside the buffer: mistakes of the caller.
    pub fn write(&self, buffer: &Buffer, offset_bytes: u64, bytes: &[u8]) {
        let len = bytes.len() as u64;
        assert!(offset_bytes.is_multiple_of(4) && len.is_multiple_of(4), "writes are of whole words");
        assert!(offset_bytes + len <= buffer.size_bytes(), "a write past the end of its buffer");
        self.0.queue.write_buffer(&buffer.0.raw, offset_bytes, bytes);
    }

    /// What has gone wrong since the device was opened, if anything; the first fault stays.
    ///
    /// # Errors
    /// That fault.
    pub fn check(&self) -> Result<(), Error> {
        match &*self.0.fault.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(fault) => Err(fault.clone()),
            None => Ok(()),
        }
    }

    /// Takes the device away, as a driver's reset would; what is under way fails.
    pub fn destroy(&self) {
        self.0.raw.destroy();
    }

    pub(crate) fn raw(&self) -> &wgpu::Device {
        &self.0.raw
    }

    pub(crate) fn queue(&self) -> &wgpu::Queue {
        &self.0.queue
    }
}

/// WebGPU's defaults, with larger buffers and bindings where they are offered and wanted.
fn limits(options: &Options, offered: &wgpu::Limits) -> wgpu::Limits {
    let mut limits = wgpu::Limits::default();
    if !options.default_limits {
        limits.max_storage_buffer_binding_size = offered.max_storage_buffer_binding_size;
        limits.max_buffer_size = offered.max_buffer_size;
    }
    limits
}

/// Remembers the first fault nobody waits for.
fn watch(device: &wgpu::Device, fault: &Arc<Mutex<Option<Error>>>) {
    let remember = |fault: &Mutex<Option<Error>>, error: Error| {
        fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    };
    let lost = fault.clone();
    device.set_device_lost_callback(move |_, reason| remember(&lost, Error::Lost { reason }));
    let uncaptured = fault.clone();
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        let reason = error.to_string();
        remember(&uncaptured, Error::Validation { label: "a command".to_owned(), reason });
    }));
}

#[cfg(not(target_arch = "wasm32"))]
fn describe(info: &wgpu::AdapterInfo, _device: &wgpu::Device) -> Adapter {
    Adapter { name: info.name.clone(), is_software: info.device_type == wgpu::DeviceType::Cpu }
}

#[cfg(target_arch = "wasm32")]
fn describe(_info: &wgpu::AdapterInfo, device: &wgpu::Device) -> Adapter {
    crate::web::adapter(device)
}
