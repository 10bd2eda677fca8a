//! Changing the tags of many companies, and deleting many: the preview and the start of the run.

use std::collections::BTreeSet;

use codat::CompanyId;
use domain::{NewRun, ReadRequest, ReadSelection, RunAct, RunCause, TagChange};
use engine::Event;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::Store;
use ts_rs::TS;

use super::{
    runs::{RunBegan, seconds},
    selection::Selection,
};
use crate::{
    app::App,
    error::{Code, WireError},
    figures::grouped,
    names,
    open_workspace::OpenWorkspace,
};

/// A change of the tags of many companies.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct TagMany {
    pub selection: Selection,
    /// Keys and values of the tags to add. A tag with the same key gets the new value.
    pub add: Vec<(String, String)>,
    /// Keys of the tags to remove.
    pub remove: Vec<String>,
}

/// The companies to delete.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct DeleteManyPreview {
    pub selection: Selection,
}

/// A delete of many companies.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteMany {
    pub selection: Selection,
    /// The number of companies, typed by the user as a confirmation.
    pub typed_count: String,
}

/// The effect and the cost of a change of many companies.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BulkPreview {
    /// The number of selected companies.
    pub companies: u32,
    /// The number of companies that change.
    pub changing: u32,
    /// Companies that are skipped, with the reason.
    pub skipped: Vec<SkippedCompanies>,
    /// What else the user should know.
    pub notes: Vec<String>,
    /// The number of requests.
    pub requests: u32,
    /// How long the requests take, in seconds.
    pub seconds: u64,
    /// Today's remaining requests for acts.
    pub left_today: u64,
    /// Requests per day, if known.
    pub day: Option<u64>,
    /// The tags of the selected companies to choose from, the most frequent first.
    pub tags: Vec<TagCount>,
}

/// Skipped companies.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct SkippedCompanies {
    pub reason: String,
    pub companies: u32,
}

/// A tag of selected companies.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct TagCount {
    pub key: String,
    pub value: String,
    /// The number of companies that have it.
    pub companies: u32,
}

/// The maximum number of tags to choose from.
const MAX_CHOICES: usize = 100;

impl App {
    pub(crate) async fn tag_preview(&self, wanted: TagMany) -> Result<BulkPreview, WireError> {
        let change = tag_change(wanted.add, wanted.remove)?;
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        let companies = wanted.selection.companies(&store, workspace.now()).await?;
        let preview = store.preview_tags(&companies, &change).await?;
        let skipped =
            [("Already have these tags", preview.unchanged), ("Would exceed 10 tags", preview.too_many)];
        let replaced = (preview.replaced > 0).then(|| {
            let whose = counted(preview.replaced as usize, "company has", "companies have");
            format!("{whose} another value, which is replaced.")
        });
        let changing = if change == TagChange::default() { 0 } else { preview.changing.len() };
        let mut tags: Vec<_> = preview.tags.into_iter().collect();
        tags.sort_by_key(|(_, companies)| core::cmp::Reverse(*companies));
        let tags = tags.into_iter().take(MAX_CHOICES);
        Ok(BulkPreview {
            skipped: if change == TagChange::default() { Vec::new() } else { skipped_companies(&skipped) },
            notes: replaced.into_iter().collect(),
            tags: tags.map(|((key, value), companies)| TagCount { key, value, companies }).collect(),
            ..cost(&workspace, companies.len(), changing, &RunAct::ChangeTags(change))?
        })
    }

    pub(crate) async fn tag_many(&self, wanted: TagMany) -> Result<RunBegan, WireError> {
        let change = tag_change(wanted.add, wanted.remove)?;
        if change == TagChange::default() {
            return Err(WireError::new(
                Code::TagsInvalid,
                "Enter a tag to add or remove. Nothing was changed.",
            ));
        }
        let workspace = self.command_workspace().await;
        let (store, now) = (workspace.store()?, workspace.now());
        let companies = wanted.selection.companies(&store, now).await?;
        let changing = store.preview_tags(&companies, &change).await?.changing;
        let label = tag_label(&change, &whose(&store, &changing).await?);
        begin(&workspace, RunAct::ChangeTags(change), label, changing, now).await
    }

    pub(crate) async fn delete_preview(&self, wanted: DeleteManyPreview) -> Result<BulkPreview, WireError> {
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        let companies = wanted.selection.companies(&store, workspace.now()).await?;
        let deleted = store.preview_delete(&companies).await?;
        let connections = deleted.connections as usize;
        let subsidiaries = (deleted.subsidiaries > 0).then(|| {
            let subsidiaries = deleted.subsidiaries as usize;
            format!(
                "{} of these companies, with their connections and data.",
                counted(subsidiaries, "subsidiary", "subsidiaries")
            )
        });
        let data = (connections > 0).then(|| {
            format!("{} and all data synced from them.", counted(connections, "connection", "connections"))
        });
        Ok(BulkPreview {
            notes: data.into_iter().chain(subsidiaries).collect(),
            ..cost(&workspace, companies.len(), companies.len(), &RunAct::DeleteCompany)?
        })
    }

    pub(crate) async fn delete_many(&self, wanted: DeleteMany) -> Result<RunBegan, WireError> {
        let workspace = self.command_workspace().await;
        let (store, now) = (workspace.store()?, workspace.now());
        let companies = wanted.selection.companies(&store, now).await?;
        let typed: String = wanted.typed_count.chars().filter(char::is_ascii_digit).collect();
        if typed.parse() != Ok(companies.len()) {
            let many = counted(companies.len(), "company is", "companies are");
            let message =
                format!("{many} selected, which differs from the count you typed. Nothing was deleted.");
            return Err(WireError::new(Code::NameMismatch, message));
        }
        let label = format!("Delete {}", whose(&store, &companies).await?);
        let undo_secs = self.engine_config().undo_secs;
        let starts_at = now.saturating_add(SignedDuration::from_secs(undo_secs)).unwrap_or(now);
        begin(&workspace, RunAct::DeleteCompany, label, companies, starts_at).await
    }
}

async fn begin(
    workspace: &OpenWorkspace,
    act: RunAct,
    label: String,
    companies: Vec<CompanyId>,
    starts_at: Timestamp,
) -> Result<RunBegan, WireError> {
    if companies.is_empty() {
        return Err(WireError::new(Code::NotFound, "No company needs this change. Nothing was sent."));
    }
    let company = |company| ReadRequest { company, data_type: None, connection: None };
    let run = NewRun {
        cause: RunCause::Person,
        act,
        label,
        reads: ReadSelection::List(companies.into_iter().map(company).collect()),
        starts_at,
        spread: SignedDuration::ZERO,
    };
    let runner = workspace.runner()?;
    let began = workspace.store()?.begin_run(&run, workspace.now()).await?;
    runner.send_event(Event::RunsChanged);
    Ok(RunBegan { run: began.id.0 })
}

/// The preview of a change with its cost.
fn cost(
    workspace: &OpenWorkspace,
    companies: usize,
    changing: usize,
    act: &RunAct,
) -> Result<BulkPreview, WireError> {
    let health = workspace.runner()?.snapshot().health;
    let changing = u32::try_from(changing).unwrap_or(u32::MAX);
    let requests = changing.saturating_mul(act.requests_per_item());
    Ok(BulkPreview {
        companies: u32::try_from(companies).unwrap_or(u32::MAX),
        changing,
        skipped: Vec::new(),
        notes: Vec::new(),
        requests,
        seconds: seconds(requests),
        left_today: health.left_for_user,
        day: health.quota_limit,
        tags: Vec::new(),
    })
}

/// The change as it is stored.
///
/// # Errors
/// If a tag is invalid, or both added and removed.
fn tag_change(add: Vec<(String, String)>, remove: Vec<String>) -> Result<TagChange, WireError> {
    let add = names::tags(add)?;
    let remove: BTreeSet<_> =
        remove.iter().map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect();
    match remove.iter().find(|key| add.contains_key(*key)) {
        Some(key) => Err(WireError::new(
            Code::TagsInvalid,
            format!("The tag “{key}” would be both added and removed. Choose one."),
        )),
        None => Ok(TagChange { add, remove }),
    }
}

/// A description of a change of tags.
fn tag_label(change: &TagChange, whose: &str) -> String {
    let add: Vec<_> = change.add.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let remove: Vec<_> = change.remove.iter().cloned().collect();
    let tags =
        |tags: &[String]| format!("{} {}", if tags.len() == 1 { "tag" } else { "tags" }, tags.join(", "));
    match (add.is_empty(), remove.is_empty()) {
        (_, true) => format!("Add {} to {whose}", tags(&add)),
        (true, false) => format!("Remove {} from {whose}", tags(&remove)),
        (false, false) => format!("Add {} and remove {}: {whose}", tags(&add), tags(&remove)),
    }
}

/// The name of the only company, or the number of companies.
async fn whose(store: &Store, companies: &[CompanyId]) -> Result<String, WireError> {
    Ok(match companies {
        [one] => store.company(*one).await?.map_or_else(|| "1 company".to_owned(), |row| row.name),
        many => counted(many.len(), "company", "companies"),
    })
}

fn counted(many: usize, one: &str, several: &str) -> String {
    let number = grouped(i64::try_from(many).unwrap_or(i64::MAX).into());
    format!("{number} {}", if many == 1 { one } else { several })
}

fn skipped_companies(skipped: &[(&str, u32)]) -> Vec<SkippedCompanies> {
    let skipped = skipped.iter().filter(|(_, companies)| *companies > 0);
    skipped
        .map(|(reason, companies)| SkippedCompanies { reason: (*reason).to_owned(), companies: *companies })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(add: &[(&str, &str)], remove: &[&str]) -> String {
        let add = add.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let remove = remove.iter().map(|key| (*key).to_owned()).collect();
        tag_label(&tag_change(add, remove).unwrap(), "40 companies")
    }

    #[test]
    fn a_change_of_tags_is_described_in_plain_words() {
        assert_eq!(label(&[("region", "uk")], &[]), "Add tag region=uk to 40 companies");
        assert_eq!(label(&[], &["old", "older"]), "Remove tags old, older from 40 companies");
        assert_eq!(
            label(&[("region", "uk")], &["old"]),
            "Add tag region=uk and remove tag old: 40 companies"
        );
    }

    #[test]
    fn a_tag_is_not_both_added_and_removed() {
        let both = tag_change(vec![("region".to_owned(), "uk".to_owned())], vec![" region ".to_owned()]);
        assert_eq!(both.unwrap_err().code, Code::TagsInvalid);
    }
}
