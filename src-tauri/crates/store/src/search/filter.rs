//! The filters and the parsing of their values.

use jiff::ZonedDateTime;

use super::{ColorSet, CompanyChange, Condition, TimeColumn, nearest::nearest, times};
use crate::{company_index::UNREADABLE_BIT, fold::fold};

/// A filter of the search box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    Is,
    Has,
    Platform,
    Tag,
    Stale,
    Created,
    Expires,
    By,
    Product,
    Name,
    /// The companies of a notification. The app writes it; it is not suggested.
    Alert,
    /// The companies that broke after an entry of the journal. The app writes it, as it does the next two.
    Broke,
    /// Those that healed.
    Healed,
    /// Those that appeared.
    Appeared,
}

/// The words for colors, each with its set of bits.
const COLORS: [(&str, u8); 11] = [
    ("red", 1),
    ("grey", 2),
    ("purple", 4),
    ("green", 8),
    ("none", 16),
    ("attention", 3),
    ("broken", 1),
    ("unlinked", 2),
    ("pending", 4),
    ("linked", 8),
    ("unreadable", UNREADABLE_BIT),
];

impl Filter {
    /// The suggested filters, in order.
    pub(crate) const ALL: [Self; 10] = [
        Self::Is,
        Self::Platform,
        Self::Tag,
        Self::Stale,
        Self::Created,
        Self::Expires,
        Self::By,
        Self::Has,
        Self::Product,
        Self::Name,
    ];

    /// The name as typed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::Has => "has",
            Self::Platform => "platform",
            Self::Tag => "tag",
            Self::Stale => "stale",
            Self::Created => "created",
            Self::Expires => "expires",
            Self::By => "by",
            Self::Product => "product",
            Self::Name => "name",
            Self::Alert => "alert",
            Self::Broke => "broke",
            Self::Healed => "healed",
            Self::Appeared => "appeared",
        }
    }

    /// A short description.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::Is => "Worst connection",
            Self::Has => "Any connection",
            Self::Platform => "Integration",
            Self::Tag => "Tag, such as tag:region=uk",
            Self::Stale => "Not read for, such as stale:>7d",
            Self::Created => "Created, such as created:<2026-01-01",
            Self::Expires => "May expire, such as expires:<14d",
            Self::By => "Created by",
            Self::Product => "Product",
            Self::Name => "Name only",
            Self::Alert => "In one notification",
            Self::Broke => "Newly broken or unlinked",
            Self::Healed => "Healed",
            Self::Appeared => "New companies",
        }
    }

    /// The filter with this name, ignoring case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .chain([Self::Alert, Self::Broke, Self::Healed, Self::Appeared])
            .find(|filter| filter.name().eq_ignore_ascii_case(name))
    }

    /// Values that do not depend on the companies.
    pub(crate) fn fixed_values(self) -> &'static [&'static str] {
        match self {
            Self::Is => &["attention", "red", "grey", "purple", "green", "none", "unreadable"],
            Self::Has => &["attention", "red", "grey", "purple", "green", "none"],
            Self::Stale => &[">1d", ">7d", ">30d"],
            Self::Created => &["<7d", "<30d"],
            Self::Expires => &["<3d", "<14d", "<30d"],
            Self::Platform
            | Self::Tag
            | Self::By
            | Self::Product
            | Self::Name
            | Self::Alert
            | Self::Broke
            | Self::Healed
            | Self::Appeared => &[],
        }
    }

    /// Parses a value. The error is a message for the user.
    pub(super) fn parse_value(self, value: &str, now: &ZonedDateTime) -> Result<Condition, String> {
        let folded = fold(value).trim().to_owned();
        if folded.is_empty() {
            return Err(format!("{}: needs a value, such as {}.", self.name(), self.example()));
        }
        match self {
            Self::Is => parse_colors(self, &folded).map(Condition::Is),
            Self::Has => parse_colors(self, &folded).map(|colors| Condition::Has(ColorSet(colors))),
            Self::Platform => Ok(Condition::Platform(folded)),
            Self::Tag => parse_tag(&folded),
            Self::Stale => times::parse_stale(&folded, now),
            Self::Created => times::parse_range(TimeColumn::Created, &folded, now),
            Self::Expires => times::parse_range(TimeColumn::Expires, &folded, now),
            Self::By => Ok(Condition::By(folded)),
            Self::Product => Ok(Condition::Product(folded)),
            Self::Name => Ok(Condition::Name(folded)),
            Self::Alert => match folded.parse() {
                Ok(number) => Ok(Condition::Alert(number)),
                Err(_) => {
                    Err(format!("alert: needs the number of a notification, such as {}.", self.example()))
                }
            },
            Self::Broke => self.parse_since(CompanyChange::Broke, &folded),
            Self::Healed => self.parse_since(CompanyChange::Healed, &folded),
            Self::Appeared => self.parse_since(CompanyChange::Appeared, &folded),
        }
    }

    fn parse_since(self, change: CompanyChange, value: &str) -> Result<Condition, String> {
        let number = value.parse().map_err(|_| {
            format!("{}: needs the number of a change, such as {}.", self.name(), self.example())
        })?;
        Ok(Condition::Since(change, number))
    }

    fn example(self) -> &'static str {
        match self {
            Self::Is => "is:red",
            Self::Has => "has:grey",
            Self::Platform => "platform:xero",
            Self::Tag => "tag:region=uk",
            Self::Stale => "stale:>7d",
            Self::Created => "created:<2026-01-01",
            Self::Expires => "expires:<14d",
            Self::By => "by:operations",
            Self::Product => "product:lending",
            Self::Name => "name:bakery",
            Self::Alert => "alert:12",
            Self::Broke => "broke:12",
            Self::Healed => "healed:12",
            Self::Appeared => "appeared:12",
        }
    }
}

/// The label of a color.
pub(crate) fn status_label(value: &str) -> &'static str {
    match value {
        "attention" => "Broken or unlinked",
        "red" => "Broken",
        "grey" => "Unlinked",
        "purple" => "Pending",
        "green" => "Linked",
        "none" => "No connections",
        "unreadable" => "Unreadable",
        _ => "",
    }
}

fn parse_colors(filter: Filter, value: &str) -> Result<u8, String> {
    let known = || COLORS.iter().filter(|(_, bits)| filter == Filter::Is || *bits != UNREADABLE_BIT);
    let found = known().find(|(word, _)| *word == value).map(|(_, colors)| *colors);
    found.ok_or_else(|| {
        let near = nearest(value, known().map(|(word, _)| *word)).unwrap_or_default();
        let name = filter.name();
        format!(
            "{name}: accepts red, grey, purple, green, none and attention, not “{value}”. Did you mean \
             {name}:{near}?"
        )
    })
}

fn parse_tag(value: &str) -> Result<Condition, String> {
    let (key, value) = match value.split_once('=') {
        Some((key, value)) => (key, Some(value).filter(|value| !value.is_empty())),
        None => (value, None),
    };
    if key.is_empty() {
        return Err("tag: needs the tag’s name before the equals sign, such as tag:region=uk.".to_owned());
    }
    Ok(Condition::Tag { key: key.to_owned(), value: value.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company_index::color_bit;
    use codat::Color;

    #[test]
    fn words_stand_for_the_colors_they_mean() {
        let all: u8 = Color::ALL.into_iter().map(color_bit).sum();
        for (word, color) in [
            ("red", Color::Red),
            ("grey", Color::Grey),
            ("purple", Color::Purple),
            ("green", Color::Green),
            ("none", Color::None),
            ("broken", Color::Red),
            ("unlinked", Color::Grey),
            ("pending", Color::Purple),
            ("linked", Color::Green),
        ] {
            assert_eq!(parse_colors(Filter::Is, word), Ok(color_bit(color)), "{word}");
        }
        let attention: u8 =
            Color::ALL.into_iter().filter(|color| color.needs_attention()).map(color_bit).sum();
        assert_eq!(parse_colors(Filter::Is, "attention"), Ok(attention));
        assert_eq!((parse_colors(Filter::Is, "unreadable"), all & UNREADABLE_BIT), (Ok(UNREADABLE_BIT), 0));
        assert!(parse_colors(Filter::Has, "unreadable").is_err(), "no connection is");
    }
}
