//! Sync settings of the client and of companies (§2.13).

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    change::Change,
    context::{Context, HandlerResult, empty, ok},
    data_type,
    options::Plan,
    record::Slot,
    response::{ApiError, Service},
    sync_settings::SyncSetting,
};

/// The maximum schedule in hours and the maximum span in months: ten years.
const MAX_SCHEDULE_HOURS: i64 = 10 * 366 * 24;
const MAX_MONTHS: i64 = 120;
/// Schedules below this are hourly ones, which the Free plan does not include.
const HOURS_PER_DAY: u32 = 24;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingsWire {
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_id: Option<Uuid>,
    settings: Vec<SettingWire>,
    overrides_defaults: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingWire {
    data_type: &'static str,
    #[serde(flatten)]
    setting: SyncSetting,
}

pub(super) fn client(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&SettingsWire {
            client_id: Some(cx.state.client_id()),
            company_id: None,
            settings: wires(|data_type| cx.state.reads.sync.client_setting(data_type, cx.now)),
            overrides_defaults: cx.state.reads.sync.history(None).last().is_some_and(|last| last.overrides),
        }),
        "POST" | "PUT" => set(cx, None, ("clientId", cx.state.client_id())),
        _ => Err(ApiError::method_not_allowed("GET, POST, PUT")),
    }
}

pub(super) fn company(cx: &Context<'_>, method: &str) -> HandlerResult {
    let (slot, company) = cx.company()?;
    let history = cx.state.reads.sync.history(Some(slot));
    match method {
        "GET" => ok(&SettingsWire {
            client_id: None,
            company_id: Some(company.id),
            settings: wires(|data_type| cx.state.reads.sync.company_setting(slot, data_type, cx.now)),
            overrides_defaults: history.last().is_some_and(|last| last.overrides),
        }),
        "POST" | "PUT" => set(cx, Some(slot), ("companyId", company.id)),
        _ => Err(ApiError::method_not_allowed("GET, POST, PUT")),
    }
}

fn wires(of: impl Fn(&str) -> SyncSetting) -> Vec<SettingWire> {
    data_type::all().map(|data_type| SettingWire { data_type, setting: of(data_type) }).collect()
}

fn set(cx: &Context<'_>, company: Option<Slot>, (owner, id): (&str, Uuid)) -> HandlerResult {
    let body = cx.request.object()?;
    let named = body.get(owner).filter(|it| !it.is_null());
    if named.is_some_and(|it| !it.as_str().is_some_and(|it| it.eq_ignore_ascii_case(&id.to_string()))) {
        return Err(refused(owner, &format!("'{owner}' must be {id}.")));
    }
    let overrides = match body.get("overridesDefaults") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(overrides)) => *overrides,
        Some(_) => return Err(refused("overridesDefaults", "'overridesDefaults' must be true or false.")),
    };
    let Some(given) = body.get("settings").and_then(Value::as_array) else {
        return Err(refused("settings", "'settings' must be a list."));
    };
    let present = |data_type: &str| match company {
        Some(slot) => cx.state.reads.sync.company_setting(slot, data_type, cx.now),
        None => cx.state.reads.sync.client_setting(data_type, cx.now),
    };
    let mut settings = BTreeMap::new();
    for one in given {
        let (data_type, setting) = setting(one, present)?;
        if cx.state.plan == Plan::Free && (1..HOURS_PER_DAY).contains(&setting.sync_schedule) {
            return Err(not_allowed());
        }
        if settings.insert(data_type.to_owned(), setting).is_some() {
            return Err(refused(data_type, &format!("Datatype '{data_type}' appears twice.")));
        }
    }
    let history = cx.state.reads.sync.with(company, cx.now, overrides, settings);
    empty(StatusCode::NO_CONTENT, vec![Change::Sync(company, history)])
}

/// A setting of the body. Omitted fields keep their value, but omitted spans become unlimited.
fn setting(
    given: &Value,
    present: impl Fn(&str) -> SyncSetting,
) -> Result<(&'static str, SyncSetting), ApiError> {
    let Some(given) = given.as_object() else {
        return Err(refused("settings", "A setting must be an object."));
    };
    let named = given.get("dataType").and_then(Value::as_str).unwrap_or_default();
    let data_type = data_type::find(named)
        .ok_or_else(|| refused("dataType", &format!("'{named}' is not a known data type.")))?;
    let field = Field { given, data_type };
    let now = present(data_type);
    let setting = SyncSetting {
        fetch_on_first_link: field.flag("fetchOnFirstLink")?.unwrap_or(now.fetch_on_first_link),
        sync_schedule: field.number("syncSchedule", 0..=MAX_SCHEDULE_HOURS)?.unwrap_or(now.sync_schedule),
        sync_order: field.number("syncOrder", 0..=1_000)?.unwrap_or(now.sync_order),
        sync_from_utc: field.instant("syncFromUtc")?,
        sync_from_window: field.number("syncFromWindow", 1..=MAX_MONTHS)?,
        months_to_sync: field.number("monthsToSync", 1..=MAX_MONTHS)?,
        is_locked: field.flag("isLocked")?.unwrap_or(now.is_locked),
    };
    field.check(setting).map(|setting| (data_type, setting))
}

/// The fields of one setting.
struct Field<'a> {
    given: &'a Map<String, Value>,
    data_type: &'static str,
}

impl Field<'_> {
    fn value_of(&self, name: &str) -> Option<&Value> {
        self.given.get(name).filter(|value| !value.is_null())
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        let flag = |value: &Value| value.as_bool().ok_or_else(|| self.wrong(name, "must be true or false"));
        self.value_of(name).map(flag).transpose()
    }

    fn number(&self, name: &str, within: core::ops::RangeInclusive<i64>) -> Result<Option<u32>, ApiError> {
        let (least, most) = (within.start(), within.end());
        let number = |value: &Value| {
            let number = value.as_i64().filter(|number| within.contains(number));
            number
                .and_then(|number| u32::try_from(number).ok())
                .ok_or_else(|| self.wrong(name, &format!("must be a whole number from {least} to {most}")))
        };
        self.value_of(name).map(number).transpose()
    }

    fn instant(&self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        let instant = |value: &Value| {
            let parsed = value.as_str().and_then(|text| codat::datetime::parse(text).ok());
            parsed.ok_or_else(|| self.wrong(name, "must be a datetime"))
        };
        self.value_of(name).map(instant).transpose()
    }

    /// Statements are limited by months, other types by a window or a time (§2.13).
    fn check(&self, mut setting: SyncSetting) -> Result<SyncSetting, ApiError> {
        let limited = setting.sync_from_utc.is_some() || setting.sync_from_window.is_some();
        if data_type::is_statement(self.data_type) {
            if limited {
                return Err(self.wrong("syncFromWindow", "is not allowed for a statement"));
            }
            setting.months_to_sync = setting.months_to_sync.or(Some(24));
            return Ok(setting);
        }
        if setting.months_to_sync.is_some() {
            return Err(self.wrong("monthsToSync", "is allowed only for statements"));
        }
        if setting.sync_from_utc.is_some() && setting.sync_from_window.is_some() {
            return Err(self.wrong("syncFromWindow", "cannot be combined with syncFromUtc"));
        }
        Ok(setting)
    }

    fn wrong(&self, name: &str, why: &str) -> ApiError {
        refused(name, &format!("'{name}' of '{}' {why}.", self.data_type))
    }
}

fn refused(item: &str, message: &str) -> ApiError {
    ApiError::bad_request(format!("SyncSettingsValidationException: {message}")).with_item(
        item,
        message,
        "SyncSettings",
    )
}

fn not_allowed() -> ApiError {
    let text = "SyncSettingsValidationException: Sync schedule not allowed";
    ApiError::new(StatusCode::PAYMENT_REQUIRED, Service::Public, text).with_item(
        "syncSchedule",
        "The Free plan does not include hourly schedules.",
        "SyncSettings",
    )
}
