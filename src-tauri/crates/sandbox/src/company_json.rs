//! The cached JSON of companies. It is built again only after a change.

use serde_json::value::to_raw_value;

use crate::{
    context::Context,
    list_cache::Text,
    lock::lock,
    record::{CompanyRecord, Slot},
    response::ApiError,
    wire,
};

/// The JSON of these companies. Slots without a company are skipped.
pub(crate) fn company_json(cx: &Context<'_>, slots: &[Slot]) -> Result<Vec<Text>, ApiError> {
    let mut texts = Vec::new();
    for slot in slots {
        let moved = cx.state.company_revisions(*slot);
        let known = lock(cx.lists).texts.get(*slot, moved);
        if let Some(known) = known {
            texts.push(known);
            continue;
        }
        let Some(record) = cx.state.world.record(*slot) else { continue };
        let written = to_raw_value(&wire::company(cx.state, *slot, &record, cx.now));
        let text = Text(written.map_err(|error| ApiError::internal(&error))?.into());
        if stands(cx, &record) {
            lock(cx.lists).texts.put(*slot, moved, &text);
        }
        texts.push(text);
    }
    Ok(texts)
}

/// Whether the JSON is valid until the company's next change. It is not if it mentions other companies, or if
/// it depends on the time: one-time Link URLs and outages.
fn stands(cx: &Context<'_>, company: &CompanyRecord) -> bool {
    let is_alone = company.parent.is_none() && company.subsidiaries.is_empty();
    let outages = &cx.state.reads.outages;
    is_alone
        && !cx.state.link.is_one_time()
        && company.connections.iter().all(|connection| outages.have_ended(&connection.key, cx.now))
}
