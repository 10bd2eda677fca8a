//! Names of customers and suppliers.

const FIRST: [&str; 24] = [
    "Alder",
    "Beacon",
    "Cedar",
    "Dovetail",
    "Eastgate",
    "Fenwick",
    "Gable",
    "Hawthorn",
    "Ivory",
    "Juniper",
    "Kestrel",
    "Linden",
    "Marlow",
    "Northfield",
    "Orchard",
    "Pembroke",
    "Quayside",
    "Rowan",
    "Saltmarsh",
    "Thistle",
    "Upland",
    "Verity",
    "Westbrook",
    "Yarrow",
];

const BUYER: [&str; 10] = [
    "Hotel",
    "School",
    "Events",
    "Stores",
    "Partners",
    "Housing",
    "Council",
    "Restaurants",
    "Works",
    "Group",
];

const SELLER: [&str; 10] = [
    "Supplies",
    "Mill",
    "Wholesale",
    "Services",
    "Foods",
    "Trade Centre",
    "Logistics",
    "Hire",
    "Print",
    "Materials",
];

/// The numbers of customers and suppliers of a business.
pub(crate) const CUSTOMERS: usize = 24;
pub(crate) const SUPPLIERS: usize = 16;

/// The name of the customer with this index.
pub(crate) fn customer(seed: u64, at: usize) -> String {
    named(seed, at, &BUYER)
}

/// The name of the supplier with this index.
pub(crate) fn supplier(seed: u64, at: usize) -> String {
    named(seed.rotate_left(17), at, &SELLER)
}

fn named(seed: u64, at: usize, second: &[&str]) -> String {
    let turn = usize::try_from(seed % 97).unwrap_or(0);
    let first = FIRST.get((at + turn) % FIRST.len()).copied().unwrap_or_default();
    let second = second.get((at * 7 + turn) % second.len()).copied().unwrap_or_default();
    format!("{first} {second}")
}
