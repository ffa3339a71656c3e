//! Tokens to an expression: LaTeX and plain notation, by recursive descent of a limited depth.

use crate::scoring::expression::{Expression, Function};
use crate::scoring::token::Token;
use crate::scoring::word::number;

/// Brackets, roots and fractions within each other. Beyond it a text is no expression.
const MOST_DEPTH: usize = 48;
/// Powers, factorials and degrees behind one factor.
const MOST_BEHIND: usize = 4;

/// The expression that all of the tokens are.
pub(crate) fn expression(tokens: &[Token]) -> Option<Expression> {
    let mut reader = Reader { tokens: tokens.to_vec(), at: 0, depth: 0, bars: 0 };
    let expression = reader.sum()?;
    (reader.at == reader.tokens.len()).then_some(expression)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    /// Open bars of absolute values.
    bars: usize,
}

fn boxed(expression: Expression) -> Box<Expression> {
    Box::new(expression)
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&self, symbol: char) -> bool {
        self.peek() == Some(&Token::Symbol(symbol))
    }

    fn take(&mut self, symbol: char) -> bool {
        let is = self.is(symbol);
        self.at += usize::from(is);
        is
    }

    fn take_command(&mut self, name: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Command(found)) if *found == name);
        self.at += usize::from(is);
        is
    }

    /// Goes one level deeper for what `read` reads.
    fn deeper(&mut self, read: impl FnOnce(&mut Reader) -> Option<Expression>) -> Option<Expression> {
        if MOST_DEPTH <= self.depth {
            return None;
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn sum(&mut self) -> Option<Expression> {
        let mut terms = Vec::new();
        loop {
            let sign = self.sign();
            if sign.is_none() && !terms.is_empty() {
                break;
            }
            terms.push(signed(sign, self.product(false)?));
        }
        Some(single(terms, Expression::Sum))
    }

    /// `+`, `-`, and `p` and `m` for ± and ∓.
    fn sign(&mut self) -> Option<char> {
        let sign = match self.peek()? {
            Token::Symbol(sign @ ('+' | '-')) => *sign,
            Token::Command("pm") => 'p',
            Token::Command("mp") => 'm',
            _ => return None,
        };
        self.at += 1;
        Some(sign)
    }

    /// Factors with and without signs between them. An `argument` of a function ends where a sign or a function stands.
    fn product(&mut self, argument: bool) -> Option<Expression> {
        let mut factors = vec![self.factor()?];
        loop {
            let divided = !argument && (self.is('/') || self.is(':'));
            if divided || !argument && self.is('*') {
                self.at += 1;
                let sign = self.sign();
                let factor = signed(sign, self.factor()?);
                let one = || boxed(Expression::Number("1".into()));
                factors.push(if divided { Expression::Quotient(one(), boxed(factor)) } else { factor });
            } else if self.begins_factor() && !(argument && self.function().is_some()) {
                // Two numbers side by side are no product.
                let number = matches!(self.peek(), Some(Token::Number(_)));
                if number && matches!(factors.last(), Some(Expression::Number(_))) {
                    return None;
                }
                factors.push(self.factor()?);
            } else {
                return Some(single(factors, Expression::Product));
            }
        }
    }

    fn begins_factor(&self) -> bool {
        match self.peek() {
            Some(Token::Number(_) | Token::Letter(_)) => true,
            Some(Token::Symbol('(' | '[' | '{')) => true,
            Some(Token::Symbol('|')) => self.bars == 0,
            Some(Token::Command(name)) => {
                !matches!(
                    *name,
                    "}" | "{" | "\\" | "rangle" | "langle" | "rfloor" | "rceil" | "pm" | "mp" | "cup" | "in"
                ) && !matches!(*name, "le" | "ge" | "ne" | "approx" | "emptyset" | "overline")
            }
            _ => false,
        }
    }

    /// A base with what stands behind it: powers, factorials, degrees.
    fn factor(&mut self) -> Option<Expression> {
        let mut factor = self.deeper(Reader::base)?;
        let mut behind = 0;
        loop {
            factor = if self.take('^') {
                Expression::Power(boxed(factor), boxed(self.deeper(Reader::exponent)?))
            } else if self.take('!') {
                Expression::Factorial(boxed(factor))
            } else if self.take('°') {
                Expression::Degrees(boxed(factor))
            } else {
                return Some(factor);
            };
            behind += 1;
            if MOST_BEHIND < behind {
                return None;
            }
        }
    }

    fn exponent(&mut self) -> Option<Expression> {
        let sign = self.sign();
        let exponent = self.base()?;
        // Powers of powers group from the right.
        let exponent = match self.take('^') {
            true => Expression::Power(boxed(exponent), boxed(self.deeper(Reader::exponent)?)),
            false => exponent,
        };
        Some(signed(sign, exponent))
    }

    fn base(&mut self) -> Option<Expression> {
        if let Some(function) = self.function() {
            return self.applied(function);
        }
        let token = self.peek()?.clone();
        self.at += 1;
        match token {
            Token::Number(digits) => self.numeral(digits),
            Token::Letter('i') => Some(Expression::Imaginary),
            Token::Letter('e') => Some(Expression::Euler),
            Token::Letter(letter) => self.variable(letter.to_string()),
            Token::Symbol('(') => self.closed(|reader| reader.take(')')),
            Token::Symbol('[') => self.closed(|reader| reader.take(']')),
            Token::Symbol('{') => self.closed(|reader| reader.take('}')),
            Token::Symbol('|') => {
                self.bars += 1;
                let inner = self.closed(|reader| reader.take('|'))?;
                self.bars -= 1;
                Some(Expression::Function(Function::Absolute, boxed(inner)))
            }
            Token::Command(name) => self.command(name),
            _ => None,
        }
    }

    fn closed(&mut self, close: impl FnOnce(&mut Reader) -> bool) -> Option<Expression> {
        let inner = self.sum()?;
        close(self).then_some(inner)
    }

    fn command(&mut self, name: &'static str) -> Option<Expression> {
        match name {
            "pi" => Some(Expression::Pi),
            "infty" => Some(Expression::Infinity),
            "frac" => {
                let above = self.argument()?;
                Some(Expression::Quotient(boxed(above), boxed(self.argument()?)))
            }
            "binom" => {
                let n = self.argument()?;
                Some(Expression::Binomial(boxed(n), boxed(self.argument()?)))
            }
            "sqrt" => {
                let index = match self.take('[') {
                    true => self.closed(|reader| reader.take(']'))?,
                    false => Expression::Number("2".into()),
                };
                // Of `\sqrt13` thirteen is meant.
                let inner = self.deeper(Reader::base)?;
                Some(Expression::Root(boxed(index), boxed(inner)))
            }
            "lfloor" => self.rounded(Function::Floor, "rfloor"),
            "lceil" => self.rounded(Function::Ceiling, "rceil"),
            "alpha" | "beta" | "gamma" | "delta" | "epsilon" | "theta" | "lambda" | "mu" | "rho"
            | "sigma" | "tau" | "phi" | "omega" => self.variable(name.to_owned()),
            _ => None,
        }
    }

    fn rounded(&mut self, function: Function, close: &str) -> Option<Expression> {
        let inner = self.closed(|reader| reader.take_command(close))?;
        Some(Expression::Function(function, boxed(inner)))
    }

    /// What LaTeX takes as an argument: a group, or one character; of a number its first digit.
    fn argument(&mut self) -> Option<Expression> {
        if let Some(Token::Number(digits)) = self.tokens.get_mut(self.at)
            && 1 < digits.len()
            && !digits.contains('.')
        {
            return Some(Expression::Number(digits.remove(0).to_string()));
        }
        self.deeper(Reader::base)
    }

    /// A number: alone, with its base below (`2516_8`), or with a fraction behind it (`1\frac{4}{5}`, `1 4/5`).
    fn numeral(&mut self, digits: String) -> Option<Expression> {
        if self.take('_') {
            return Some(Expression::Variable(format!("{digits}_{}", self.subscript()?)));
        }
        let whole = Expression::Number(digits);
        if whole.whole().is_none() {
            return Some(whole);
        }
        if self.plain_fraction_follows() {
            return Some(Expression::Sum(vec![whole, self.deeper(Reader::base)?]));
        }
        let next = self.tokens.get(self.at..self.at + 3).unwrap_or_default();
        if let [a, slash, b] = next
            && let (Token::Number(a), Token::Number(b)) = (a, b)
            && *slash == Token::Symbol('/')
        {
            let (a, b) = (Expression::Number(a.clone()), Expression::Number(b.clone()));
            if a.whole().is_some() && b.whole().is_some() {
                self.at += 3;
                return Some(Expression::Sum(vec![whole, Expression::Quotient(boxed(a), boxed(b))]));
            }
        }
        Some(whole)
    }

    /// Whether `\frac` of two whole numbers comes next.
    fn plain_fraction_follows(&self) -> bool {
        let at = |at: usize| self.tokens.get(at);
        let whole = |token: Option<&Token>| match token {
            Some(Token::Number(digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.len()),
            _ => None,
        };
        let (mut next, mut arguments) = (self.at + 1, 0);
        if at(self.at) != Some(&Token::Command("frac")) {
            return false;
        }
        while arguments < 2 {
            if let Some(digits) = whole(at(next)) {
                (next, arguments) = (next + 1, arguments + digits.min(2));
            } else if at(next) == Some(&Token::Symbol('{')) && whole(at(next + 1)).is_some() {
                if at(next + 2) != Some(&Token::Symbol('}')) {
                    return false;
                }
                (next, arguments) = (next + 3, arguments + 1);
            } else {
                return false;
            }
        }
        true
    }

    fn variable(&mut self, name: String) -> Option<Expression> {
        let name = if self.take('_') { format!("{name}_{}", self.subscript()?) } else { name };
        Some(Expression::Variable(name))
    }

    /// The characters of a subscript.
    fn subscript(&mut self) -> Option<String> {
        let braced = self.take('{');
        let mut name = String::new();
        loop {
            match self.peek()? {
                Token::Number(digits) => name.push_str(digits),
                Token::Letter(letter) => name.push(*letter),
                Token::Word(word) => {
                    name.push_str(&number(word).map_or(word.clone(), |spelled| spelled.to_string()))
                }
                Token::Symbol('(' | ')') if braced => {}
                _ => return None,
            }
            self.at += 1;
            if !braced || self.take('}') {
                return Some(name);
            }
        }
    }

    /// The function whose name comes next.
    fn function(&self) -> Option<Named> {
        let Some(Token::Command(name)) = self.peek() else { return None };
        match *name {
            "ln" => Some(Named::Logarithm(Expression::Euler)),
            "log" => Some(Named::Logarithm(Expression::Number("10".into()))),
            name => Function::named(name).map(Named::Function),
        }
    }

    /// A function with its power, its base and its argument: `\sin^2 x`, `\log_2 8`.
    fn applied(&mut self, named: Named) -> Option<Expression> {
        self.at += 1;
        let below = if self.take('_') { Some(self.argument()?) } else { None };
        let power = if self.take('^') { Some(self.deeper(Reader::exponent)?) } else { None };
        let argument = match self.peek() {
            Some(Token::Symbol('(' | '{' | '[')) => self.deeper(Reader::base)?,
            _ => self.deeper(|reader| reader.product(true))?,
        };
        let inverse = power.as_ref().and_then(Expression::whole) == Some((true, "1"));
        let applied = match (named, inverse) {
            (Named::Logarithm(base), _) => {
                Expression::Logarithm(boxed(below.unwrap_or(base)), boxed(argument))
            }
            (Named::Function(function), true) => {
                return Some(Expression::Function(function.inverse()?, boxed(argument)));
            }
            (Named::Function(function), false) => Expression::Function(function, boxed(argument)),
        };
        Some(match power {
            Some(power) => Expression::Power(boxed(applied), boxed(power)),
            None => applied,
        })
    }
}

/// What a name applies to its argument.
enum Named {
    Function(Function),
    Logarithm(Expression),
}

fn signed(sign: Option<char>, term: Expression) -> Expression {
    match sign {
        Some('-') => Expression::Negative(boxed(term)),
        Some('p') => Expression::PlusMinus(boxed(term), false),
        Some('m') => Expression::PlusMinus(boxed(term), true),
        _ => term,
    }
}

/// The only part itself, or all of them together.
fn single(mut parts: Vec<Expression>, all: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.len() {
        1 => parts.remove(0),
        _ => all(parts),
    }
}
