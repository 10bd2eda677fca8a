//! Loads the books of a company.

use std::sync::Arc;

use books::Books;
use http::StatusCode;

use crate::{
    context::Context,
    data::BooksCache,
    data_type,
    record::{CompanyRecord, ConnectionRecord, Slot},
    response::{ApiError, Service},
};

/// The books as of the last successful read of a type.
pub(super) fn read(
    cx: &Context<'_>,
    slot: Slot,
    company: &CompanyRecord,
    connection: Option<&ConnectionRecord>,
    data_type: &'static str,
) -> Result<Arc<Books>, ApiError> {
    let all: Vec<&ConnectionRecord> =
        connection.map_or_else(|| company.connections.iter().collect(), |it| vec![it]);
    let able: Vec<&ConnectionRecord> = all.into_iter().filter(|it| supports(it, data_type)).collect();
    if able.is_empty() {
        return Err(unsupported(company, connection, data_type));
    }
    let newest = able.iter().filter_map(|it| cx.state.reads.last_success(slot, it, data_type, cx.now)).max();
    let Some(as_of) = newest else {
        let text = "The data set has not been requested.";
        return Err(ApiError::new(StatusCode::CONFLICT, Service::Public, text));
    };
    Ok(BooksCache::books(cx.library, company, cx.state.world.origin().born, as_of))
}

fn supports(connection: &ConnectionRecord, data_type: &str) -> bool {
    connection.platform().is_some_and(|it| data_type::supported(it.kind).contains(&data_type))
}

fn unsupported(company: &CompanyRecord, connection: Option<&ConnectionRecord>, data_type: &str) -> ApiError {
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

pub(super) fn not_found(text: String) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, Service::Public, text)
}
