//! The many ways in which LaTeX and Unicode write one sign, under one name.

/// How LaTeX, plain text and Unicode write one command; the first is the name it goes by.
const SYNONYMS: &[&[&str]] = &[
    &["frac", "dfrac", "tfrac", "cfrac"],
    &["sqrt"],
    &["pi"],
    &["infty", "infinity", "inf"],
    &["le", "leq", "leqslant", "leqq"],
    &["ge", "geq", "geqslant", "geqq"],
    &["ne", "neq"],
    &["approx", "thickapprox", "simeq", "sim"],
    &["in"],
    &["cup", "union"],
    &["pm"],
    &["mp"],
    &["emptyset", "varnothing"],
    &["overline"],
    &["binom", "dbinom", "tbinom"],
    &["lfloor"],
    &["rfloor"],
    &["lceil"],
    &["rceil"],
    &["{", "lbrace"],
    &["}", "rbrace"],
    &["langle"],
    &["rangle"],
    &["\\", "cr"],
    &["sin"],
    &["cos"],
    &["tan"],
    &["cot"],
    &["sec"],
    &["csc"],
    &["arcsin"],
    &["arccos"],
    &["arctan"],
    &["sinh"],
    &["cosh"],
    &["tanh"],
    &["ln"],
    &["log", "lg"],
    &["exp"],
    &["alpha"],
    &["beta"],
    &["gamma"],
    &["delta"],
    &["epsilon", "varepsilon"],
    &["theta", "vartheta"],
    &["lambda"],
    &["mu"],
    &["rho"],
    &["sigma"],
    &["tau"],
    &["phi", "varphi"],
    &["omega"],
];

/// Commands that are one character.
const CHARACTERS: &[(&str, char)] = &[
    ("cdot", '*'),
    ("times", '*'),
    ("ast", '*'),
    ("div", '/'),
    ("lt", '<'),
    ("gt", '>'),
    ("lvert", '|'),
    ("rvert", '|'),
    ("vert", '|'),
    ("mid", '|'),
    ("colon", ':'),
    ("degree", '°'),
    ("%", '%'),
    ("&", '&'),
    ("lbrack", '['),
    ("rbrack", ']'),
    ("lparen", '('),
    ("rparen", ')'),
];

/// Commands whose argument is words.
pub(crate) const WORDED: &[&str] = &[
    "text",
    "textbf",
    "textit",
    "textrm",
    "textnormal",
    "textsf",
    "texttt",
    "mbox",
    "hbox",
    "mathrm",
    "operatorname",
];

/// Characters outside ASCII, and the LaTeX they stand for.
const UNICODE: &[(char, &str)] = &[
    ('−', "-"),
    ('–', "-"),
    ('—', "-"),
    ('‐', "-"),
    ('‑', "-"),
    ('－', "-"),
    ('＋', "+"),
    ('＝', "="),
    ('，', ","),
    ('（', "("),
    ('）', ")"),
    ('．', "."),
    ('×', "*"),
    ('·', "*"),
    ('⋅', "*"),
    ('∙', "*"),
    ('÷', "/"),
    ('⁄', "/"),
    ('∕', "/"),
    ('±', "\\pm "),
    ('∓', "\\mp "),
    ('π', "\\pi "),
    ('∞', "\\infty "),
    ('√', "\\sqrt "),
    ('≤', "\\le "),
    ('≥', "\\ge "),
    ('≠', "\\ne "),
    ('≈', "\\approx "),
    ('∈', "\\in "),
    ('∪', "\\cup "),
    ('∅', "\\emptyset "),
    ('ℝ', "\\mathbb{R}"),
    ('α', "\\alpha "),
    ('β', "\\beta "),
    ('γ', "\\gamma "),
    ('δ', "\\delta "),
    ('θ', "\\theta "),
    ('λ', "\\lambda "),
    ('μ', "\\mu "),
    ('φ', "\\phi "),
    ('ω', "\\omega "),
    ('¹', "^1"),
    ('²', "^2"),
    ('³', "^3"),
    ('⁴', "^4"),
    ('½', "\\frac{1}{2}"),
    ('¼', "\\frac{1}{4}"),
    ('¾', "\\frac{3}{4}"),
    ('⅓', "\\frac{1}{3}"),
    ('⅔', "\\frac{2}{3}"),
    ('％', "%"),
    ('⟨', "\\langle "),
    ('⟩', "\\rangle "),
    ('\u{a0}', " "),
    ('\u{202f}', "\\,"),
    ('\u{2009}', "\\,"),
];

/// The one name a command goes by.
pub(crate) fn named(name: &str) -> Option<&'static str> {
    SYNONYMS.iter().find(|names| names.contains(&name)).map(|names| names[0])
}

/// The character that a command is.
pub(crate) fn character(name: &str) -> Option<char> {
    CHARACTERS.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
}

/// A text with the signs of Unicode as LaTeX writes them.
pub(crate) fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match UNICODE.iter().find(|(from, _)| *from == c) {
            Some((_, to)) => plain.push_str(to),
            None => plain.push(digit(c).unwrap_or(c)),
        }
    }
    plain
}

/// A digit of another script as it is written in this one.
fn digit(c: char) -> Option<char> {
    // Full width, Arabic, Persian, Devanagari, Bengali: each has its ten digits in a row.
    [0xff10, 0x660, 0x6f0, 0x966, 0x9e6]
        .iter()
        .find_map(|zero| (c as u32).checked_sub(*zero).filter(|value| *value < 10))
        .and_then(|value| char::from_digit(value, 10))
}
