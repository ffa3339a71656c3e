//! How far a share may be from what it would be over ever more problems.

/// The quantile of a normal distribution that leaves 2.5 % above it.
const Z: f64 = 1.959_963_984_540_054;

/// The share of right answers, and where it lies with a probability of 95 %.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Interval {
    /// What was found, 0 to 1.
    pub share: f64,
    /// The least of the interval.
    pub least: f64,
    /// The most of it.
    pub most: f64,
}

impl Interval {
    /// Wilson's interval of a share that was found in `n` independent tries; `n` need not be whole.
    ///
    /// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    pub fn wilson(share: f64, n: f64) -> Self {
        let z2 = Z * Z;
        let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        // At its ends the formula gives 0 and 1 but for rounding.
        let least = if share <= 0.0 { 0.0 } else { middle - half };
        let most = if share >= 1.0 { 1.0 } else { middle + half };
        Self { share, least, most }
    }

    /// The interval of the mean of `shares`, one for each problem, each found in `samples` tries.
    ///
    /// Tries of one problem are not independent. Where they vary among problems, it is Wilson's with as many tries as would
    /// be uncertain as the mean is: share * (1 - share) / the variance of the mean. That is never fewer than there are
    /// problems and never more than there were tries.
    pub fn of_problems(shares: &[f64], samples: u32) -> Self {
        let n = shares.len() as f64;
        let share = shares.iter().sum::<f64>() / n;
        let variance = shares.iter().map(|one| (one - share).powi(2)).sum::<f64>() / n / n;
        let tries = share * (1.0 - share) / variance;
        Self::wilson(share, if tries.is_nan() { n } else { tries.clamp(n, n * f64::from(samples)) })
    }

    /// Whether a share lies within.
    pub fn has(&self, share: f64) -> bool {
        (self.least..=self.most).contains(&share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Interval, share: f64, least: f64, most: f64) {
        for (found, expected) in [(found.share, share), (found.least, least), (found.most, most)] {
            assert!((found - expected).abs() < 5e-5, "{found} is not {expected}");
        }
    }

    /// scipy 1.17.1, `binomtest(k, n).proportion_ci(method="wilson")`.
    #[test]
    fn intervals_are_those_of_scipy() {
        close(Interval::wilson(0.02, 500.0), 0.02, 0.010_90, 0.036_42);
        close(Interval::wilson(0.74, 500.0), 0.74, 0.699_83, 0.776_51);
        close(Interval::wilson(0.0, 30.0), 0.0, 0.0, 0.113_51);
        close(Interval::wilson(1.0, 30.0), 1.0, 0.886_49, 1.0);
    }

    #[test]
    fn one_sample_of_each_problem_is_wilsons_interval() {
        let shares: Vec<f64> = (0..500).map(|i| f64::from(i % 50 == 0)).collect();
        close(Interval::of_problems(&shares, 1), 0.02, 0.010_90, 0.036_42);
    }

    #[test]
    fn samples_that_agree_within_a_problem_count_once_and_those_that_do_not_count_each() {
        let agreed: Vec<f64> = (0..30).map(|i| f64::from(i < 15)).collect();
        assert_eq!(Interval::of_problems(&agreed, 64), Interval::wilson(0.5, 30.0));
        assert_eq!(Interval::of_problems(&[0.5; 30], 64), Interval::wilson(0.5, 1920.0));
        assert_eq!(Interval::of_problems(&[0.0; 30], 64), Interval::wilson(0.0, 30.0));
    }
}
