//! Products (§2.18).

/// Codat's products: the identifier and the name.
pub(crate) const PRODUCTS: &[(&str, &str)] = &[
    ("accounting", "Accounting"),
    ("bank-feeds", "Bank Feeds"),
    ("banking", "Banking"),
    ("commerce", "Commerce"),
    ("expenses", "Expenses"),
    ("expenses-v1", "Expenses (v1)"),
    ("lending", "Lending"),
    ("payables", "Payables"),
    ("payables-v2", "Payables (v2)"),
    ("spend-insights", "Spend Insights"),
];

/// The prefix of custom products. Codat documents none; this is the sandbox's choice.
pub(crate) const CUSTOM: &str = "custom-";

/// The product's name, if the identifier is valid.
pub(crate) fn name(identifier: &str) -> Option<String> {
    let known = PRODUCTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(identifier));
    let own = || {
        let rest = identifier.strip_prefix(CUSTOM)?;
        let fits = rest.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-');
        (fits && !rest.is_empty() && rest.len() <= 50).then(|| identifier.to_owned())
    };
    known.map(|(_, name)| (*name).to_owned()).or_else(own)
}
