//! Stop strings over streamed text.

/// Looks for stop strings in text that comes in pieces.
#[derive(Clone, Debug, Default)]
pub struct StopStrings {
    stops: Vec<String>,
    /// Text that could still become a stop string.
    held: String,
    is_stopped: bool,
}

impl StopStrings {
    /// Stops at any of `stops`; empty ones are ignored.
    pub fn new(stops: Vec<String>) -> Self {
        let stops = stops.into_iter().filter(|stop| !stop.is_empty()).collect();
        Self { stops, held: String::new(), is_stopped: false }
    }

    /// Takes the next piece and gives back what can be no part of a stop string; nothing once one was found.
    pub fn push(&mut self, text: &str) -> String {
        if self.is_stopped {
            return String::new();
        }
        self.held.push_str(text);
        if let Some(at) = self.stops.iter().filter_map(|stop| self.held.find(stop.as_str())).min() {
            self.is_stopped = true;
            self.held.truncate(at);
            return std::mem::take(&mut self.held);
        }
        let hold = self.stops.iter().map(|stop| overlap(&self.held, stop)).max().unwrap_or(0);
        let rest = self.held.split_off(self.held.len() - hold);
        std::mem::replace(&mut self.held, rest)
    }

    /// What was held back, at the end of the text.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Whether a stop string was found.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }
}

/// Bytes of the longest end of `text` that `stop` begins with.
fn overlap(text: &str, stop: &str) -> usize {
    let most = text.len().min(stop.len() - 1);
    let begins = |len: &usize| stop.is_char_boundary(*len) && text.ends_with(&stop[..*len]);
    (1..=most).rev().find(begins).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (Vec<String>, bool) {
        let mut strings = StopStrings::new(stops.iter().map(|stop| (*stop).to_owned()).collect());
        let mut out: Vec<String> = pieces.iter().map(|piece| strings.push(piece)).collect();
        out.push(strings.finish());
        (out, strings.is_stopped())
    }

    #[test]
    fn a_stop_string_split_over_pieces_is_found_and_left_out() {
        assert_eq!(
            run(&["STOP"], &["one S", "TO", "P two"]),
            (["one ", "", "", ""].map(str::to_owned).to_vec(), true)
        );
    }

    #[test]
    fn what_only_looked_like_one_comes_after_all() {
        assert_eq!(run(&["STOP"], &["a ST", "ART"]).0.concat(), "a START");
        assert_eq!(run(&["STOP"], &["a STO"]), (["a ", "STO"].map(str::to_owned).to_vec(), false));
    }

    #[test]
    fn the_first_of_several_wins_and_characters_stay_whole() {
        assert_eq!(run(&["ü", "b"], &["aü", "b"]).0.concat(), "a");
        assert_eq!(run(&[""], &["abc"]), (["abc", ""].map(str::to_owned).to_vec(), false));
        assert_eq!(run(&["日本"], &["x日", "月"]).0.concat(), "x日月");
    }
}
