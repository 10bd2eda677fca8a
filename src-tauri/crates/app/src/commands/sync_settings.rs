//! Sync settings (§2.13): the workspace's, and a company's own over them.

use codat::{
    CompanyId, Failure, FailureKind, Topic,
    data::{Category, DataType},
    model::{SyncSetting, SyncSettings},
};
use engine::{Act, ActError};
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
    convert::millis,
    error::{Code, WireError},
    fetch::{asked_at, fetch_due},
};

/// Below this an interval is an hourly one, which not every plan allows.
const DAY_IN_HOURS: i64 = 24;

/// Whose settings.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SyncSettingsOf {
    /// A company; none: the workspace's.
    pub company: Option<String>,
}

/// Settings to be asked for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SyncSettingsLoad {
    /// A company; none: the workspace's.
    pub company: Option<String>,
    /// Also what was asked for lately.
    pub always: bool,
}

/// Settings as they are kept.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncSettingsView {
    /// When they were last asked for; none: never.
    pub as_of: Option<i64>,
    /// Whether they stand over those of the level above.
    pub overrides: bool,
    /// One for each data type, by category and order.
    pub rows: Vec<SyncRow>,
    /// What was said in place of an answer, the last time.
    pub failure: Option<WireError>,
}

/// The settings of one data type.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncRow {
    /// The data type's key.
    pub data_type: String,
    /// Its name.
    pub name: String,
    /// What it is listed under: `Accounting` and its like.
    pub category: String,
    /// Whether its past is limited by months of statements, and otherwise by when records changed.
    pub is_statement: bool,
    /// Whether Codat lets it be changed.
    pub locked: bool,
    /// What is set.
    pub set: SyncFields,
    /// What the workspace has set, where these are a company's and it is known.
    pub inherited: Option<SyncFields>,
}

/// What can be set of a data type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncFields {
    /// Whether it is read when a connection is linked.
    pub fetch_on_first_link: bool,
    /// Hours from one read to the next; 0: never by itself.
    pub hours: i64,
    /// The order in which types are queued.
    pub order: i64,
    /// Only records changed since then; in place of the window.
    pub from: Option<i64>,
    /// Only records changed in so many months; in place of the instant.
    pub window: Option<i64>,
    /// Months of a statement.
    pub months: Option<i64>,
}

/// Settings to be changed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SetSyncSettings {
    /// A company; none: the workspace's.
    pub company: Option<String>,
    /// Whether they stand over those of the level above.
    pub overrides: bool,
    /// What changes; everything else stays as it is at Codat.
    pub changes: Vec<SyncChange>,
}

/// A change of one data type's settings.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncChange {
    /// The data type's key.
    pub data_type: String,
    /// As the person saw them: if they are others by now, nothing is changed.
    pub was: SyncFields,
    /// As they are to be.
    pub becomes: SyncFields,
}

/// What came of changing settings.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct SyncSaved {
    /// What Codat refused, type by type; then nothing was changed.
    pub refused: Vec<SyncRefusal>,
    /// The settings as they are now.
    pub view: SyncSettingsView,
}

/// A type whose change was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncRefusal {
    /// The data type's key.
    pub data_type: String,
    /// Why, and what to do.
    pub message: String,
}

impl App {
    /// The settings as they are kept.
    pub(crate) async fn sync_settings(&self, of: SyncSettingsOf) -> Result<SyncSettingsView, WireError> {
        let company = owner(of.company.as_deref())?;
        view(&*self.desk().await.store()?, company).await
    }

    /// Asks for the settings, and for the workspace's with a company's, where that was not done lately.
    pub(crate) async fn load_sync_settings(&self, load: SyncSettingsLoad) -> Result<Nothing, WireError> {
        let company = owner(load.company.as_deref())?;
        fetch_due(&*self.desk().await, topics(company), load.always).await?;
        Ok(Nothing {})
    }

    /// Changes settings: what is at Codat by now, with these changes and no others.
    pub(crate) async fn set_sync_settings(&self, set: SetSyncSettings) -> Result<SyncSaved, WireError> {
        let company = owner(set.company.as_deref())?;
        let desk = self.desk().await;
        let store = desk.store()?;
        fetch_due(&desk, vec![Topic::SyncSettings(company)], true).await?;
        let mut settings = kept(&store, company).await?.ok_or_else(never)?;
        settings.overrides_defaults = set.overrides;
        for change in &set.changes {
            apply(&mut settings, change)?;
        }
        let body = serde_json::to_value(&settings).map_err(unreadable)?;
        let types: Vec<&str> = set.changes.iter().map(|change| change.data_type.as_str()).collect();
        let act = Act::SetSyncSettings(company, body);
        let refused = match acts::tried(&desk, company, "syncSettings", &types.join(", "), act).await? {
            Ok(_) => Vec::new(),
            Err(error) => refusals(&set.changes, error)?,
        };
        if refused.is_empty() {
            fetch_due(&desk, topics(company), true).await?;
        }
        Ok(SyncSaved { refused, view: view(&store, company).await? })
    }
}

fn topics(company: Option<CompanyId>) -> Vec<Topic> {
    let own = company.map(|id| Topic::SyncSettings(Some(id)));
    own.into_iter().chain([Topic::SyncSettings(None)]).collect()
}

async fn kept(store: &Store, company: Option<CompanyId>) -> Result<Option<SyncSettings>, WireError> {
    let said = store.said(&Topic::SyncSettings(company)).await?;
    let answer = said.and_then(|said| said.answer);
    answer.map(|(_, raw)| serde_json::from_str(raw.get()).map_err(unreadable)).transpose()
}

async fn view(store: &Store, company: Option<CompanyId>) -> Result<SyncSettingsView, WireError> {
    let said = store.said(&Topic::SyncSettings(company)).await?;
    let settings = kept(store, company).await?;
    let inherited = match company {
        Some(_) => kept(store, None).await?,
        None => None,
    };
    let mut rows: Vec<SyncRow> = settings
        .iter()
        .flat_map(|all| &all.settings)
        .map(|setting| row(setting, inherited.as_ref().and_then(|all| all.for_data_type(&setting.data_type))))
        .collect();
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
    Ok(SyncSettingsView {
        as_of: said.as_ref().and_then(asked_at).map(millis),
        overrides: settings.is_some_and(|all| all.overrides_defaults),
        rows,
        failure: said.and_then(|said| said.refusal).map(|(_, failure)| failure.into()),
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

/// Known categories in their order, types of a newer API last; within them the order of queueing.
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

/// Whether `monthsToSync` goes with a type (§2.13).
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

/// Changes one type's settings, if they are as the person saw them.
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
                "{name} was changed elsewhere while you edited. Nothing was saved, and what you chose is still here: \
                 look at the values of Codat beside it, then save again or discard."
            ),
        ));
    }
    let becomes = change.becomes;
    check(&name, becomes, is_statement(&change.data_type))?;
    setting.fetch_on_first_link = becomes.fetch_on_first_link;
    setting.sync_schedule = becomes.hours;
    setting.sync_order = becomes.order;
    // Written as it came where it was not touched, to the last digit.
    if becomes.from != change.was.from {
        setting.sync_from_utc = becomes.from.and_then(|at| Timestamp::from_millisecond(at).ok());
    }
    setting.sync_from_window = becomes.window;
    setting.months_to_sync = becomes.months;
    Ok(())
}

fn check(name: &str, fields: SyncFields, is_statement: bool) -> Result<(), WireError> {
    let wrong = |why: &str| Err(WireError::new(Code::BadArguments, format!("{name}: {why}")));
    let months = [fields.window, fields.months].into_iter().flatten();
    if fields.hours < 0 || fields.order < 0 || months.into_iter().any(|months| months < 1) {
        return wrong("a number is too small.");
    }
    if fields.from.is_some() && fields.window.is_some() {
        return wrong("records are limited by a date or by months, not by both.");
    }
    if is_statement && (fields.from.is_some() || fields.window.is_some()) {
        return wrong("a statement is limited by its months alone.");
    }
    Ok(())
}

/// Which rows a refusal is about; one that is about none of them is an error of its own.
fn refusals(changes: &[SyncChange], error: ActError) -> Result<Vec<SyncRefusal>, WireError> {
    let ActError::Failed(failure) = error else { return Err(error.into()) };
    let concerned: Vec<&SyncChange> = match failure.kind {
        FailureKind::PaymentRequired => {
            let hourly = |change: &&SyncChange| (1..DAY_IN_HOURS).contains(&change.becomes.hours);
            changes.iter().filter(hourly).collect()
        }
        FailureKind::Invalid | FailureKind::Unprocessable => {
            changes.iter().filter(|change| names(&failure, &change.data_type)).collect()
        }
        FailureKind::Unauthorized
        | FailureKind::Forbidden
        | FailureKind::NotFound
        | FailureKind::Conflict
        | FailureKind::RateLimited
        | FailureKind::Server
        | FailureKind::OtherStatus
        | FailureKind::Unreachable
        | FailureKind::NoAnswer
        | FailureKind::Unreadable
        | FailureKind::Intercepted => Vec::new(),
    };
    let error = WireError::from(failure);
    if concerned.is_empty() {
        return Err(error);
    }
    let refused = concerned
        .into_iter()
        .map(|change| SyncRefusal { data_type: change.data_type.clone(), message: error.message.clone() });
    Ok(refused.collect())
}

/// Whether what was said of a refusal names a data type.
fn names(failure: &Failure, data_type: &str) -> bool {
    let quoted = format!("'{data_type}'");
    failure.message.contains(&quoted)
        || failure.validation.iter().any(|item| {
            item.item_id.as_deref() == Some(data_type)
                || item.message.as_deref().is_some_and(|text| text.contains(&quoted))
        })
}

fn owner(company: Option<&str>) -> Result<Option<CompanyId>, WireError> {
    company.map(company_id).transpose()
}

fn never() -> WireError {
    WireError::new(
        Code::Unreadable,
        "Codat’s settings are not known, so nothing was changed. Load them again.",
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
        for (data_type, spoil) in [
            ("invoices", (|fields| fields.hours = -1) as fn(&mut SyncFields)),
            ("invoices", |fields| (fields.window, fields.from) = (Some(3), Some(0))),
            ("profitAndLoss", |fields| fields.window = Some(3)),
            ("profitAndLoss", |fields| fields.months = Some(0)),
        ] {
            let error = apply(&mut all, &change(data_type, spoil)).unwrap_err();
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
