//! Words that stand in answers: units, functions in plain letters, numbers spelled out.

/// Units short enough to be taken for a product of variables. Longer words need no list.
const UNITS: &[&str] = &[
    "cm", "mm", "km", "ft", "in", "mi", "yd", "kg", "mg", "lb", "lbs", "oz", "ml", "hr", "hrs", "min", "sec",
    "mph", "kph", "rpm", "deg", "rad", "sq", "cu", "per", "day", "pm", "am", "usd", "gal", "pts", "st", "nd",
    "rd", "th", "men", "ways",
];

/// Units of one letter.
const LETTERS: &[&str] = &["m", "s", "g", "h", "l"];

/// Functions and constants that may stand in plain letters.
const NAMES: &[&str] = &[
    "sqrt", "pi", "infinity", "inf", "sin", "cos", "tan", "cot", "csc", "arcsin", "arccos", "arctan", "ln",
    "log", "exp", "sinh", "cosh", "tanh", "theta", "alpha", "beta", "gamma", "lambda", "omega", "phi",
];

const NUMBERS: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// Whether letters in a row are a unit; one letter only where it may be (`lone`).
pub(crate) fn is_unit(word: &str, lone: bool) -> bool {
    UNITS.contains(&word) || lone && LETTERS.contains(&word)
}

/// Whether letters in a row name a function or a constant.
pub(crate) fn is_name(word: &str) -> bool {
    NAMES.contains(&word)
}

/// Whether a word behind a number is a part of its value: it multiplies it, or makes it a time of day.
pub(crate) fn is_value(word: &str) -> bool {
    ["dozen", "hundred", "thousand", "million", "billion", "trillion", "am", "pm"].contains(&word)
}

/// The number that a word spells, up to twenty.
pub(crate) fn number(word: &str) -> Option<usize> {
    NUMBERS.iter().position(|name| *name == word)
}
