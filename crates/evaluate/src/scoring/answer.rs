//! Where in a model's text its final answer stands.

/// The final answer of a text, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// As it was written, without the box or the sentence around it.
    pub text: String,
    /// How it was found.
    pub found: Found,
}

/// How a final answer was found, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// In the last `\boxed{}`.
    Boxed,
    /// Behind the last "answer is" or `####`.
    Phrase,
    /// It is the last number of the text.
    LastNumber,
}

/// What ends a model's thinking; the answer follows.
const THOUGHT: &str = "</think>";
const BOXES: &[&str] = &["\\boxed", "\\fbox", "boxed{"];
const PHRASES: &[&str] = &["he answer is", "inal answer is", "inal answer:", "inal Answer:"];
/// What GSM8K sets before an answer.
const MARK: &str = "####";
/// Longest answer that is taken from a text, in bytes; more of it is no answer.
const MOST_BYTES: usize = 4096;

/// Boxes tried, the last first: each that is open or empty is read to its end.
const MOST_BOXES: usize = 16;

/// The final answer of a model's text: the last box, or else what follows a phrase that announces it, or else the last
/// number. What follows the thinking comes before what is within it.
pub fn final_answer(text: &str) -> Option<Answer> {
    let said = text.rsplit_once(THOUGHT).map(|(_, said)| said);
    let parts = || said.into_iter().chain([text]);
    let found = |found| move |text: &str| Answer { text: text.to_owned(), found };
    let boxed = || parts().find_map(last_box).map(found(Found::Boxed));
    let phrase = || parts().find_map(behind_phrase).map(found(Found::Phrase));
    let number = || parts().find_map(last_number).map(found(Found::LastNumber));
    boxed().or_else(phrase).or_else(number)
}

/// What stands in the last box that closes; or in the last one that does not, up to the end of its line.
fn last_box(text: &str) -> Option<&str> {
    let mut unclosed = None;
    let mut rest = text;
    for _ in 0..MOST_BOXES {
        let opens = BOXES.iter().filter_map(|open| Some((rest.rfind(open)?, open)));
        let Some((at, open)) = opens.max_by_key(|(at, _)| *at) else { break };
        let behind = text[at + open.trim_end_matches('{').len()..].trim_start();
        match behind.strip_prefix('{') {
            Some(inner) => match closed(inner) {
                Some(inner) if !inner.trim().is_empty() => return Some(short(inner)),
                Some(_) => {}
                None => unclosed = unclosed.or(inner.lines().next()),
            },
            // `\boxed 5`: up to the end of the formula. A sentence about boxes goes on in words.
            None => {
                let end = behind.find(['$', '\n']).unwrap_or(behind.len());
                let bare = behind[..end].trim().trim_end_matches('.');
                let is_formula = bare.len() == 1 || bare.contains(|c: char| c.is_ascii_digit() || c == '\\');
                if is_formula && !bare.contains(char::is_whitespace) {
                    return Some(short(bare));
                }
            }
        }
        rest = &text[..at];
    }
    unclosed.map(|text| short(text.trim())).filter(|text| !text.is_empty())
}

/// The text up to the brace that closes it.
fn closed(inner: &str) -> Option<&str> {
    let mut depth = 1;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            '{' if !escaped => depth += 1,
            '}' if !escaped => depth -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if depth == 0 {
            return Some(&inner[..at]);
        }
    }
    None
}

/// The formula or the sentence behind the last phrase that announces an answer.
fn behind_phrase(text: &str) -> Option<&str> {
    let behind = |phrase: &&str| text.rfind(*phrase).map(|at| at + phrase.len());
    // Before words they head a section.
    let marked = behind(&MARK).filter(|at| {
        let rest = text[*at..].trim_start();
        rest.starts_with(|c: char| c.is_ascii_digit() || "-.$\\".contains(c))
    });
    let ends = PHRASES.iter().filter_map(behind).chain(marked);
    let rest = text[ends.max()?..].trim_start_matches([':', '*', ' ', '\n', '_']);
    let line = rest.lines().next()?.trim();
    for (open, close) in [("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")] {
        if let Some(formula) = line.strip_prefix(open)
            && let Some(end) = formula.find(close).filter(|end| *end != 0)
        {
            return Some(short(&formula[..end]));
        }
    }
    let sentence = line.split_inclusive(". ").next()?.trim().trim_matches('*').trim_end_matches(['.', '/']);
    (!sentence.is_empty()).then(|| short(sentence))
}

/// The last number: a sign that touches it, digits in groups of thousands, a point.
fn last_number(text: &str) -> Option<&str> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let digits = |end: usize| text[..end].bytes().rev().take_while(u8::is_ascii_digit).count();
    let mut start = end - digits(end);
    let mut group = end - start;
    if text[..start].ends_with('.') {
        group = digits(start - 1);
        start -= 1 + group;
    }
    // Three digits with a comma before them have one to three more before it.
    while group == 3 && text[..start].ends_with(',') && (1..=3).contains(&digits(start - 1)) {
        group = digits(start - 1);
        start -= 1 + group;
    }
    // In `3-4` the sign stands between two numbers.
    let before = text[..start].strip_suffix('-');
    let negative = before.is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric()));
    Some(&text[start - usize::from(negative)..end])
}

/// At most the bytes an answer may have.
fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST_BYTES)]
}
