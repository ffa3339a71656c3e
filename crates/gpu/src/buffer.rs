//! Memory on the GPU.

use std::cell::Cell;
use std::rc::Rc;

/// What a buffer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Read or written by kernels.
    Storage,
    /// A kernel's parameters.
    Uniform,
    /// Read back by the host.
    Readback,
    /// Timestamps on their way to where the host reads.
    Timestamps,
}

impl Usage {
    pub(crate) fn flags(self) -> wgpu::BufferUsages {
        use wgpu::BufferUsages as Flags;
        match self {
            Self::Storage => Flags::STORAGE | Flags::COPY_SRC | Flags::COPY_DST,
            Self::Uniform => Flags::UNIFORM | Flags::COPY_DST,
            Self::Readback => Flags::MAP_READ | Flags::COPY_DST,
            Self::Timestamps => Flags::QUERY_RESOLVE | Flags::COPY_SRC,
        }
    }
}

/// A stretch of GPU memory; clones are the same stretch, freed with the last of them.
#[derive(Clone, Debug)]
pub struct Buffer(pub(crate) Rc<Allocation>);

#[derive(Debug)]
pub(crate) struct Allocation {
    pub(crate) raw: wgpu::Buffer,
    size_bytes: u64,
    /// The device's sum, from which this takes itself off.
    allocated_bytes: Rc<Cell<u64>>,
}

impl Buffer {
    pub(crate) fn new(raw: wgpu::Buffer, size_bytes: u64, allocated_bytes: &Rc<Cell<u64>>) -> Self {
        allocated_bytes.set(allocated_bytes.get() + size_bytes);
        Self(Rc::new(Allocation { raw, size_bytes, allocated_bytes: allocated_bytes.clone() }))
    }

    /// Its size.
    pub fn size_bytes(&self) -> u64 {
        self.0.size_bytes
    }
}

impl Drop for Allocation {
    fn drop(&mut self) {
        // A browser frees what is destroyed at once, what is dropped whenever its collector runs.
        self.raw.destroy();
        self.allocated_bytes.set(self.allocated_bytes.get() - self.size_bytes);
    }
}
