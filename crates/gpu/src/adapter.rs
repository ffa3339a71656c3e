//! Who computes.

/// Who computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// As the driver or the browser names it.
    pub name: String,
    /// A program on the CPU that behaves as a GPU.
    pub is_software: bool,
}
