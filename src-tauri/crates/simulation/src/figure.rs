//! A measured figure with its limit.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    /// At least this value.
    AtLeast(f64),
    /// At most this value.
    AtMost(f64),
    /// No limit: a reference for other figures of the same run.
    Measured,
}

#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) against: Limit,
}

impl Figure {
    fn limit(&self) -> Option<f64> {
        match self.against {
            Limit::AtLeast(limit) | Limit::AtMost(limit) => Some(limit),
            Limit::Measured => None,
        }
    }

    /// The value divided by its limit.
    fn ratio(&self) -> Option<f64> {
        self.limit().map(|limit| self.value / limit)
    }

    /// A line of the table.
    pub(crate) fn line(&self) -> String {
        let limit = match self.against {
            Limit::AtLeast(limit) => format!("at least {limit}"),
            Limit::AtMost(limit) => format!("at most {limit}"),
            Limit::Measured => "none".to_owned(),
        };
        let ratio = self.ratio().map(|ratio| format!("{ratio:.3}")).unwrap_or_default();
        let verdict = if self.is_kept() { "" } else { "  missed" };
        let line = format!(
            "{:<24} {:>12.2} {:<6} {limit:>16} {ratio:>7}{verdict}",
            self.name, self.value, self.unit
        );
        line.trim_end().to_owned()
    }

    fn is_kept(&self) -> bool {
        match self.against {
            Limit::AtLeast(limit) => self.value >= limit,
            Limit::AtMost(limit) => self.value <= limit,
            Limit::Measured => true,
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Figure", 5)?;
        fields.serialize_field("name", self.name)?;
        fields.serialize_field("value", &rounded(self.value))?;
        fields.serialize_field("unit", self.unit)?;
        fields.serialize_field("against", &self.limit())?;
        fields.serialize_field("ratio", &self.ratio().map(rounded))?;
        fields.end()
    }
}

/// The 99th percentile of sorted values.
pub(crate) fn p99<T: Copy>(sorted: &[T]) -> Option<T> {
    sorted.get((sorted.len() * 99 / 100).min(sorted.len().saturating_sub(1))).copied()
}

/// To three decimals.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

pub(crate) fn table(figures: &[Figure]) -> String {
    let head = format!("{:<24} {:>12} {:<6} {:>16} {:>7}", "name", "value", "unit", "limit", "ratio");
    let lines = figures.iter().map(Figure::line);
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, against: Limit) -> Figure {
        Figure { name: "some_rps", value, unit: "1/s", against }
    }

    #[test]
    fn a_figure_is_written_with_its_limit_and_its_part_of_it() {
        let json = serde_json::to_value(figure(4_500.000_4, Limit::AtLeast(3_000.0))).unwrap();
        let expected = serde_json::json!(
            { "name": "some_rps", "value": 4_500.0, "unit": "1/s", "against": 3_000.0, "ratio": 1.5 }
        );
        assert_eq!(json, expected);
    }

    #[test]
    fn the_table_says_which_limit_was_missed() {
        assert!(table(&[figure(2_000.0, Limit::AtLeast(3_000.0))]).contains("missed"));
        assert!(!table(&[figure(2_000.0, Limit::AtMost(3_000.0))]).contains("missed"));
    }

    #[test]
    fn a_figure_without_a_limit_misses_none() {
        let json = serde_json::to_value(figure(20.0, Limit::Measured)).unwrap();
        let expected = serde_json::json!(
            { "name": "some_rps", "value": 20.0, "unit": "1/s", "against": null, "ratio": null }
        );
        assert_eq!(json, expected);
        let table = table(&[figure(20.0, Limit::Measured)]);
        assert!(table.contains("none") && !table.contains("missed"), "{table}");
    }
}
