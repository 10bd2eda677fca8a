//! Products of a company (§2.18).

use http::StatusCode;
use serde_json::Value;

use super::reads;
use crate::{
    change::Change,
    context::{Context, HandlerResult, empty},
    product::{self, CUSTOM, PRODUCTS},
    response::ApiError,
};

pub(super) fn one(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "PUT" => add(cx),
        "DELETE" => remove(cx),
        _ => Err(ApiError::method_not_allowed("PUT, DELETE")),
    }
}

pub(super) fn refresh(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "POST" => queue(cx),
        _ => Err(ApiError::method_not_allowed("POST")),
    }
}

fn product_identifier(cx: &Context<'_>) -> Result<String, ApiError> {
    let identifier = cx.segment(3);
    let known = PRODUCTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(identifier));
    match known {
        Some((identifier, _)) => Ok((*identifier).to_owned()),
        None if product::name(identifier).is_some() => Ok(identifier.to_owned()),
        None => {
            let message = format!("'{identifier}' is not a product.");
            Err(ApiError::bad_request("Error processing request - not valid.").with_item(
                "productIdentifier",
                &message,
                "Product",
            ))
        }
    }
}

fn add(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let product = product_identifier(cx)?;
    let mut company = company.into_owned();
    if company.products.contains(&product) {
        return empty(StatusCode::NO_CONTENT, Vec::new());
    }
    company.products.push(product);
    empty(StatusCode::NO_CONTENT, vec![Change::Company(slot, Some(Box::new(company)))])
}

fn remove(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let product = product_identifier(cx)?;
    let mut company = company.into_owned();
    let before = company.products.len();
    company.products.retain(|other| *other != product);
    let gone = company.products.len() < before;
    let changes = gone.then(|| Change::Company(slot, Some(Box::new(company))));
    empty(StatusCode::NO_CONTENT, changes.into_iter().collect())
}

/// Only custom products can be refreshed.
fn queue(cx: &Context<'_>) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let product = product_identifier(cx)?;
    let called = product::name(&product).unwrap_or_default();
    if !company.products.contains(&product) {
        return Err(ApiError::bad_request(format!("{called} is not enabled for this company.")));
    }
    if !product.starts_with(CUSTOM) {
        return Err(ApiError::bad_request(format!(
            "{called} doesn't support data refreshing. Refresh the company's data instead."
        )));
    }
    if !cx.state.reads.live(slot, &company, cx.now).is_empty() {
        let text =
            "Data cannot be refreshed while a read operation is in progress. Try again when it has ended.";
        return Err(ApiError::bad_request(text));
    }
    let body = cx.request.object()?;
    let types = match body.get("dataTypes") {
        None | Some(Value::Null) => None,
        Some(Value::Array(types)) => {
            Some(types.iter().map(|it| it.as_str().unwrap_or_default().to_owned()).collect())
        }
        Some(_) => return Err(ApiError::invalid_body("dataTypes", "'dataTypes' must be a list of texts.")),
    };
    empty(StatusCode::ACCEPTED, reads::some(cx, slot, &company, types)?)
}
