//! Company data (§2.19). It is as of the last successful read of its type.

mod place;
mod records;
mod reports;
mod source;

use crate::{
    answer::Problem,
    context::{Context, Outcome, connection_called},
};
use place::Place;
use source::read;

/// Routes below `/companies/{id}/data/`. `rest` is lower case.
pub(super) fn of_company(cx: &Context<'_>, method: &str, rest: &[&str]) -> Outcome {
    answer(cx, method, None, rest)
}

/// Routes below `/companies/{id}/connections/{id}/data/`.
pub(super) fn of_connection(cx: &Context<'_>, method: &str, rest: &[&str]) -> Outcome {
    answer(cx, method, Some(cx.segment(3)), rest)
}

/// Routes below `/companies/{id}/reports/`.
pub(super) fn report(cx: &Context<'_>, method: &str, rest: &[&str]) -> Outcome {
    reports::answer(cx, method, rest)
}

fn answer(cx: &Context<'_>, method: &str, connection: Option<&str>, rest: &[&str]) -> Outcome {
    let at = if connection.is_some() { 5 } else { 3 };
    let named: Vec<&str> = (at..at + rest.len()).map(|part| cx.segment(part)).collect();
    let place = Place::of(connection.is_some(), rest, &named).ok_or_else(Problem::no_such_path)?;
    if method != "GET" {
        return Err(Problem::wrong_method("GET"));
    }
    let (slot, company) = cx.company()?;
    let connection = connection.map(|id| connection_called(&company, id)).transpose()?;
    let books = read(cx, slot, &company, connection, place.data_type())?;
    records::answer(cx, &books, &place)
}
