//! Sync settings (§2.13) of the workspace, and of companies that override them.

use codat::{
    CompanyId, Failure, FailureKind, Topic,
    data::{Category, DataType},
    model::{SyncSetting, SyncSettings},
};
use engine::ActError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Store;
use ts_rs::TS;

use super::{
    Nothing, acts, company_id,
    history::{type_name, unreadable},
};
use crate::{
    app::App,
    error::{Code, WireError},
    fetch::{checked_at, fetch_due},
    wire::millis,
};

/// Shorter intervals are hourly schedules, which not every plan includes.
const DAY_IN_HOURS: i64 = 24;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SyncSettingsOf {
    /// The ID of a company. None: the workspace.
    pub company: Option<String>,
}

/// Settings to load.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SyncSettingsLoad {
    /// The ID of a company. None: the workspace.
    pub company: Option<String>,
    /// Whether to load them even if they are fresh.
    pub always: bool,
}

/// The stored settings.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncSettingsView {
    /// When they were last loaded. None: never.
    pub as_of: Option<i64>,
    /// Whether they override those of the level above.
    pub overrides: bool,
    /// One row per data type, by category and order.
    pub rows: Vec<SyncRow>,
    /// The error of the last load, if it failed.
    pub failure: Option<WireError>,
}

/// The settings of one data type.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncRow {
    pub data_type: String,
    pub name: String,
    /// Its category, such as `Accounting`.
    pub category: String,
    /// Whether it is a statement, which is limited by months instead of by modification time.
    pub is_statement: bool,
    /// Whether Codat forbids changes.
    pub locked: bool,
    /// The values.
    pub set: SyncFields,
    /// The values of the workspace, if these are of a company and they are known.
    pub inherited: Option<SyncFields>,
}

/// The values of one data type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncFields {
    /// Whether it is read when a connection is linked.
    pub fetch_on_first_link: bool,
    /// Hours between two reads; 0: no scheduled reads.
    pub hours: i64,
    /// The position in the queue.
    pub order: i64,
    /// The earliest modification time of records. Excludes `window`.
    pub from: Option<i64>,
    /// The age limit of records in months. Excludes `from`.
    pub window: Option<i64>,
    /// The number of months of a statement.
    pub months: Option<i64>,
}

/// Settings to save.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetSyncSettings {
    /// The ID of a company. None: the workspace.
    pub company: Option<String>,
    /// Whether they override those of the level above.
    pub overrides: bool,
    /// The changes. All other values stay the same at Codat.
    pub changes: Vec<SyncChange>,
}

/// A change of one data type's settings.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncChange {
    pub data_type: String,
    /// The values that the user saw. If they have changed since, nothing is saved.
    pub was: SyncFields,
    /// The new values.
    pub becomes: SyncFields,
}

/// The result of saving settings.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct SyncSaved {
    /// Refused changes by data type. If there are any, nothing was saved.
    pub refused: Vec<SyncRefusal>,
    /// The current settings.
    pub view: SyncSettingsView,
}

/// A refused change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncRefusal {
    pub data_type: String,
    /// The reason and what to do.
    pub message: String,
}

impl App {
    /// The stored settings.
    pub(crate) async fn sync_settings(&self, of: SyncSettingsOf) -> Result<SyncSettingsView, WireError> {
        let company = optional_company(of.company.as_deref())?;
        view(&*self.command_workspace().await.store()?, company).await
    }

    /// Loads the settings if they are stale. Those of a company are loaded with the workspace's.
    pub(crate) async fn load_sync_settings(&self, load: SyncSettingsLoad) -> Result<Nothing, WireError> {
        let company = optional_company(load.company.as_deref())?;
        fetch_due(&*self.command_workspace().await, topics(company), load.always).await?;
        Ok(Nothing {})
    }

    /// Loads the current settings, applies the changes and saves them.
    pub(crate) async fn set_sync_settings(&self, set: SetSyncSettings) -> Result<SyncSaved, WireError> {
        let company = optional_company(set.company.as_deref())?;
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        fetch_due(&workspace, vec![Topic::SyncSettings(company)], true).await?;
        let mut settings = stored_settings(&store, company).await?.ok_or_else(settings_unknown)?;
        settings.overrides_defaults = set.overrides;
        for change in &set.changes {
            apply(&mut settings, change)?;
        }
        let body = serde_json::to_value(&settings).map_err(unreadable)?;
        let types: Vec<&str> = set.changes.iter().map(|change| change.data_type.as_str()).collect();
        let act = engine::SetSyncSettings { company, settings: body };
        let refused =
            match acts::run_logged(&workspace, company, "syncSettings", &types.join(", "), act).await? {
                Ok(_) => Vec::new(),
                Err(error) => refusals(&set.changes, error)?,
            };
        if refused.is_empty() {
            fetch_due(&workspace, topics(company), true).await?;
        }
        Ok(SyncSaved { refused, view: view(&store, company).await? })
    }
}

fn topics(company: Option<CompanyId>) -> Vec<Topic> {
    let own = company.map(|id| Topic::SyncSettings(Some(id)));
    own.into_iter().chain([Topic::SyncSettings(None)]).collect()
}

async fn stored_settings(
    store: &Store,
    company: Option<CompanyId>,
) -> Result<Option<SyncSettings>, WireError> {
    let cached = store.cached_answer(&Topic::SyncSettings(company)).await?;
    let answer = cached.and_then(|cached| cached.answer);
    answer.map(|(_, raw)| serde_json::from_str(raw.get()).map_err(unreadable)).transpose()
}

async fn view(store: &Store, company: Option<CompanyId>) -> Result<SyncSettingsView, WireError> {
    let cached = store.cached_answer(&Topic::SyncSettings(company)).await?;
    let settings = stored_settings(store, company).await?;
    let inherited = match company {
        Some(_) => stored_settings(store, None).await?,
        None => None,
    };
    let mut rows: Vec<SyncRow> = settings
        .iter()
        .flat_map(|all| &all.settings)
        .map(|setting| row(setting, inherited.as_ref().and_then(|all| all.for_data_type(&setting.data_type))))
        .collect();
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
    Ok(SyncSettingsView {
        as_of: cached.as_ref().and_then(checked_at).map(millis),
        overrides: settings.is_some_and(|all| all.overrides_defaults),
        rows,
        failure: cached.and_then(|cached| cached.refusal).map(|(_, failure)| failure.into()),
    })
}

fn row(setting: &SyncSetting, inherited: Option<&SyncSetting>) -> SyncRow {
    let known = DataType::of_key(&setting.data_type);
    SyncRow {
        name: type_name(&setting.data_type),
        category: known.map_or("Other", |known| category(known.category)).to_owned(),
        is_statement: is_statement(&setting.data_type),
        locked: setting.is_locked == Some(true),
        set: fields(setting),
        inherited: inherited.map(fields),
        data_type: setting.data_type.clone(),
    }
}

/// Sorts by category, then by queue position. Unknown types are last.
fn key(row: &SyncRow) -> (usize, i64, &str) {
    let known = DataType::of_key(&row.data_type);
    (known.map_or(usize::MAX, |known| known.category as usize), row.set.order, &row.data_type)
}

fn category(category: Category) -> &'static str {
    match category {
        Category::Accounting => "Accounting",
        Category::Banking => "Banking",
        Category::Commerce => "Commerce",
    }
}

/// Whether `monthsToSync` applies to a type (§2.13).
fn is_statement(data_type: &str) -> bool {
    matches!(data_type, "balanceSheet" | "profitAndLoss" | "cashFlowStatement")
}

pub(super) fn fields(setting: &SyncSetting) -> SyncFields {
    SyncFields {
        fetch_on_first_link: setting.fetch_on_first_link,
        hours: setting.sync_schedule,
        order: setting.sync_order,
        from: setting.sync_from_utc.map(millis),
        window: setting.sync_from_window,
        months: setting.months_to_sync,
    }
}

/// Applies a change if the user saw the current values.
fn apply(settings: &mut SyncSettings, change: &SyncChange) -> Result<(), WireError> {
    let name = type_name(&change.data_type);
    let setting = settings.settings.iter_mut().find(|setting| setting.data_type == change.data_type);
    let setting = setting.ok_or_else(|| {
        WireError::new(
            Code::NotFound,
            format!("Codat no longer has settings for {name}. Nothing was changed."),
        )
    })?;
    if fields(setting) != change.was {
        return Err(WireError::new(
            Code::Conflict,
            format!(
                "{name} changed elsewhere while you edited. Nothing was saved, and your choices are still \
                 here. Compare them with Codat’s values, then save again or discard."
            ),
        ));
    }
    let becomes = change.becomes;
    check(&name, becomes, is_statement(&change.data_type))?;
    setting.fetch_on_first_link = becomes.fetch_on_first_link;
    setting.sync_schedule = becomes.hours;
    setting.sync_order = becomes.order;
    // An unchanged time stays exactly as the server sent it.
    if becomes.from != change.was.from {
        setting.sync_from_utc = becomes.from.and_then(|at| Timestamp::from_millisecond(at).ok());
    }
    setting.sync_from_window = becomes.window;
    setting.months_to_sync = becomes.months;
    Ok(())
}

fn check(name: &str, fields: SyncFields, is_statement: bool) -> Result<(), WireError> {
    let invalid = |why: &str| Err(WireError::new(Code::BadArguments, format!("{name}: {why}")));
    let months = [fields.window, fields.months].into_iter().flatten();
    if fields.hours < 0 || fields.order < 0 || months.into_iter().any(|months| months < 1) {
        return invalid("one of the numbers is too small.");
    }
    if fields.from.is_some() && fields.window.is_some() {
        return invalid("limit records by a date or by months, not both.");
    }
    if is_statement && (fields.from.is_some() || fields.window.is_some()) {
        return invalid("limit a statement by its months only.");
    }
    Ok(())
}

/// The rows of a refusal. If it is about no row, it is an error.
fn refusals(changes: &[SyncChange], error: ActError) -> Result<Vec<SyncRefusal>, WireError> {
    let ActError::Failed(failure) = error else { return Err(error.into()) };
    let is_affected = |change: &&SyncChange| {
        if failure.kind == FailureKind::PaymentRequired {
            (1..DAY_IN_HOURS).contains(&change.becomes.hours)
        } else {
            matches!(failure.kind, FailureKind::Invalid | FailureKind::Unprocessable)
                && mentions(&failure, &change.data_type)
        }
    };
    let affected: Vec<&SyncChange> = changes.iter().filter(is_affected).collect();
    let error = WireError::from(failure);
    if affected.is_empty() {
        return Err(error);
    }
    let refused = affected
        .into_iter()
        .map(|change| SyncRefusal { data_type: change.data_type.clone(), message: error.message.clone() });
    Ok(refused.collect())
}

/// Whether a refusal mentions a data type.
fn mentions(failure: &Failure, data_type: &str) -> bool {
    let quoted = format!("'{data_type}'");
    failure.message.contains(&quoted)
        || failure.validation.iter().any(|item| {
            item.item_id.as_deref() == Some(data_type)
                || item.message.as_deref().is_some_and(|text| text.contains(&quoted))
        })
}

fn optional_company(company: Option<&str>) -> Result<Option<CompanyId>, WireError> {
    company.map(company_id).transpose()
}

fn settings_unknown() -> WireError {
    WireError::new(
        Code::Unreadable,
        "We haven’t loaded Codat’s settings yet, so nothing was changed. Load them again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> SyncSettings {
        let text = r#"{"companyId":"0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10","overridesDefaults":false,"settings":[
            {"dataType":"invoices","fetchOnFirstLink":true,"syncSchedule":24,"syncOrder":3,"newField":"kept"},
            {"dataType":"profitAndLoss","fetchOnFirstLink":true,"syncSchedule":0,"syncOrder":4,"monthsToSync":24}]}"#;
        serde_json::from_str(text).unwrap()
    }

    fn change(data_type: &str, of: impl FnOnce(&mut SyncFields)) -> SyncChange {
        let was = fields(settings().for_data_type(data_type).unwrap());
        let mut becomes = was;
        of(&mut becomes);
        SyncChange { data_type: data_type.to_owned(), was, becomes }
    }

    #[test]
    fn only_what_was_changed_changes_and_what_a_newer_api_adds_goes_back() {
        let mut all = settings();
        apply(&mut all, &change("invoices", |fields| fields.hours = 168)).unwrap();
        let body = serde_json::to_value(&all).unwrap();
        assert_eq!(body["settings"][0]["syncSchedule"], 168);
        assert_eq!(body["settings"][0]["newField"], "kept");
        assert_eq!(body["settings"][1], serde_json::to_value(&settings().settings[1]).unwrap());
    }

    #[test]
    fn what_changed_elsewhere_meanwhile_is_not_overwritten() {
        let mut all = settings();
        all.settings[0].sync_schedule = 720;
        let error = apply(&mut all, &change("invoices", |fields| fields.hours = 168)).unwrap_err();
        assert_eq!(error.code, Code::Conflict);
        assert_eq!(all.settings[0].sync_schedule, 720);
    }

    #[test]
    fn what_codat_would_not_take_is_not_sent() {
        let mut all = settings();
        for (data_type, change_fields) in [
            ("invoices", (|fields| fields.hours = -1) as fn(&mut SyncFields)),
            ("invoices", |fields| (fields.window, fields.from) = (Some(3), Some(0))),
            ("profitAndLoss", |fields| fields.window = Some(3)),
            ("profitAndLoss", |fields| fields.months = Some(0)),
        ] {
            let error = apply(&mut all, &change(data_type, change_fields)).unwrap_err();
            assert_eq!(error.code, Code::BadArguments, "{data_type}");
        }
        assert_eq!(all, settings());
    }

    #[test]
    fn a_plan_without_hourly_schedules_is_told_at_the_hourly_rows() {
        let hourly = change("invoices", |fields| fields.hours = 1);
        let weekly = change("profitAndLoss", |fields| fields.hours = 168);
        let failure = Failure::without_answer(FailureKind::PaymentRequired, "Sync schedule not allowed");
        let refused = refusals(&[hourly, weekly.clone()], ActError::Failed(failure.clone())).unwrap();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].data_type, "invoices");
        let error = refusals(&[weekly], ActError::Failed(failure)).unwrap_err();
        assert_eq!(error.code, Code::PlanLimit);
    }
}
