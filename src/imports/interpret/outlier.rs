//! A number that is a power of ten away from all others of its column: a lost decimal point, or another unit.

/// Such a number, the range of the others, and the number that was probably meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlier {
    pub number: f64,
    pub meant: f64,
    pub lowest: f64,
    pub highest: f64,
}

/// The outlier of a column. There must be five others or more, all within a factor of three. Ten times is told only of
/// a number whose decimal point can be lost, as in 425 for 42.5: a radius of 5000 beside some of 500 is none.
pub fn outlier(mut numbers: Vec<f64>) -> Option<Outlier> {
    numbers.retain(|number| *number > 0.0 && number.is_finite());
    numbers.sort_by(f64::total_cmp);
    let [low, .., high] = numbers[..] else { return None };
    [(high, &numbers[..numbers.len() - 1], 0.1), (low, &numbers[1..], 10.0)].into_iter().find_map(
        |(number, others, step)| {
            let (lowest, highest) = (*others.first()?, *others.last()?);
            if others.len() < 5 || highest > 3.0 * lowest || (lowest..=highest).contains(&number) {
                return None;
            }
            let meant = |power: i32| {
                let scaled = if step < 1.0 { number / 10_f64.powi(power) } else { number * 10_f64.powi(power) };
                let scaled: f64 = format!("{scaled:.9e}").parse().ok()?;
                let is_sure = power > 1 || step < 1.0 && scaled.fract() != 0.0;
                (is_sure && (lowest..=highest).contains(&scaled)).then_some(scaled)
            };
            let meant = (1..=6).find_map(meant)?;
            Some(Outlier { number, meant, lowest, highest })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(numbers: &[f64]) -> Option<(f64, f64)> {
        outlier(numbers.to_vec()).map(|outlier| (outlier.number, outlier.meant))
    }

    #[test]
    fn only_a_lonely_number_a_power_of_ten_away_is_told() {
        assert_eq!(meant(&[42.0, 45.0, 4200.0, 38.0, 40.0, 36.0]), Some((4200.0, 42.0)));
        assert_eq!(meant(&[42.5, 45.0, 425.0, 38.0, 40.0, 36.0]), Some((425.0, 42.5)));
        assert_eq!(meant(&[42.0, 45.0, 0.42, 38.0, 40.0, 36.0]), Some((0.42, 42.0)));
        for none in [
            &[500.0, 500.0, 500.0, 500.0, 500.0, 5000.0][..],
            &[42.0, 4200.0, 38.0, 40.0, 36.0],
            &[42.0, 45.0, 4200.0, 4300.0, 38.0, 40.0, 36.0],
            &[10.0, 45.0, 4200.0, 38.0, 40.0, 36.0],
            &[42.0, 45.0, 200.0, 38.0, 40.0, 36.0],
            &[],
        ] {
            assert_eq!(meant(none), None, "{none:?}");
        }
    }
}
