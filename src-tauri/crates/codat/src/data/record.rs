//! Fields that all records share, and company information.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::value::RawValue;

use super::{cell::day, fields::Fields};
use crate::datetime;

/// The fields that any record may have. The raw record is in [`Item::raw`](crate::page::Item).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordHead {
    /// The ID at the source. For a balance, that of its account.
    pub id: Option<String>,
    /// The time at which Codat's copy changed.
    pub modified: Option<Timestamp>,
    /// Whether it was deleted at the source.
    pub is_deleted: bool,
}

impl RecordHead {
    /// Reads the fields. A field of a wrong type counts as missing.
    pub fn from_fields(fields: &Fields<'_>) -> Self {
        Self {
            id: fields.text_at("id").or_else(|| fields.text_at("accountId")),
            modified: fields.text_at("modifiedDate").and_then(|text| datetime::parse(&text).ok()),
            is_deleted: fields.at("metadata.isDeleted").is_some_and(|raw| raw.get() == "true"),
        }
    }
}

/// Any object is a record.
impl<'de> Deserialize<'de> for RecordHead {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('{') {
            Ok(Self::from_fields(&Fields::parse(&raw)))
        } else {
            Err(D::Error::custom("a record was expected"))
        }
    }
}

/// Company information in the accounting software (§2.19).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyInfo {
    /// The trading or legal name.
    pub company_name: Option<String>,
    /// The base currency.
    pub base_currency: Option<String>,
    /// A date on which a financial year starts, usually of another year.
    pub financial_year_start: Option<Date>,
}

impl CompanyInfo {
    /// Reads the fields. A field of a wrong type counts as missing.
    pub fn from_raw(raw: &RawValue) -> Self {
        let fields = Fields::parse(raw);
        let text = |path| fields.text_at(path).filter(|text| !text.trim().is_empty());
        Self {
            company_name: text("companyName"),
            base_currency: text("baseCurrency"),
            financial_year_start: text("financialYearStartDate").as_deref().and_then(day),
        }
    }

    /// The month in which financial years start, 1 to 12. January if unknown.
    pub fn first_month(&self) -> i8 {
        self.financial_year_start.map_or(1, Date::month)
    }
}

impl<'de> Deserialize<'de> for CompanyInfo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|raw| Self::from_raw(&raw))
    }
}
