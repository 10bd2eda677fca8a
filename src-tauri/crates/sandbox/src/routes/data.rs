//! Company data (§2.19). It is as of the last successful read of its type.

mod records;
mod reports;
mod resource;
mod source;

use crate::{
    context::{Context, HandlerResult, find_connection},
    response::ApiError,
};
use resource::DataResource;
use source::read;

/// Routes below `/companies/{id}/data/`. `rest` is lower case.
pub(super) fn company_data(cx: &Context<'_>, method: &str, rest: &[&str]) -> HandlerResult {
    answer(cx, method, None, rest)
}

/// Routes below `/companies/{id}/connections/{id}/data/`.
pub(super) fn connection_data(cx: &Context<'_>, method: &str, rest: &[&str]) -> HandlerResult {
    answer(cx, method, Some(cx.segment(3)), rest)
}

/// Routes below `/companies/{id}/reports/`.
pub(super) fn report(cx: &Context<'_>, method: &str, rest: &[&str]) -> HandlerResult {
    reports::answer(cx, method, rest)
}

fn answer(cx: &Context<'_>, method: &str, connection: Option<&str>, rest: &[&str]) -> HandlerResult {
    let at = if connection.is_some() { 5 } else { 3 };
    let named: Vec<&str> = (at..at + rest.len()).map(|part| cx.segment(part)).collect();
    let place =
        DataResource::parse(connection.is_some(), rest, &named).ok_or_else(ApiError::path_not_found)?;
    if method != "GET" {
        return Err(ApiError::method_not_allowed("GET"));
    }
    let (slot, company) = cx.company()?;
    let connection = connection.map(|id| find_connection(&company, id)).transpose()?;
    let books = read(cx, slot, &company, connection, place.data_type())?;
    records::answer(cx, &books, &place)
}
