//! Which machine this is.
#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "calling what was compiled for instructions that have been found")
)]

#[cfg(not(target_arch = "wasm32"))]
use super::Portable;
use super::Simd;

/// Work that any machine can do.
pub(crate) trait Task {
    /// Does it; always inlined, so that the machine's instructions are.
    fn run<S: Simd>(self, s: S);
}

/// A machine that this processor is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Machine {
    #[cfg(target_arch = "x86_64")]
    Avx512(super::x86::Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(super::x86::Avx2),
    #[cfg(target_arch = "aarch64")]
    Neon(super::neon::Neon),
    #[cfg(target_arch = "wasm32")]
    Wasm(super::wasm::Wasm),
    #[cfg(not(target_arch = "wasm32"))]
    Portable,
}

impl Machine {
    /// All that this processor is, the widest first.
    pub(crate) fn all() -> Vec<Self> {
        let all = [
            #[cfg(target_arch = "x86_64")]
            super::x86::Avx512::find().map(Self::Avx512),
            #[cfg(target_arch = "x86_64")]
            super::x86::Avx2::find().map(Self::Avx2),
            #[cfg(target_arch = "aarch64")]
            Some(Self::Neon(super::neon::Neon)),
            #[cfg(target_arch = "wasm32")]
            Some(Self::Wasm(super::wasm::Wasm::find())),
            #[cfg(not(target_arch = "wasm32"))]
            Some(Self::Portable),
        ];
        all.into_iter().flatten().collect()
    }

    /// The widest.
    pub(crate) fn find() -> Self {
        Self::all()[0]
    }

    /// Its name, as descriptions spell it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "AVX2",
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => "NEON",
            #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
            Self::Wasm(_) => "relaxed SIMD",
            #[cfg(all(target_arch = "wasm32", not(target_feature = "relaxed-simd")))]
            Self::Wasm(_) => "SIMD",
            #[cfg(not(target_arch = "wasm32"))]
            Self::Portable => "no SIMD",
        }
    }

    /// Does `task` with this machine's instructions.
    #[inline]
    pub(crate) fn run(self, task: impl Task) {
        match self {
            // SAFETY: the value is there because `find` has seen these instructions.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(machine) => unsafe { machine.inside(task) },
            // SAFETY: the same.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(machine) => unsafe { machine.inside(task) },
            #[cfg(target_arch = "aarch64")]
            Self::Neon(machine) => task.run(machine),
            #[cfg(target_arch = "wasm32")]
            Self::Wasm(machine) => machine.inside(task),
            #[cfg(not(target_arch = "wasm32"))]
            Self::Portable => task.run(Portable),
        }
    }
}
