//! What kind of thing an answer is: a value, a point or an interval, a set, a matrix, an equation, or words.

use crate::scoring::expression::Expression;
use crate::scoring::formula::expression;
use crate::scoring::token::Token;
use crate::scoring::word::{is_value, number};

/// Shapes within shapes. Beyond it a text is words.
const MOST_DEPTH: usize = 12;

#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Value {
        value: Expression,
        percent: bool,
    },
    /// A tuple or an interval, in its brackets: `(1, 2]`. Pointed brackets are round ones.
    Sequence {
        open: char,
        close: char,
        items: Vec<Shape>,
    },
    Set(Vec<Shape>),
    /// Separated by commas or words, without brackets.
    List(Vec<Shape>),
    Union(Vec<Shape>),
    Matrix(Vec<Vec<Shape>>),
    /// `name` where the left side only names what the right side is.
    Equation {
        left: Box<Shape>,
        right: Box<Shape>,
        name: Option<String>,
    },
    /// Sides with `<`, `>`, `l` for at most, `g` for at least, `n` for unequal between them; the smaller side first.
    Inequality {
        sides: Vec<Shape>,
        signs: Vec<char>,
    },
    /// Letters and digits alone, in small letters.
    Words(String),
    /// What is none of these.
    Unread(Vec<Token>),
}

/// The shape of an answer.
pub(crate) fn shape(tokens: &[Token]) -> Shape {
    read(tokens, 0)
}

/// Letters and digits of the tokens, in small letters, with the sign they begin with.
pub(crate) fn words(tokens: &[Token]) -> String {
    let mut words = String::new();
    for token in tokens {
        match token {
            Token::Number(text) => words.push_str(text),
            Token::Word(text) => words.extend(text.chars().filter(|c| c.is_alphanumeric())),
            Token::Letter(letter) => words.extend(letter.to_lowercase()),
            Token::Command(name) => words.push_str(name),
            Token::Symbol('-') if words.is_empty() => words.push('-'),
            _ => {}
        }
    }
    words
}

/// Tokens that are no mathematics: words, or what cannot be read.
fn unread(tokens: &[Token]) -> Shape {
    let is_layout = |token: &Token| match token {
        Token::Word(_) | Token::Letter(_) | Token::Number(_) => true,
        Token::Symbol(c) => "{}()-.,'’`\"".contains(*c),
        _ => false,
    };
    let has_words = tokens.iter().any(|token| matches!(token, Token::Word(_) | Token::Letter(_)));
    match has_words && tokens.iter().all(is_layout) {
        true => Shape::Words(words(tokens)),
        false => Shape::Unread(tokens.to_vec()),
    }
}

fn read(tokens: &[Token], depth: usize) -> Shape {
    if MOST_DEPTH <= depth {
        return unread(tokens);
    }
    let tokens = without_closing(tokens);
    let items = split(tokens, &is_separator);
    if 1 < items.len() {
        return Shape::List(
            items.into_iter().filter(|item| !item.is_empty()).map(|item| read(item, depth + 1)).collect(),
        );
    }
    if let Some(related) = relation(tokens, depth) {
        return related;
    }
    let parts = split(tokens, &|token| *token == Token::Command("cup"));
    if 1 < parts.len() {
        return Shape::Union(parts.into_iter().map(|part| read(part, depth + 1)).collect());
    }
    let (tokens, percent) = without_unit(tokens);
    bracketed(tokens, depth)
        .or_else(|| matrix(tokens, depth))
        .or_else(|| constant(tokens))
        .or_else(|| expression(tokens).map(|value| Shape::Value { value, percent }))
        .unwrap_or_else(|| unread(tokens))
}

fn is_separator(token: &Token) -> bool {
    match token {
        Token::Symbol(',' | ';') => true,
        Token::Word(word) => matches!(word.as_str(), "or" | "and"),
        _ => false,
    }
}

/// Without the punctuation that closes a sentence.
fn without_closing(tokens: &[Token]) -> &[Token] {
    let is_closing =
        |token: &Token| matches!(token, Token::Symbol('.' | ',' | ';' | ':' | '/') | Token::Command("\\"));
    let end = tokens.iter().rposition(|token| !is_closing(token)).map_or(0, |last| last + 1);
    &tokens[..end]
}

/// How much deeper in brackets one is behind a token.
fn step(token: &Token) -> i32 {
    match token {
        Token::Symbol('(' | '[' | '{') | Token::Command("{" | "langle") | Token::Begin => 1,
        Token::Symbol(')' | ']' | '}') | Token::Command("}" | "rangle") | Token::End => -1,
        _ => 0,
    }
}

/// Parts between the tokens outside of brackets that are such.
fn split<'a>(tokens: &'a [Token], such: &dyn Fn(&Token) -> bool) -> Vec<&'a [Token]> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, token) in tokens.iter().enumerate() {
        depth += step(token);
        if depth == 0 && such(token) {
            parts.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    parts.push(&tokens[start..]);
    parts
}

/// The sign of a relation; `~` is near, `∈` is in.
fn relation_sign(token: &Token) -> Option<char> {
    match token {
        Token::Symbol(sign @ ('=' | '<' | '>')) => Some(*sign),
        Token::Symbol('→') => Some('='),
        Token::Command("le") => Some('l'),
        Token::Command("ge") => Some('g'),
        Token::Command("ne") => Some('n'),
        Token::Command("approx") => Some('~'),
        Token::Command("in") => Some('∈'),
        _ => None,
    }
}

fn relation(tokens: &[Token], depth: usize) -> Option<Shape> {
    let sides = split(tokens, &|token| relation_sign(token).is_some());
    if sides.len() < 2 {
        return None;
    }
    let mut signs = Vec::new();
    let mut start = 0;
    for side in &sides[..sides.len() - 1] {
        start += side.len() + 1;
        signs.push(relation_sign(&tokens[start - 1])?);
    }
    // What is near adds nothing to what is exact, and `= 5` names nothing.
    if let Some(near) = signs.iter().position(|sign| *sign == '~') {
        let end = sides[..=near].iter().map(|side| side.len() + 1).sum::<usize>() - 1;
        let exact = &tokens[..end];
        let rest = &tokens[end + 1..];
        return Some(read(if named(exact).is_some() || exact.is_empty() { rest } else { exact }, depth + 1));
    }
    if sides[0].is_empty() {
        return Some(read(&tokens[1..], depth + 1));
    }
    if signs == ['∈'] && named(sides[0]).is_some() {
        return Some(read(sides[1], depth + 1));
    }
    if signs.iter().all(|sign| *sign == '=') {
        let right = Box::new(read(sides[sides.len() - 1], depth + 1));
        return Some(Shape::Equation {
            left: Box::new(read(sides[0], depth + 1)),
            right,
            name: named(sides[0]),
        });
    }
    if signs.iter().any(|sign| matches!(sign, '=' | '∈')) {
        return None;
    }
    let mut shapes: Vec<Shape> = sides.iter().map(|side| read(side, depth + 1)).collect();
    // What is greater comes last.
    if signs.iter().all(|sign| matches!(sign, '>' | 'g')) {
        shapes.reverse();
        signs.reverse();
        signs.iter_mut().for_each(|sign| *sign = if *sign == '>' { '<' } else { 'l' });
    }
    Some(interval(&shapes, &signs).unwrap_or(Shape::Inequality { sides: shapes, signs }))
}

/// The name that a side of an equation is: letters, words and brackets, perhaps added up, but no number and no power.
fn named(side: &[Token]) -> Option<String> {
    let (mut name, mut letters, mut below) = (String::new(), 0, false);
    let mut rest = side;
    while let [token, behind @ ..] = rest {
        rest = behind;
        match token {
            Token::Symbol('-') if name.is_empty() => return None,
            // An inverse function: f^{-1}(x).
            Token::Symbol('^') => {
                let inverse =
                    [Token::Symbol('{'), Token::Symbol('-'), Token::Number("1".into()), Token::Symbol('}')];
                rest = behind.strip_prefix(&inverse)?;
                name.push('^');
            }
            Token::Symbol('!') | Token::Command("sqrt" | "pm" | "mp" | "binom" | "pi" | "infty") => {
                return None;
            }
            Token::Number(_) if !below => return None,
            Token::Number(text) => name.push_str(text),
            Token::Letter(letter) => name.push(*letter),
            Token::Word(word) => name.push_str(word),
            Token::Command(command) => name.push_str(command),
            Token::Symbol(symbol) => name.push(*symbol),
            Token::Begin | Token::End => return None,
        }
        letters += usize::from(matches!(token, Token::Letter(_) | Token::Word(_) | Token::Command(_)));
        below = *token == Token::Symbol('_') || below && *token == Token::Symbol('{');
    }
    (letters != 0).then_some(name)
}

/// An inequality that bounds one variable, as the interval it is.
fn interval(sides: &[Shape], signs: &[char]) -> Option<Shape> {
    let is_variable = |shape: &Shape| matches!(shape, Shape::Value { value: Expression::Variable(_), .. });
    let infinity = |below: bool| {
        let value =
            if below { Expression::Negative(Box::new(Expression::Infinity)) } else { Expression::Infinity };
        Shape::Value { value, percent: false }
    };
    let (low, above, below, high) = match (sides, signs) {
        ([x, bound], [below @ ('<' | 'l')]) if is_variable(x) && !is_variable(bound) => {
            (infinity(true), '<', *below, bound.clone())
        }
        ([bound, x], [above @ ('<' | 'l')]) if is_variable(x) && !is_variable(bound) => {
            (bound.clone(), *above, '<', infinity(false))
        }
        ([low, x, high], [above @ ('<' | 'l'), below @ ('<' | 'l')]) if is_variable(x) => {
            (low.clone(), *above, *below, high.clone())
        }
        _ => return None,
    };
    Some(Shape::Sequence {
        open: if above == 'l' { '[' } else { '(' },
        close: if below == 'l' { ']' } else { ')' },
        items: vec![low, high],
    })
}

/// Without the unit behind a value, and whether that is a percentage.
fn without_unit(tokens: &[Token]) -> (&[Token], bool) {
    let mut rest = tokens;
    let mut percent = false;
    loop {
        rest = match rest {
            [before @ .., Token::Symbol('%')] => {
                percent = true;
                before
            }
            [before @ .., Token::Word(word)] if !word.starts_with("mathbb") && !is_value(word) => {
                percent |= word.starts_with("percent");
                before
            }
            [before @ .., unit, power, _] if is_unit_power(unit, power) => &rest[..before.len() + 1],
            [before @ .., unit, power, open, _, _]
                if is_unit_power(unit, power) && *open == Token::Symbol('{') =>
            {
                &rest[..before.len() + 1]
            }
            // Fourth: 4^{\text{th}}.
            [before @ .., Token::Symbol('^'), Token::Symbol('{'), Token::Word(_), Token::Symbol('}')] => {
                before
            }
            // Metres / second, metres * seconds.
            [before @ .., Token::Symbol('/' | '*')] if rest.len() < tokens.len() => before,
            _ => break,
        };
    }
    if rest.is_empty() { (tokens, false) } else { (rest, percent) }
}

fn is_unit_power(unit: &Token, power: &Token) -> bool {
    matches!(unit, Token::Word(_)) && *power == Token::Symbol('^')
}

/// What stands between brackets that open it and close it.
fn inside(tokens: &[Token]) -> Option<(&Token, &[Token], &Token)> {
    let [open, inner @ .., close] = tokens else { return None };
    let mut depth = step(open);
    let closed_early = |token: &Token| {
        depth += step(token);
        depth <= 0
    };
    let whole = step(open) == 1 && step(close) == -1 && !inner.iter().any(closed_early);
    whole.then_some((open, inner, close))
}

fn bracketed(tokens: &[Token], depth: usize) -> Option<Shape> {
    let (open, inner, close) = inside(tokens)?;
    let several = 1 < split(inner, &is_separator).len();
    match (open, close) {
        (Token::Command("{"), Token::Command("}")) => {
            Some(Shape::Set(items(without_condition(inner), depth)))
        }
        // Braces that group nothing: the model forgot their backslash.
        (Token::Symbol('{'), Token::Symbol('}')) if several => Some(Shape::Set(items(inner, depth))),
        (Token::Symbol('{'), Token::Symbol('}')) => Some(read(inner, depth + 1)),
        (Token::Symbol('('), Token::Symbol(')')) | (Token::Symbol('['), Token::Symbol(']')) if !several => {
            Some(read(inner, depth + 1))
        }
        (Token::Command("langle"), Token::Command("rangle")) => {
            Some(Shape::Sequence { open: '(', close: ')', items: items(inner, depth) })
        }
        (Token::Symbol(open @ ('(' | '[')), Token::Symbol(close @ (')' | ']'))) => {
            Some(Shape::Sequence { open: *open, close: *close, items: items(inner, depth) })
        }
        _ => None,
    }
}

fn items(inner: &[Token], depth: usize) -> Vec<Shape> {
    let parts = split(inner, &is_separator).into_iter().filter(|part| !part.is_empty());
    parts.map(|part| read(part, depth + 1)).collect()
}

/// Of `x | x > 2` what stands behind the bar or the colon.
fn without_condition(inner: &[Token]) -> &[Token] {
    match inner {
        [_, Token::Symbol('|' | ':'), condition @ ..] => condition,
        _ => inner,
    }
}

fn matrix(tokens: &[Token], depth: usize) -> Option<Shape> {
    let (Token::Begin, inner, Token::End) = inside(tokens)? else { return None };
    let rows =
        split(inner, &|token| *token == Token::Command("\\")).into_iter().filter(|row| !row.is_empty());
    let cells = |row| {
        split(row, &|token| *token == Token::Symbol('&'))
            .into_iter()
            .map(|cell| read(cell, depth + 1))
            .collect()
    };
    Some(Shape::Matrix(rows.map(cells).collect()))
}

/// Sets with names of their own, and numbers spelled out.
fn constant(tokens: &[Token]) -> Option<Shape> {
    let value = |value| Shape::Value { value, percent: false };
    match tokens {
        [Token::Command("emptyset")] => Some(Shape::Set(Vec::new())),
        [Token::Word(word)] if word == "mathbbR" => {
            let below = Expression::Negative(Box::new(Expression::Infinity));
            Some(Shape::Sequence {
                open: '(',
                close: ')',
                items: vec![value(below), value(Expression::Infinity)],
            })
        }
        [..] => number(&words(tokens)).map(|spelled| value(Expression::Number(spelled.to_string()))),
    }
}
