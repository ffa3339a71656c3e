//! An expression as a tree, and its value where its variables have values.

use std::collections::BTreeSet;
use std::f64::consts::{E, PI};

use crate::scoring::complex::Complex;

#[derive(Clone, Debug)]
pub(crate) enum Expression {
    /// Digits as they were written.
    Number(String),
    Variable(String),
    Pi,
    /// Euler's number.
    Euler,
    /// The imaginary unit.
    Imaginary,
    Infinity,
    Sum(Vec<Expression>),
    Product(Vec<Expression>),
    Quotient(Box<Expression>, Box<Expression>),
    Power(Box<Expression>, Box<Expression>),
    Negative(Box<Expression>),
    /// ±, or with `true` ∓.
    PlusMinus(Box<Expression>, bool),
    /// The index first, then what stands under the root.
    Root(Box<Expression>, Box<Expression>),
    /// The base first, then the argument.
    Logarithm(Box<Expression>, Box<Expression>),
    /// n first, then k.
    Binomial(Box<Expression>, Box<Expression>),
    Factorial(Box<Expression>),
    Degrees(Box<Expression>),
    Function(Function, Box<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Function {
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Arcsin,
    Arccos,
    Arctan,
    Sinh,
    Cosh,
    Tanh,
    Exp,
    Absolute,
    Floor,
    Ceiling,
}

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    /// Which of the fixed points: it gives each variable its value.
    pub(crate) number: u64,
    /// Roots and logarithms below zero are undefined.
    pub(crate) real: bool,
}

impl Expression {
    /// The parts it is made of.
    fn parts(&self) -> Vec<&Expression> {
        match self {
            Expression::Sum(parts) | Expression::Product(parts) => parts.iter().collect(),
            Expression::Quotient(a, b)
            | Expression::Power(a, b)
            | Expression::Root(a, b)
            | Expression::Logarithm(a, b)
            | Expression::Binomial(a, b) => vec![a, b],
            Expression::Negative(inner)
            | Expression::PlusMinus(inner, _)
            | Expression::Factorial(inner)
            | Expression::Degrees(inner)
            | Expression::Function(_, inner) => vec![inner],
            _ => Vec::new(),
        }
    }

    /// Whether it or a part of it is such.
    pub(crate) fn has(&self, such: &dyn Fn(&Expression) -> bool) -> bool {
        such(self) || self.parts().iter().any(|part| part.has(such))
    }

    pub(crate) fn variables(&self) -> BTreeSet<&str> {
        match self {
            Expression::Variable(name) => BTreeSet::from([name.as_str()]),
            _ => self.parts().into_iter().flat_map(Expression::variables).collect(),
        }
    }

    /// Digits without leading zeros where it is a whole number as written, and whether it is below zero.
    pub(crate) fn whole(&self) -> Option<(bool, &str)> {
        match self {
            Expression::Number(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                let digits = digits.trim_start_matches('0');
                Some((false, if digits.is_empty() { "0" } else { digits }))
            }
            Expression::Negative(inner) => {
                inner.whole().map(|(below, digits)| (!below && digits != "0", digits))
            }
            _ => None,
        }
    }

    /// Its value at a point; not a number where it is undefined or too large.
    pub(crate) fn value(&self, at: Point) -> Complex {
        self.measured(at, false)
    }

    /// `angle` says that degrees are a measure here, as within a sine.
    fn measured(&self, at: Point, angle: bool) -> Complex {
        let value = |part: &Expression| part.measured(at, angle);
        let one = Complex::real(1.0);
        match self {
            Expression::Number(digits) => Complex::real(digits.parse().unwrap_or(f64::NAN)),
            Expression::Variable(name) => Complex::real(coordinate(name, at.number)),
            Expression::Pi => Complex::real(PI),
            Expression::Euler => Complex::real(E),
            Expression::Imaginary => Complex::I,
            // Infinities are compared before values are, and ± is decided.
            Expression::Infinity | Expression::PlusMinus(..) => Complex::UNDEFINED,
            Expression::Sum(parts) => parts.iter().fold(Complex::real(0.0), |sum, part| sum + value(part)),
            Expression::Product(parts) => parts.iter().fold(one, |product, part| product * value(part)),
            Expression::Quotient(a, b) => value(a) / value(b),
            Expression::Power(base, exponent) => power(value(base), value(exponent), at.real),
            Expression::Negative(inner) => -value(inner),
            Expression::Root(index, inner) => root(value(index), value(inner), at.real),
            Expression::Logarithm(base, inner) => {
                logarithm(value(inner), at.real) / logarithm(value(base), at.real)
            }
            Expression::Binomial(n, k) => binomial(value(n), value(k)),
            Expression::Factorial(inner) => factorial(value(inner)),
            Expression::Degrees(inner) if angle => value(inner) * Complex::real(PI / 180.0),
            Expression::Degrees(inner) => value(inner),
            Expression::Function(function, inner) => function.value(inner.measured(at, true)),
        }
    }
}

impl Function {
    /// The function of a command.
    pub(crate) fn named(name: &str) -> Option<Function> {
        Some(match name {
            "sin" => Function::Sin,
            "cos" => Function::Cos,
            "tan" => Function::Tan,
            "cot" => Function::Cot,
            "sec" => Function::Sec,
            "csc" => Function::Csc,
            "arcsin" => Function::Arcsin,
            "arccos" => Function::Arccos,
            "arctan" => Function::Arctan,
            "sinh" => Function::Sinh,
            "cosh" => Function::Cosh,
            "tanh" => Function::Tanh,
            "exp" => Function::Exp,
            _ => return None,
        })
    }

    /// The function that undoes it.
    pub(crate) fn inverse(self) -> Option<Function> {
        match self {
            Function::Sin => Some(Function::Arcsin),
            Function::Cos => Some(Function::Arccos),
            Function::Tan => Some(Function::Arctan),
            _ => None,
        }
    }

    fn value(self, x: Complex) -> Complex {
        match self {
            Function::Exp => return x.exp(),
            Function::Absolute => return Complex::real(x.size()),
            _ if !x.is_real() => return Complex::UNDEFINED,
            _ => {}
        }
        let x = x.re;
        Complex::real(match self {
            Function::Sin => x.sin(),
            Function::Cos => x.cos(),
            Function::Tan => x.tan(),
            Function::Cot => x.tan().recip(),
            Function::Sec => x.cos().recip(),
            Function::Csc => x.sin().recip(),
            Function::Arcsin => x.asin(),
            Function::Arccos => x.acos(),
            Function::Arctan => x.atan(),
            Function::Sinh => x.sinh(),
            Function::Cosh => x.cosh(),
            Function::Tanh => x.tanh(),
            Function::Floor => x.floor(),
            Function::Ceiling => x.ceil(),
            Function::Exp | Function::Absolute => f64::NAN,
        })
    }
}

/// A variable's value at one of the fixed points: 0.4 to 3, above zero at the even ones, of either sign at the others;
/// a whole number from 1 to 8 at every third.
fn coordinate(name: &str, point: u64) -> f64 {
    // FNV-1a over the name, then the finish of SplitMix64: a spread that is the same everywhere.
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut bits = seed.wrapping_add(point.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    if point % 3 == 2 {
        return (1 + (bits >> 61)) as f64;
    }
    let size = 0.4 + 2.6 * ((bits >> 11) as f64 / (1_u64 << 53) as f64);
    if point % 2 == 1 && bits & 1 == 1 { -size } else { size }
}

fn power(base: Complex, exponent: Complex, real: bool) -> Complex {
    let power = base.power(exponent);
    if real && !power.is_real() { Complex::UNDEFINED } else { power }
}

fn root(index: Complex, x: Complex, real: bool) -> Complex {
    let odd = index.is_real() && index.re.rem_euclid(2.0) == 1.0;
    if x.is_real() && x.re < 0.0 && odd {
        return Complex::real(-(-x.re).powf(index.re.recip()));
    }
    if index == Complex::real(2.0) {
        let root = x.sqrt();
        return if real && !root.is_real() { Complex::UNDEFINED } else { root };
    }
    power(x, Complex::real(1.0) / index, real)
}

fn logarithm(x: Complex, real: bool) -> Complex {
    let logarithm = x.ln();
    if real && !logarithm.is_real() { Complex::UNDEFINED } else { logarithm }
}

/// n!, for whole n as far as doubles reach.
fn factorial(n: Complex) -> Complex {
    if !n.is_real() || n.re.fract() != 0.0 || !(0.0..=170.0).contains(&n.re) {
        return Complex::UNDEFINED;
    }
    Complex::real((1..=n.re as u32).map(f64::from).product())
}

/// n over k, for whole k up to a thousand.
fn binomial(n: Complex, k: Complex) -> Complex {
    if !n.is_real() || !k.is_real() || k.re.fract() != 0.0 || !(0.0..=1000.0).contains(&k.re) {
        return Complex::UNDEFINED;
    }
    let steps = 1..=k.re as u32;
    Complex::real(steps.map(f64::from).fold(1.0, |product, step| product * (n.re - k.re + step) / step))
}
