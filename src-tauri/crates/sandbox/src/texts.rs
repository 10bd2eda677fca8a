//! Companies as they were last written: in a list, one that nothing happened to since is not made again.

use std::{collections::HashMap, sync::Arc};

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    answer::Problem,
    endpoint::lock,
    record::{CompanyRecord, Slot},
    routes::Context,
    wire,
};

/// How many bytes of companies are kept; beyond that the others are made each time.
const MOST: usize = 24 << 20;

/// The JSON of a company.
#[derive(Debug, Clone)]
pub(crate) struct Text(Arc<RawValue>);

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (*self.0).serialize(serializer)
    }
}

/// Companies as they were last written.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// Each with the revision at which something had last happened to it.
    kept: HashMap<Slot, (u64, Text)>,
    bytes: usize,
}

impl Texts {
    fn get(&self, slot: Slot, moved: u64) -> Option<Text> {
        self.kept.get(&slot).filter(|(at, _)| *at == moved).map(|(_, text)| text.clone())
    }

    fn put(&mut self, slot: Slot, moved: u64, text: &Text) {
        if let Some((_, outdated)) = self.kept.remove(&slot) {
            self.bytes -= outdated.0.get().len();
        }
        let bytes = text.0.get().len();
        if self.bytes + bytes <= MOST {
            self.bytes += bytes;
            self.kept.insert(slot, (moved, text.clone()));
        }
    }
}

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
