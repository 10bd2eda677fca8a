//! Columns for data types that this version does not know.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::value::RawValue;

use super::{
    cell::day,
    column::{Column, Kind},
    fields::Fields,
};
use crate::amount::Amount;

/// The most columns that are guessed.
const MOST: usize = 60;
/// The number of them that are shown at first.
const SHOWN: usize = 8;

/// The type of a member in all examined records, as far as known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guess {
    Nothing,
    Text,
    Number,
    Moment,
    Bool,
    List,
    Object,
}

/// Guesses columns: one for each scalar and list at the top level, in the order of first appearance. If records
/// differ, the column is text.
pub fn guess<'r>(records: impl IntoIterator<Item = &'r RawValue>) -> Vec<Column> {
    let mut order: Vec<String> = Vec::new();
    let mut guesses: BTreeMap<String, Guess> = BTreeMap::new();
    for record in records {
        for (name, value) in Fields::parse(record).members() {
            // Dots separate the steps of a path, so a name with a dot cannot be addressed.
            if name.is_empty() || name.contains('.') {
                continue;
            }
            match guesses.get_mut(name) {
                Some(guess) => *guess = both(*guess, guess_of(value)),
                None => {
                    order.push(name.to_owned());
                    guesses.insert(name.to_owned(), guess_of(value));
                }
            }
        }
    }
    let has_currency = guesses.get("currency") == Some(&Guess::Text);
    let columns = order.into_iter().filter_map(|name| {
        let kind = kind(&name, *guesses.get(&name)?, has_currency)?;
        Some(Column { label: Cow::Owned(label(&name)), path: Cow::Owned(name), kind, is_default: false })
    });
    let mut columns: Vec<Column> = columns.take(MOST).collect();
    columns.iter_mut().take(SHOWN).for_each(|column| column.is_default = true);
    columns
}

fn guess_of(value: &RawValue) -> Guess {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'{') => Guess::Object,
        Some(b'[') => Guess::List,
        Some(b't' | b'f') => Guess::Bool,
        Some(b'"') if serde_json::from_str::<String>(text).is_ok_and(|text| day(&text).is_some()) => {
            Guess::Moment
        }
        Some(b'"') => Guess::Text,
        Some(b'n') | None => Guess::Nothing,
        Some(_) if serde_json::from_str::<Amount>(text).is_ok() => Guess::Number,
        Some(_) => Guess::Text,
    }
}

fn both(a: Guess, b: Guess) -> Guess {
    match (a, b) {
        (Guess::Nothing, other) | (other, Guess::Nothing) => other,
        (a, b) if a == b => a,
        _ => Guess::Text,
    }
}

fn kind(name: &str, guess: Guess, has_currency: bool) -> Option<Kind> {
    match guess {
        Guess::Object | Guess::Nothing => None,
        Guess::Text => Some(Kind::Text),
        Guess::Moment => Some(Kind::Moment),
        Guess::Bool => Some(Kind::Bool),
        Guess::List => Some(Kind::Count),
        Guess::Number if has_currency && sounds_of_money(name) => {
            Some(Kind::Money { currency: Some(Cow::Borrowed("currency")) })
        }
        Guess::Number => Some(Kind::Number),
    }
}

/// Whether a number with this name is an amount in the record's currency.
fn sounds_of_money(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["amount", "total", "balance", "price"].iter().any(|word| name.contains(word))
}

/// For example, `issueDate` becomes *Issue date*.
fn label(name: &str) -> String {
    let mut label = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        match c {
            '_' | '-' => label.push(' '),
            c if label.is_empty() => label.extend(c.to_uppercase()),
            c if c.is_uppercase() && before.is_lowercase() => {
                label.push(' ');
                label.extend(c.to_lowercase());
            }
            c => label.push(c),
        }
        before = c;
    }
    label
}
