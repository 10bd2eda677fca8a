//! Reading company data (§2.19). Data stands as it did when its type was last read well.

mod place;
mod records;
mod reports;

use std::sync::Arc;

use books::Books;
use http::StatusCode;

use super::{Context, Outcome, connection_called};
use crate::{
    answer::{Part, Problem},
    data::Library,
    datatype,
    record::{CompanyRecord, ConnectionRecord, Slot},
};
use place::Place;

/// Answers what is below `/companies/{id}/data/` of a company. `rest` is in small letters.
pub(super) fn of_company(cx: &Context<'_>, method: &str, rest: &[&str]) -> Outcome {
    answer(cx, method, None, rest)
}

/// Answers what is below `/companies/{id}/connections/{id}/data/`.
pub(super) fn of_connection(cx: &Context<'_>, method: &str, rest: &[&str]) -> Outcome {
    answer(cx, method, Some(cx.segment(3)), rest)
}

/// Answers what is below `/companies/{id}/reports/`.
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

/// The books as they stood when a type was last read well.
fn read(
    cx: &Context<'_>,
    slot: Slot,
    company: &CompanyRecord,
    connection: Option<&ConnectionRecord>,
    data_type: &'static str,
) -> Result<Arc<Books>, Problem> {
    let all: Vec<&ConnectionRecord> =
        connection.map_or_else(|| company.connections.iter().collect(), |it| vec![it]);
    let able: Vec<&ConnectionRecord> = all.into_iter().filter(|it| supports(it, data_type)).collect();
    if able.is_empty() {
        return Err(unsupported(company, connection, data_type));
    }
    let newest = able.iter().filter_map(|it| cx.state.reads.last_success(slot, it, data_type, cx.now)).max();
    let Some(as_of) = newest else {
        let text = "The data set has not been requested.";
        return Err(Problem::new(StatusCode::CONFLICT, Part::Public, text));
    };
    Ok(Library::books(cx.library, company, cx.state.world.origin().born, as_of))
}

fn supports(connection: &ConnectionRecord, data_type: &str) -> bool {
    connection.platform().is_some_and(|it| datatype::supported(it.kind).contains(&data_type))
}

fn unsupported(company: &CompanyRecord, connection: Option<&ConnectionRecord>, data_type: &str) -> Problem {
    let platforms: Vec<&str> = connection
        .map_or_else(|| company.connections.iter().collect(), |it| vec![it])
        .into_iter()
        .filter_map(|it| it.platform().map(|platform| platform.name))
        .collect();
    let text = if platforms.is_empty() {
        format!("No data available for {data_type} for ID {}", company.id)
    } else {
        format!("Datatype [{data_type}] not supported by platform(s) [{}]", platforms.join(", "))
    };
    not_found(text)
}

fn not_found(text: String) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, Part::Public, text)
}
