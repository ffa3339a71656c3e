//! Whether two shapes are equal.

use crate::scoring::complex::Complex;
use crate::scoring::expression::{Expression, Point};
use crate::scoring::shape::Shape;

/// Decimals may be rounded: the reference's tolerance.
const ROUNDED: f64 = 1e-4;
/// Values that are exact differ by the rounding of doubles alone: some 10^-16 for each of a hundred steps, and what
/// differences of near numbers lose.
const EXACT: f64 = 1e-10;
/// What a value may be where the other is zero, and at a point where large terms cancel.
const ZERO: f64 = 1e-12;
/// As `EXACT`, where powers of the variables grow and cancel.
const AT_POINTS: f64 = 1e-7;
/// Points at which expressions with variables are compared, and how many of them must be defined.
const POINTS: u64 = 18;
const FEWEST_DEFINED: u32 = 3;
/// Items compared in any order.
const MOST_ITEMS: usize = 64;

/// Whether an answer is equal to what is right.
pub(crate) fn equal(answer: &Shape, gold: &Shape) -> bool {
    use Shape::{Equation, Inequality, List, Matrix, Sequence, Set, Union, Unread, Value, Words};
    match (answer, gold) {
        (Equation { .. }, Equation { .. }) => equations(answer, gold),
        (Equation { left, right, name }, _) => (name.is_some() || equal(left, right)) && equal(right, gold),
        (_, Equation { right, name: Some(_), .. }) => equal(answer, right),
        (Value { value: a, percent: a_percent }, Value { value: b, percent: b_percent }) => {
            let hundredth = |value: &Expression| {
                let hundred = Box::new(Expression::Number("100".into()));
                Expression::Quotient(Box::new(value.clone()), hundred)
            };
            values(a, b)
                || without_base(a, b)
                || *a_percent && !b_percent && values(&hundredth(a), b)
                || *b_percent && !a_percent && values(a, &hundredth(b))
        }
        (
            Sequence { open: a_open, close: a_close, items: a },
            Sequence { open: b_open, close: b_close, items: b },
        ) => a_open == b_open && a_close == b_close && ordered(a, b),
        (Matrix(a), Matrix(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| ordered(a, b)),
        (Inequality { sides: a, signs: a_signs }, Inequality { sides: b, signs: b_signs }) => {
            a_signs == b_signs && ordered(a, b)
        }
        (Set(a), Set(b)) => contained(a, b) && contained(b, a),
        (Set(a) | List(a), Set(b) | List(b)) | (Union(a) | List(a), Union(b)) | (Union(a), List(b)) => {
            unordered(a, b)
        }
        // Brackets left out, or put round a list that has none.
        (List(a), Sequence { items: b, .. }) => ordered(a, b),
        (Sequence { items: a, .. }, List(b)) => unordered(a, b),
        // One value in several forms.
        (Set(a) | List(a), Value { .. }) if !is_double_shape(gold) => {
            !a.is_empty() && a.iter().all(|item| equal(item, gold))
        }
        (Set(a) | List(a), Value { .. }) => unordered(a, std::slice::from_ref(gold)),
        (Value { .. }, Set(b) | List(b)) => unordered(std::slice::from_ref(answer), b),
        (Words(a), Words(b)) => !a.is_empty() && a == b,
        (Unread(a), Unread(b)) => !a.is_empty() && a == b,
        _ => false,
    }
}

fn equations(answer: &Shape, gold: &Shape) -> bool {
    let (
        Shape::Equation { left: a_left, right: a_right, name: a_name },
        Shape::Equation { left: b_left, right: b_right, name: b_name },
    ) = (answer, gold)
    else {
        return false;
    };
    if let (Some(a), Some(b)) = (a_name, b_name) {
        // `f(x)` may name what `y` names; `x` and `y` are two variables.
        let other = a.contains('(') || b.contains('(');
        if (a == b || other) && equal(a_right, b_right) {
            return true;
        }
    }
    let difference = |left: &Shape, right: &Shape| match (left, right) {
        (Shape::Value { value: left, .. }, Shape::Value { value: right, .. }) => {
            Some(Expression::Sum(vec![left.clone(), Expression::Negative(Box::new(right.clone()))]))
        }
        _ => None,
    };
    match (difference(a_left, a_right), difference(b_left, b_right)) {
        (Some(a), Some(b)) => values(&a, &b) || values(&Expression::Negative(Box::new(a)), &b),
        _ => equal(a_left, b_left) && equal(a_right, b_right),
    }
}

fn ordered(answer: &[Shape], gold: &[Shape]) -> bool {
    let both = answer.iter().zip(gold);
    answer.len() == gold.len() && both.into_iter().all(|(answer, gold)| equal(answer, gold))
}

/// Each item of one is equal to an item of the other.
fn contained(inner: &[Shape], outer: &[Shape]) -> bool {
    let (inner, outer) = (spread(inner), spread(outer));
    let most = inner.len().max(outer.len());
    most <= MOST_ITEMS && inner.iter().all(|item| outer.iter().any(|other| equal(item, other)))
}

/// Each item of one is equal to an item of its own of the other.
fn unordered(answer: &[Shape], gold: &[Shape]) -> bool {
    let (answer, mut left) = (spread(answer), spread(gold));
    if answer.len() != left.len() || MOST_ITEMS < left.len() {
        return false;
    }
    answer.iter().all(|item| {
        let found = left.iter().position(|gold| equal(item, gold));
        found.map(|at| left.swap_remove(at)).is_some()
    })
}

/// The items, with both values of each ±.
fn spread(items: &[Shape]) -> Vec<Shape> {
    let mut spread = Vec::new();
    for item in items {
        let item = match item {
            Shape::Equation { right, name: Some(_), .. } => right,
            item => item,
        };
        match item {
            Shape::Value { value, percent } if is_double(value) => {
                let sides = [true, false]
                    .map(|upper| Shape::Value { value: chosen(value, upper), percent: *percent });
                spread.extend(sides);
            }
            item => spread.push(item.clone()),
        }
    }
    spread
}

fn is_double_shape(shape: &Shape) -> bool {
    matches!(shape, Shape::Value { value, .. } if is_double(value))
}

fn is_double(value: &Expression) -> bool {
    value.has(&|part| matches!(part, Expression::PlusMinus(..)))
}

/// A value with its ± decided.
fn chosen(value: &Expression, upper: bool) -> Expression {
    let of = |inner: &Expression| Box::new(chosen(inner, upper));
    let all = |parts: &[Expression]| parts.iter().map(|part| chosen(part, upper)).collect();
    match value {
        Expression::PlusMinus(inner, turned) if upper == *turned => Expression::Negative(of(inner)),
        Expression::PlusMinus(inner, _) => chosen(inner, upper),
        Expression::Sum(parts) => Expression::Sum(all(parts)),
        Expression::Product(parts) => Expression::Product(all(parts)),
        Expression::Quotient(a, b) => Expression::Quotient(of(a), of(b)),
        Expression::Power(a, b) => Expression::Power(of(a), of(b)),
        Expression::Root(a, b) => Expression::Root(of(a), of(b)),
        Expression::Logarithm(a, b) => Expression::Logarithm(of(a), of(b)),
        Expression::Binomial(a, b) => Expression::Binomial(of(a), of(b)),
        Expression::Negative(inner) => Expression::Negative(of(inner)),
        Expression::Factorial(inner) => Expression::Factorial(of(inner)),
        Expression::Degrees(inner) => Expression::Degrees(of(inner)),
        Expression::Function(function, inner) => Expression::Function(*function, of(inner)),
        value => value.clone(),
    }
}

/// Whether two expressions have the same value, or the same two where there is a ±.
fn values(a: &Expression, b: &Expression) -> bool {
    match (is_double(a), is_double(b)) {
        (false, false) => single_values(a, b),
        (true, true) => {
            let of = |value: &Expression| [chosen(value, true), chosen(value, false)];
            let ([a, c], [b, d]) = (of(a), of(b));
            single_values(&a, &b) && single_values(&c, &d) || single_values(&a, &d) && single_values(&c, &b)
        }
        _ => false,
    }
}

fn single_values(a: &Expression, b: &Expression) -> bool {
    if let (Some(a), Some(b)) = (sign_of_infinity(a), sign_of_infinity(b)) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (a.whole(), b.whole()) {
        return a == b;
    }
    let mut variables = a.variables();
    variables.extend(b.variables());
    let is_imaginary = |value: &Expression| value.has(&|part| matches!(part, Expression::Imaginary));
    let is_decimal = |value: &Expression| {
        value.has(&|part| matches!(part, Expression::Number(digits) if digits.contains(['.', 'e', 'E'])))
    };
    let constant = variables.is_empty();
    let real = !constant && !is_imaginary(a) && !is_imaginary(b);
    let relative = match constant {
        true if is_decimal(a) || is_decimal(b) => ROUNDED,
        true => EXACT,
        false => AT_POINTS,
    };
    let mut defined = 0;
    for number in 0..if constant { 1 } else { POINTS } {
        let at = Point { number, real };
        let (a, b) = (a.value(at), b.value(at));
        if !a.is_defined() || !b.is_defined() {
            continue;
        }
        defined += 1;
        // Whole numbers that doubles hold are exact.
        let is_whole = |x: Complex| x.is_real() && x.re.fract() == 0.0 && x.re.abs() < 2_f64.powi(53);
        if relative == EXACT && is_whole(a) && is_whole(b) && a != b {
            return false;
        }
        let most = a.size().max(b.size());
        let zero = if constant && 0.0 < a.size().min(b.size()) { 0.0 } else { ZERO };
        if (relative * most).max(zero) < (a + -b).size() {
            return false;
        }
    }
    if constant { defined == 1 } else { FEWEST_DEFINED <= defined }
}

/// Whether an answer has the digits of a right answer that names its base: the question named it too.
fn without_base(answer: &Expression, gold: &Expression) -> bool {
    match (answer, gold) {
        (Expression::Number(digits), Expression::Variable(based)) => {
            based.split_once('_').is_some_and(|(gold, _)| gold == digits)
        }
        _ => false,
    }
}

fn sign_of_infinity(value: &Expression) -> Option<bool> {
    match value {
        Expression::Infinity => Some(false),
        Expression::Negative(inner) => sign_of_infinity(inner).map(|below| !below),
        _ => None,
    }
}
