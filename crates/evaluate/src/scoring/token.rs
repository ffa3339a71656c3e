//! Characters of an answer to tokens: numbers whole, commands under one name, layout gone.

use crate::scoring::notation::{WORDED, ascii, character, named};
use crate::scoring::word::{is_name, is_unit};

/// What an answer is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// Digits with at most one point, no closing zeros behind it, perhaps `e` and an exponent.
    Number(String),
    Letter(char),
    /// What stood in `\text{}`, a unit, or four and more letters in a row.
    Word(String),
    /// A command of LaTeX without its backslash, synonyms under one name: `frac`, `sqrt`, `pi`, `{` for `\{`.
    Command(&'static str),
    /// A symbol of its own: an operator, a bracket, a separator, `°`.
    Symbol(char),
    /// `\begin` of a matrix, whatever brackets it has.
    Begin,
    End,
}

/// The tokens of an answer. With `grouped`, `1,234` and `1 234` are one number; without, a list and two numbers.
pub(crate) fn tokens(text: &str, grouped: bool) -> Vec<Token> {
    let plain = ascii(text);
    let mut lexer = Lexer { rest: &plain, grouped, spaced: false, out: Vec::new() };
    lexer.all(false);
    lexer.out
}

struct Lexer<'a> {
    rest: &'a str,
    grouped: bool,
    spaced: bool,
    out: Vec<Token>,
}

impl<'a> Lexer<'a> {
    /// Reads all of the text; `worded` says that its letters are words, not variables.
    fn all(&mut self, worded: bool) {
        while let Some(c) = self.rest.chars().next() {
            let after = &self.rest[c.len_utf8()..];
            match c {
                '\\' => self.command(after),
                '0'..='9' => self.number(),
                '.' if after.starts_with(|c: char| c.is_ascii_digit()) => self.number(),
                '^' => self.power(after),
                _ if c.is_alphabetic() => self.letters(worded),
                // Signs of currency and of mathematics in a text are layout.
                '$' | '€' | '£' | '¥' | '~' => self.space(after),
                _ if c.is_whitespace() => self.space(after),
                _ => {
                    self.rest = after;
                    self.push(Token::Symbol(c));
                }
            }
        }
    }

    fn push(&mut self, token: Token) {
        self.out.push(token);
        self.spaced = false;
    }

    fn space(&mut self, after: &'a str) {
        self.rest = after;
        self.spaced = true;
    }

    /// `^`, or the degree sign that `^\circ` is.
    fn power(&mut self, after: &'a str) {
        let inner = after.trim_start();
        let braced = inner.strip_prefix('{').map(str::trim_start);
        let circle = braced.unwrap_or(inner).strip_prefix("\\circ");
        let closed = match braced {
            Some(_) => circle.and_then(|rest| rest.trim_start().strip_prefix('}')),
            None => circle,
        };
        self.rest = closed.unwrap_or(after);
        self.push(Token::Symbol(if closed.is_some() { '°' } else { '^' }));
    }

    fn letters(&mut self, worded: bool) {
        let end = self.rest.find(|c: char| !c.is_alphabetic()).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        let lower = run.to_lowercase();
        // A lone letter after a value and a space that ends the text may be a unit: `5 m`.
        let value = matches!(self.out.last(), Some(Token::Number(_) | Token::Symbol('}' | ')')));
        let unit = is_unit(&lower, value && self.spaced && rest.trim().is_empty());
        let long = 4 <= run.chars().count();
        if !worded
            && !unit
            && let Some(name) = named(&lower).filter(|_| is_name(&lower))
        {
            self.push(Token::Command(name));
        } else if worded || unit || long || matches!(lower.as_str(), "or" | "and") {
            self.push(Token::Word(lower));
        } else {
            run.chars().for_each(|c| self.push(Token::Letter(c)));
        }
    }

    fn command(&mut self, after: &'a str) {
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        // A command that is no word is one character: `\,` or `\{`.
        let end = if end == 0 { after.chars().next().map_or(0, char::len_utf8) } else { end };
        let (name, rest) = after.split_at(end);
        self.rest = rest;
        if let Some(c) = character(name) {
            self.push(Token::Symbol(c));
        } else if let Some(name) = named(name) {
            self.push(Token::Command(name));
            if name == "\\" {
                self.row_distance();
            }
        } else if WORDED.contains(&name) {
            self.worded();
        } else {
            self.layout(name);
        }
    }

    /// Passes the distance between rows: `\\[1ex]`.
    fn row_distance(&mut self) {
        let distance = self.rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        if let Some((distance, rest)) = distance
            && ["pt", "ex", "em", "mm", "cm"].iter().any(|unit| distance.ends_with(unit))
        {
            self.rest = rest;
        }
    }

    /// The words in the braces that follow.
    fn worded(&mut self) {
        let Some(inner) = self.braced() else { return };
        if let Some(name) = named(inner.trim()).filter(|name| is_name(name)) {
            return self.push(Token::Command(name));
        }
        // Within words a command would call for words again, without end: it is read as letters.
        let plain = inner.replace('\\', " ");
        let mut words = Lexer { rest: &plain, grouped: self.grouped, spaced: true, out: Vec::new() };
        words.all(true);
        self.out.append(&mut words.out);
        self.spaced = true;
    }

    /// Commands that say how something looks, and those that open and close a matrix.
    fn layout(&mut self, name: &str) {
        match name {
            "begin" | "end" => {
                let Some(kind) = self.braced() else { return };
                if kind == "array" && name == "begin" {
                    self.braced();
                }
                match kind {
                    "array" | "matrix" | "pmatrix" | "bmatrix" | "Bmatrix" | "smallmatrix" => {
                        self.push(if name == "begin" { Token::Begin } else { Token::End });
                    }
                    _ => self.push(Token::Word(format!("{name} {kind}"))),
                }
            }
            "mathbb" => {
                let set = self.braced().unwrap_or("");
                self.push(Token::Word(format!("mathbb{set}")));
            }
            // `\left.` and `\right.` are brackets that are not there.
            "left" | "right" => self.rest = self.rest.strip_prefix('.').unwrap_or(self.rest),
            "hspace" | "vspace" | "color" => {
                self.braced();
            }
            "!" | "$" | "(" | ")" | "[" | "]" | "mathbf" | "boldsymbol" | "bold" | "mathit" | "mathsf"
            | "mathcal" | "bf" | "rm" | "it" | "displaystyle" | "textstyle" | "big" | "Big" | "bigl"
            | "bigr" | "Bigl" | "Bigr" | "bigg" | "Bigg" | "limits" | "boxed" | "fbox" => {}
            "," | ";" | ":" | " " | "quad" | "qquad" | "thinspace" | "\n" | "" => self.spaced = true,
            "to" | "rightarrow" => self.push(Token::Symbol('→')),
            "circ" => self.push(Token::Symbol('°')),
            "cap" => self.push(Token::Symbol('∩')),
            "lor" => self.push(Token::Word("or".into())),
            "land" => self.push(Token::Word("and".into())),
            _ => self.push(Token::Word(format!("\\{name}"))),
        }
    }

    /// What stands in the braces that follow, which are passed; without braces nothing.
    fn braced(&mut self) -> Option<&'a str> {
        let inner = self.rest.trim_start().strip_prefix('{')?;
        let mut depth = 1;
        for (at, c) in inner.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.rest = &inner[at + 1..];
                return Some(&inner[..at]);
            }
        }
        self.rest = "";
        Some(inner)
    }

    fn number(&mut self) {
        let mut digits = self.digits();
        if digits.len() <= 3 && !digits.is_empty() {
            while let Some(rest) = group(self.rest, self.grouped) {
                digits.push_str(&rest[..3]);
                self.rest = &rest[3..];
            }
        }
        if let Some(rest) = self.rest.strip_prefix('.')
            && (rest.starts_with(|c: char| c.is_ascii_digit()) || rest.starts_with("\\overline"))
        {
            self.rest = rest;
            digits.push('.');
            digits.push_str(&self.digits());
            if let Some(rest) = self.rest.strip_prefix("\\overline") {
                self.rest = rest;
                let period = self.braced().unwrap_or("").trim().to_owned();
                if !period.is_empty() && period.len() < 20 && period.bytes().all(|b| b.is_ascii_digit()) {
                    // More digits than a double has.
                    digits.push_str(&period.repeat(40 / period.len()));
                }
            }
            digits.truncate(digits.trim_end_matches('0').trim_end_matches('.').len());
        }
        if digits.is_empty() || digits.starts_with('.') {
            digits.insert(0, '0');
        }
        if let Some(exponent) = exponent(self.rest) {
            digits.push_str(&self.rest[..exponent]);
            self.rest = &self.rest[exponent..];
        }
        self.push(Token::Number(digits));
    }

    fn digits(&mut self) -> String {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits.to_owned()
    }
}

/// What follows the separator of thousands, where exactly three digits do.
fn group(text: &str, grouped: bool) -> Option<&str> {
    // A comma drawn close to its neighbours separates thousands whatever else commas do.
    let drawn_close = text.strip_prefix(',').and_then(|rest| rest.trim_start().strip_prefix("\\!"));
    let close = drawn_close.or_else(|| text.strip_prefix("{,}")).or_else(|| text.strip_prefix("\\,"));
    let plain = text.strip_prefix(',').or_else(|| text.strip_prefix(' ')).filter(|_| grouped);
    let rest = close.map(str::trim_start).or(plain)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 3).then_some(rest)
}

/// The length of `e-5` at the start of the text.
fn exponent(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(['e', 'E'])?;
    let unsigned = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let ends = !unsigned[digits..].starts_with(|c: char| c.is_alphanumeric());
    (1..=4).contains(&digits).then_some(text.len() - unsigned.len() + digits).filter(|_| ends)
}
