//! Threads that share the work of a step; in a browser's worker there is one.

/// Those who work.
pub(crate) struct Crew {
    #[cfg(not(target_arch = "wasm32"))]
    pool: Option<rayon::ThreadPool>,
    threads: usize,
}

impl Crew {
    /// `threads` of them; 0 is one for each core.
    pub(crate) fn new(threads: usize) -> Self {
        #[cfg(target_arch = "wasm32")]
        {
            let _ = threads;
            Self { threads: 1 }
        }
        #[cfg(not(target_arch = "wasm32"))]
        {
            let cores = || std::thread::available_parallelism().map_or(1, usize::from);
            let threads = if threads == 0 { cores() } else { threads };
            // A system that gives no threads leaves the work to the one there is.
            let build = || rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok();
            let pool = if threads > 1 { build() } else { None };
            Self { threads: pool.as_ref().map_or(1, rayon::ThreadPool::current_num_threads), pool }
        }
    }

    /// How many there are.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Runs `work` where its calls of [`Crew::each`] cost least.
    pub(crate) fn gather<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(pool) = &self.pool {
            return pool.install(work);
        }
        work()
    }

    /// Does `work` with every item, in any order.
    pub(crate) fn each<I: Send>(&self, items: Vec<I>, work: impl Fn(I) + Sync + Send) {
        #[cfg(not(target_arch = "wasm32"))]
        if self.pool.is_some() {
            use rayon::iter::{IntoParallelIterator, ParallelIterator};
            return items.into_par_iter().for_each(work);
        }
        items.into_iter().for_each(work);
    }
}
