//! Why a request came to nothing, and what asking again would change.

use engine::Error;
use web_sys::AbortSignal;

use crate::clock::sleep;

/// Tries without a byte more, after which it is given up.
const TRIES: u32 = 5;
/// The first wait between two tries; each further one is three times as long.
const FIRST_WAIT_MS: u32 = 250;

/// Why a request came to nothing.
pub(crate) enum Trouble {
    /// The network or a busy server: it may pass. What happened, to follow the address and a colon.
    Passing(String),
    /// Asking again would bring the same.
    Lasting(Error),
}

/// How often the same bytes have been asked for.
pub(crate) struct Patience {
    tries: u32,
    reached: u64,
}

impl Patience {
    /// Before the first try, at byte `at`.
    pub(crate) fn new(at: u64) -> Self {
        Self { tries: 0, reached: at }
    }

    /// Waits until it is time to ask again, from byte `at` on.
    ///
    /// # Errors
    /// The trouble lasts, the caller ended it, or the last tries brought nothing.
    pub(crate) async fn wait(
        &mut self,
        trouble: Trouble,
        url: &str,
        at: u64,
        signal: &AbortSignal,
    ) -> Result<(), Error> {
        let words = match trouble {
            _ if signal.aborted() => return Err(stopped()),
            Trouble::Lasting(error) => return Err(error),
            Trouble::Passing(words) => words,
        };
        if at > self.reached {
            *self = Self::new(at);
        }
        self.tries += 1;
        if self.tries == TRIES {
            let advice = "check the connection and load it again";
            return Err(Error::Files(format!(
                "{url}: {words}; {TRIES} tries brought nothing after byte {at}; {advice}"
            )));
        }
        sleep(FIRST_WAIT_MS * 3_u32.pow(self.tries - 1), signal).await;
        if signal.aborted() { Err(stopped()) } else { Ok(()) }
    }
}

/// The caller ended it.
pub(crate) fn stopped() -> Error {
    Error::Files("loading was stopped".to_owned())
}
