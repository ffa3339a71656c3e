//! How keys and values are held.

/// How keys and values are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KvDtype {
    /// 16-bit floats.
    F16,
    /// 32-bit floats.
    F32,
}

impl KvDtype {
    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::F16, Self::F32].into_iter().find(|dtype| dtype.name() == name)
    }

    /// Its name, as options and reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F16 => "f16",
            Self::F32 => "f32",
        }
    }

    /// Bytes of one number.
    pub const fn bytes(self) -> u64 {
        match self {
            Self::F16 => 2,
            Self::F32 => 4,
        }
    }
}
