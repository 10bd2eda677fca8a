//! Amounts with the exact digits of the server: decimals, never floats.

use core::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::value::RawValue;

/// A JSON number with all its digits. It serializes to the same text. Two amounts are equal if their texts are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Amount(String);

impl Amount {
    /// The number with its scale, for example 2 for `12.50`. None if it has more than 28 digits. It is never rounded.
    pub fn decimal(&self) -> Option<Decimal> {
        match self.0.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => scaled(exact(mantissa)?, exponent.parse().ok()?),
            None => exact(&self.0),
        }
    }

    /// The digits as the server sent them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn exact(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok()
}

/// A mantissa times a power of ten.
fn scaled(mantissa: Decimal, exponent: i32) -> Option<Decimal> {
    let scale = i32::try_from(mantissa.scale()).ok()?.checked_sub(exponent)?;
    match u32::try_from(scale) {
        Ok(scale) => Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale).ok(),
        Err(_) => {
            let power = 10_i128.checked_pow(scale.unsigned_abs())?;
            Decimal::try_from_i128_with_scale(mantissa.mantissa().checked_mul(power)?, 0).ok()
        }
    }
}

impl From<Decimal> for Amount {
    fn from(decimal: Decimal) -> Self {
        Self(decimal.to_string())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(D::Error::custom("a number was expected"))
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = RawValue::from_string(self.0.clone()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amount(text: &str) -> Amount {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn every_digit_survives() {
        for text in ["0.10", "-12.340", "123456789012345678901234567890.12", "1e3", "-0", "0", "54977.57"] {
            assert_eq!(serde_json::to_string(&amount(text)).unwrap(), text);
        }
    }

    #[test]
    fn an_amount_within_an_object_survives_too() {
        #[derive(serde::Serialize, serde::Deserialize)]
        struct Line {
            value: Amount,
            tax: Option<Amount>,
        }
        let text = r#"{"value":10.00,"tax":null}"#;
        let line: Line = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&line).unwrap(), text);
    }

    #[test]
    fn only_a_number_is_an_amount() {
        for text in ["\"12\"", "null", "true", "[1]", "{}"] {
            assert!(serde_json::from_str::<Amount>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_fits_is_reckoned_with_exactly() {
        let decimal = |text| amount(text).decimal();
        assert_eq!(decimal("0.1").unwrap() + decimal("0.2").unwrap(), decimal("0.3").unwrap());
        assert_eq!(decimal("12.50").unwrap().scale(), 2);
        assert_eq!(decimal("1e3"), Some(Decimal::from(1_000)));
        assert_eq!(decimal("1.5E+2"), Some(Decimal::from(150)));
        assert_eq!(decimal("125e-2").unwrap().to_string(), "1.25");
        assert_eq!(decimal("9999999999999999999999999999").unwrap().to_string(), "9".repeat(28));
    }

    #[test]
    fn what_does_not_fit_is_kept_and_not_rounded() {
        for text in [
            "123456789012345678901234567890123",
            "0.12345678901234567890123456789",
            "1.23456789012345678901234567890123e1",
            "1e29",
            "1e-29",
            "1e99999999999",
        ] {
            assert_eq!(amount(text).decimal(), None, "{text}");
            assert_eq!(amount(text).as_str(), text);
        }
    }

    proptest! {
        #[test]
        fn a_decimal_reads_back_with_its_scale(mantissa in -(1_i64 << 60)..(1_i64 << 60), scale in 0_u32..=28) {
            let decimal = Decimal::new(mantissa, scale);
            let text = serde_json::to_string(&Amount::from(decimal)).unwrap();
            let read = amount(&text).decimal().unwrap();
            prop_assert_eq!((read, read.scale()), (decimal, scale));
        }
    }
}
