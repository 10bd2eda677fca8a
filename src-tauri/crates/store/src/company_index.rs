//! What a list needs to know of a company: derived from its record in one place, kept in the database,
//! and read from there into the columns.

use codat::{Colour, Company, CompanyId, status};
use serde::Serialize;

use crate::{
    fold::{fold, fold_into},
    sql,
};

/// The marks before each field of a company's searchable text. Folded text holds no control characters, so
/// a search never runs from one field into the next.
pub(crate) mod field_marker {
    /// The name; every company's text begins with it.
    pub(crate) const NAME: u8 = 1;
    /// Who created it.
    pub(crate) const CREATOR: u8 = 2;
    /// The name of an integration.
    pub(crate) const PLATFORM: u8 = 3;
    /// The key of an integration.
    pub(crate) const KEY: u8 = 4;
    /// A tag, `key=value`.
    pub(crate) const TAG: u8 = 5;
    /// A product slug; products have a text of their own, which is not searched by words.
    pub(crate) const PRODUCT: u8 = 6;
}

/// Parts the companies where SQLite gives a column of many at once; in no folded text either.
pub(crate) const ROW_SEPARATOR: char = '\u{1e}';

/// What a list sorts, searches and counts by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CompanyIndexRow {
    pub(crate) id: CompanyId,
    /// For texts that are made without the record, such as the journal's.
    pub(crate) name: String,
    pub(crate) folded_name: String,
    pub(crate) text: String,
    pub(crate) products: String,
    pub(crate) description: String,
    pub(crate) created: i64,
    pub(crate) last_read: Option<i64>,
    pub(crate) expires: Option<i64>,
    pub(crate) colour: u8,
    pub(crate) colours: u8,
    pub(crate) parent: Option<CompanyId>,
}

impl CompanyIndexRow {
    /// `expires`: when the first of its connections may expire.
    pub(crate) fn from_company(company: &Company, expires: Option<i64>) -> Self {
        let colours = company.data_connections.iter().map(status::connection_color);
        Self {
            id: company.id,
            name: sql::replace_nul(&company.name),
            folded_name: fold(&company.name),
            text: searchable_text(company),
            products: join_fields(
                company.products.iter().map(|product| (field_marker::PRODUCT, product.as_str())),
            ),
            description: fold(company.description.as_deref().unwrap_or_default()),
            created: company.created.as_millisecond(),
            last_read: company.last_sync.map(jiff::Timestamp::as_millisecond),
            expires,
            colour: colour_code(status::company_color(company)),
            colours: colours.fold(0, |bits, colour| bits | colour_bit(colour)),
            parent: company.reference_parent_company.as_ref().map(|parent| parent.id),
        }
    }

    /// Whether they are those of `kept`, but for when it was read and when it may expire.
    pub(crate) fn differs_only_in_times(&self, stored: &Company) -> bool {
        Self { last_read: self.last_read, ..Self::from_company(stored, self.expires) } == *self
    }
}

/// A colour as the database keeps it: worst first.
pub(crate) fn colour_code(colour: Colour) -> u8 {
    match colour {
        Colour::Red => 0,
        Colour::Grey => 1,
        Colour::Purple => 2,
        Colour::Green => 3,
        Colour::None => 4,
    }
}

/// A colour in a set of them.
pub(crate) fn colour_bit(colour: Colour) -> u8 {
    1 << colour_code(colour)
}

/// A company that cannot be read, beside the colours: it has one of those too.
pub(crate) const UNREADABLE_BIT: u8 = 1 << 5;

fn searchable_text(company: &Company) -> String {
    let mut fields = join_fields([(field_marker::NAME, company.name.as_str())]);
    if let Some(creator) = company.created_by_user_name.as_deref().filter(|name| !name.is_empty()) {
        push_field(&mut fields, field_marker::CREATOR, creator);
    }
    for connection in &company.data_connections {
        push_field(&mut fields, field_marker::PLATFORM, &connection.platform_name);
        push_field(&mut fields, field_marker::KEY, &connection.integration_key);
    }
    for (key, value) in &company.tags {
        push_field(&mut fields, field_marker::TAG, &format!("{key}={value}"));
    }
    fields
}

fn join_fields<'a>(fields: impl IntoIterator<Item = (u8, &'a str)>) -> String {
    let mut text = String::new();
    for (marker, field) in fields {
        push_field(&mut text, marker, field);
    }
    text
}

fn push_field(text: &mut String, marker: u8, field: &str) {
    text.push(char::from(marker));
    fold_into(field, text);
}
