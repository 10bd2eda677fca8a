//! Companies as they were last written: in a list, one that nothing happened to since is not made again.

use serde_json::value::to_raw_value;

use crate::{
    answer::Problem,
    context::Context,
    list_cache::Text,
    lock::lock,
    record::{CompanyRecord, Slot},
    wire,
};

/// The JSON of these companies; of a slot without one, nothing.
pub(crate) fn of(cx: &Context<'_>, slots: &[Slot]) -> Result<Vec<Text>, Problem> {
    let mut texts = vec![];
    for slot in slots {
        let moved = cx.state.moved(*slot);
        let known = lock(cx.lists).texts.get(*slot, moved);
        if let Some(known) = known {
            texts.push(known);
            continue;
        }
        let Some(record) = cx.state.world.record(*slot) else { continue };
        let written = to_raw_value(&wire::company(cx.state, *slot, &record, cx.now));
        let text = Text(written.map_err(|error| Problem::broken(&error))?.into());
        if stands(cx, &record) {
            lock(cx.lists).texts.put(*slot, moved, &text);
        }
        texts.push(text);
    }
    Ok(texts)
}

/// Whether what is said of a company stays until something happens to it: what it says of others does not, nor
/// does what goes with the time: Link URLs that are good for one time, and what an outage says of connections.
fn stands(cx: &Context<'_>, company: &CompanyRecord) -> bool {
    let is_alone = company.parent.is_none() && company.subsidiaries.is_empty();
    let outages = &cx.state.reads.outages;
    is_alone
        && !cx.state.link.is_one_time()
        && company.connections.iter().all(|connection| outages.are_over(&connection.key, cx.now))
}
