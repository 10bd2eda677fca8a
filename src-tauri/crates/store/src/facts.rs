//! What a list needs to know of a company: derived from its record in one place, kept in the database,
//! and read from there into the columns.

use codat::{Colour, Company, CompanyId, status};
use serde::Serialize;

use crate::fold::{fold, fold_into};

/// The marks before each field of a company's searchable text. Folded text holds no control characters, so
/// a search never runs from one field into the next.
pub(crate) mod mark {
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
pub(crate) const BETWEEN: char = '\u{1e}';

/// What a list sorts, searches and counts by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Facts {
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

impl Facts {
    /// `expires`: when the first of its connections may expire.
    pub(crate) fn of(company: &Company, expires: Option<i64>) -> Self {
        let colours = company.data_connections.iter().map(status::connection_color);
        Self {
            id: company.id,
            // SQLite reads JSON text up to a NUL.
            name: company.name.replace('\0', "\u{fffd}"),
            folded_name: fold(&company.name),
            text: text(company),
            products: marked(company.products.iter().map(|product| (mark::PRODUCT, product.as_str()))),
            description: fold(company.description.as_deref().unwrap_or_default()),
            created: company.created.as_millisecond(),
            last_read: company.last_sync.map(jiff::Timestamp::as_millisecond),
            expires,
            colour: number(status::company_color(company)),
            colours: colours.fold(0, |bits, colour| bits | bit(colour)),
            parent: company.reference_parent_company.as_ref().map(|parent| parent.id),
        }
    }

    /// Whether they are those of `kept`, but for when it was read and when it may expire.
    pub(crate) fn differ_in_times_only(&self, kept: &Company) -> bool {
        Self { last_read: self.last_read, ..Self::of(kept, self.expires) } == *self
    }
}

/// A colour as the database keeps it: worst first.
pub(crate) fn number(colour: Colour) -> u8 {
    match colour {
        Colour::Red => 0,
        Colour::Grey => 1,
        Colour::Purple => 2,
        Colour::Green => 3,
        Colour::None => 4,
    }
}

/// A colour in a set of them.
pub(crate) fn bit(colour: Colour) -> u8 {
    1 << number(colour)
}

/// A company that cannot be read, beside the colours: it has one of those too.
pub(crate) const UNREADABLE: u8 = 1 << 5;

fn text(company: &Company) -> String {
    let mut fields = marked([(mark::NAME, company.name.as_str())]);
    if let Some(creator) = company.created_by_user_name.as_deref().filter(|name| !name.is_empty()) {
        push(&mut fields, mark::CREATOR, creator);
    }
    for connection in &company.data_connections {
        push(&mut fields, mark::PLATFORM, &connection.platform_name);
        push(&mut fields, mark::KEY, &connection.integration_key);
    }
    for (key, value) in &company.tags {
        push(&mut fields, mark::TAG, &format!("{key}={value}"));
    }
    fields
}

fn marked<'a>(fields: impl IntoIterator<Item = (u8, &'a str)>) -> String {
    let mut text = String::new();
    for (mark, field) in fields {
        push(&mut text, mark, field);
    }
    text
}

fn push(text: &mut String, mark: u8, field: &str) {
    text.push(char::from(mark));
    fold_into(field, text);
}
