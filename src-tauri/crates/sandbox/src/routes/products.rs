//! Products of a company (§2.18).

use http::StatusCode;
use serde_json::Value;

use super::reads;
use crate::{
    answer::Problem,
    change::Change,
    context::{Context, Outcome, nothing},
    product::{self, CUSTOM, PRODUCTS},
};

pub(super) fn one(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "PUT" => add(cx),
        "DELETE" => remove(cx),
        _ => Err(Problem::wrong_method("PUT, DELETE")),
    }
}

pub(super) fn refresh(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "POST" => queue(cx),
        _ => Err(Problem::wrong_method("POST")),
    }
}

fn asked(cx: &Context<'_>) -> Result<String, Problem> {
    let asked = cx.segment(3);
    let known = PRODUCTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(asked));
    match known {
        Some((identifier, _)) => Ok((*identifier).to_owned()),
        None if product::name(asked).is_some() => Ok(asked.to_owned()),
        None => {
            let message = format!("'{asked}' is not a product.");
            Err(Problem::invalid("Error processing request - not valid.").with_item(
                "productIdentifier",
                &message,
                "Product",
            ))
        }
    }
}

fn add(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let product = asked(cx)?;
    let mut company = company.into_owned();
    if company.products.contains(&product) {
        return nothing(StatusCode::NO_CONTENT, vec![]);
    }
    company.products.push(product);
    nothing(StatusCode::NO_CONTENT, vec![Change::Company(slot, Some(Box::new(company)))])
}

fn remove(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let product = asked(cx)?;
    let mut company = company.into_owned();
    let before = company.products.len();
    company.products.retain(|other| *other != product);
    let gone = company.products.len() < before;
    let changes = gone.then(|| Change::Company(slot, Some(Box::new(company))));
    nothing(StatusCode::NO_CONTENT, changes.into_iter().collect())
}

/// Only custom products can be refreshed.
fn queue(cx: &Context<'_>) -> Outcome {
    let (slot, company) = cx.company()?;
    let product = asked(cx)?;
    let called = product::name(&product).unwrap_or_default();
    if !company.products.contains(&product) {
        return Err(Problem::invalid(format!("{called} is not enabled for this company.")));
    }
    if !product.starts_with(CUSTOM) {
        return Err(Problem::invalid(format!(
            "{called} doesn't support data refreshing. Refresh the company's data instead."
        )));
    }
    if !cx.state.reads.live(slot, &company, cx.now).is_empty() {
        let text =
            "Data cannot be refreshed while a read operation is in progress. Try again when it has ended.";
        return Err(Problem::invalid(text));
    }
    let body = cx.request.object()?;
    let types = match body.get("dataTypes") {
        None | Some(Value::Null) => None,
        Some(Value::Array(types)) => {
            Some(types.iter().map(|it| it.as_str().unwrap_or_default().to_owned()).collect())
        }
        Some(_) => return Err(Problem::invalid_body("dataTypes", "'dataTypes' must be a list of texts.")),
    };
    nothing(StatusCode::ACCEPTED, reads::some(cx, slot, &company, types)?)
}
