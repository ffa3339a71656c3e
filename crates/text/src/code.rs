//! Where streamed Markdown is code.

/// Follows Markdown character by character and knows whether the next one stands in code.
///
/// A fence is a line that begins with three or more backticks or tildes, and reaches to the line that closes it. A code
/// span is taken to end with its line: one stray backtick must not swallow the rest of a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Code {
    /// The open fence: its character, and how many of it.
    fence: Option<(char, usize)>,
    /// The open code span: how many backticks began it.
    span: Option<usize>,
    /// The run of backticks or tildes that is being read.
    run: Option<Run>,
    /// Whether the line has more than whitespace before the run.
    line_has_text: bool,
    /// Whether the line is one that would close the open fence, if nothing else comes.
    may_close: bool,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    character: char,
    length: usize,
    begins_line: bool,
}

impl Code {
    /// Takes the next character.
    pub(crate) fn push(&mut self, character: char) {
        match &mut self.run {
            Some(run) if run.character == character => return run.length += 1,
            _ => self.end_run(),
        }
        match character {
            '\n' => {
                if self.may_close {
                    self.fence = None;
                }
                (self.span, self.line_has_text, self.may_close) = (None, false, false);
            }
            '`' | '~' => self.run = Some(Run { character, length: 1, begins_line: !self.line_has_text }),
            _ if character.is_whitespace() => return,
            _ => self.may_close = false,
        }
        self.line_has_text |= character != '\n';
    }

    /// Whether what comes next stands in a fence.
    pub(crate) fn in_fence(&mut self) -> bool {
        self.end_run();
        self.fence.is_some()
    }

    /// The backticks that would close the code span in which what comes next stands.
    pub(crate) fn span(&mut self) -> Option<usize> {
        self.end_run();
        self.span
    }

    /// Decides what the run was, now that it is whole.
    fn end_run(&mut self) {
        let Some(Run { character, length, begins_line }) = self.run.take() else { return };
        match self.fence {
            Some((fence, least)) => self.may_close = begins_line && character == fence && length >= least,
            None if begins_line && length >= 3 => self.fence = Some((character, length)),
            None if character == '`' => match self.span {
                None => self.span = Some(length),
                Some(open) if open == length => self.span = None,
                Some(_) => {}
            },
            None => {}
        }
    }
}

/// Whether `rest` of a line has a run of exactly `length` backticks; `None` while neither it nor the line's end is there.
pub(crate) fn closes(rest: &str, length: usize) -> Option<bool> {
    let line = rest.split('\n').next().unwrap_or_default();
    let is_whole = line.len() < rest.len();
    let mut at = 0;
    while let Some(begin) = line[at..].find('`').map(|found| at + found) {
        let end = line[begin..].find(|character| character != '`').map_or(line.len(), |found| begin + found);
        if end == line.len() && !is_whole {
            return None;
        }
        if end - begin == length {
            return Some(true);
        }
        at = end;
    }
    is_whole.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a character after `text` would stand in a fence, and in which span.
    fn after(text: &str) -> (bool, Option<usize>) {
        let mut code = Code::default();
        text.chars().for_each(|character| code.push(character));
        (code.in_fence(), code.span())
    }

    #[test]
    fn fences_open_and_close_with_their_own_marks() {
        assert_eq!(after("a\n```xml\n<a>"), (true, None));
        assert_eq!(after("a\n  ~~~\n```\n"), (true, None));
        assert_eq!(after("````\n```\n"), (true, None));
        assert_eq!(after("```\na ```\n"), (true, None));
        assert_eq!(after("```\na\n``` \nb"), (false, None));
        assert_eq!(after("~~~\n~~~~\n"), (false, None));
    }

    #[test]
    fn spans_open_and_close_on_their_line() {
        assert_eq!(after("say `x"), (false, Some(1)));
        assert_eq!(after("say ``a ` b"), (false, Some(2)));
        assert_eq!(after("say `x` and"), (false, None));
        assert_eq!(after("a stray ` here\nand"), (false, None));
        assert_eq!(after("inline ```a``` b"), (false, None));
    }

    #[test]
    fn a_span_closes_only_with_as_many_backticks() {
        assert_eq!(closes("a` b", 1), Some(true));
        assert_eq!(closes("a`` b` c", 1), Some(true));
        assert_eq!(closes("a`` b\n`", 1), Some(false));
        assert_eq!(closes("a`", 1), None);
        assert_eq!(closes("a", 1), None);
    }
}
