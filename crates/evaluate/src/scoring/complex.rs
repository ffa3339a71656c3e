//! Complex numbers, as far as answers need them. What is undefined is not a number.

use std::ops::{Add, Div, Mul, Neg};

/// re + im·i.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Complex {
    pub(crate) re: f64,
    pub(crate) im: f64,
}

impl Complex {
    pub(crate) const I: Complex = Complex { re: 0.0, im: 1.0 };
    pub(crate) const UNDEFINED: Complex = Complex { re: f64::NAN, im: f64::NAN };

    pub(crate) fn real(re: f64) -> Complex {
        Complex { re, im: 0.0 }
    }

    pub(crate) fn is_defined(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }

    pub(crate) fn is_real(self) -> bool {
        self.im == 0.0
    }

    pub(crate) fn size(self) -> f64 {
        self.re.hypot(self.im)
    }

    pub(crate) fn ln(self) -> Complex {
        Complex { re: self.size().ln(), im: self.im.atan2(self.re) }
    }

    pub(crate) fn exp(self) -> Complex {
        let size = self.re.exp();
        match self.is_real() {
            true => Complex::real(size),
            false => Complex { re: size * self.im.cos(), im: size * self.im.sin() },
        }
    }

    /// The principal square root.
    pub(crate) fn sqrt(self) -> Complex {
        match self.is_real() {
            true if self.re < 0.0 => Complex { re: 0.0, im: (-self.re).sqrt() },
            true => Complex::real(self.re.sqrt()),
            false => {
                let re = ((self.size() + self.re) / 2.0).max(0.0).sqrt();
                let im = ((self.size() - self.re) / 2.0).max(0.0).sqrt();
                Complex { re, im: im.copysign(self.im) }
            }
        }
    }

    /// The principal value of self to the power of `exponent`.
    pub(crate) fn power(self, exponent: Complex) -> Complex {
        // Whole powers are exact, and are defined for bases below zero.
        const MOST_STEPS: f64 = 4096.0;
        if exponent.is_real() && self.is_real() && (0.0 <= self.re || exponent.re.fract() == 0.0) {
            return Complex::real(self.re.powf(exponent.re));
        }
        if exponent.is_real() && exponent.re.fract() == 0.0 && exponent.re.abs() <= MOST_STEPS {
            let whole = (0..exponent.re.abs() as u32).fold(Complex::real(1.0), |power, _| power * self);
            return if exponent.re < 0.0 { Complex::real(1.0) / whole } else { whole };
        }
        if self.size() == 0.0 { Complex::UNDEFINED } else { (self.ln() * exponent).exp() }
    }
}

impl Add for Complex {
    type Output = Complex;
    fn add(self, other: Complex) -> Complex {
        Complex { re: self.re + other.re, im: self.im + other.im }
    }
}

impl Mul for Complex {
    type Output = Complex;
    fn mul(self, other: Complex) -> Complex {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

impl Div for Complex {
    type Output = Complex;
    fn div(self, other: Complex) -> Complex {
        if other.is_real() {
            return Complex { re: self.re / other.re, im: self.im / other.re };
        }
        let size = other.re * other.re + other.im * other.im;
        let turned = self * Complex { re: other.re, im: -other.im };
        Complex { re: turned.re / size, im: turned.im / size }
    }
}

impl Neg for Complex {
    type Output = Complex;
    fn neg(self) -> Complex {
        Complex { re: -self.re, im: -self.im }
    }
}
