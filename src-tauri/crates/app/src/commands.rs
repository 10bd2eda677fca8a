//! The list of commands with their kinds, arguments and results.
//!
//! To add a command, add a line here and a method on [`App`] in a file under `commands/`. A line without a
//! method does not compile; the TypeScript types are generated from the line.

mod absence;
mod acts;
mod bulk_changes;
mod companies;
mod company;
mod company_export;
mod company_files;
mod company_links;
mod company_progress;
mod connections;
mod data;
mod diagnostics;
mod expiry;
mod exports;
mod history;
mod inbox;
mod links;
mod local_data;
mod network;
mod quota;
mod records;
mod requests;
mod runs;
mod sandbox;
pub(crate) mod schedules;
mod selection;
mod settings;
mod show_request;
mod statements;
mod summary;
pub(crate) mod surroundings;
mod sync_overrides;
mod sync_settings;
mod uploads;
mod views;
mod workspaces;

use std::time::Instant;

use domain::PendingDelete;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};
use tracing::Instrument as _;
use ts_rs::TS;

pub(crate) use absence::SinceYouLeft;
pub(crate) use acts::{Created, DeleteCompany, NewCompanyForm, Queued, RenameCompany, Undone};
pub(crate) use bulk_changes::{BulkPreview, DeleteMany, DeleteManyPreview, TagMany};
pub(crate) use companies::{CompleteRequest, NameRequest, RowsRequest};
pub(crate) use company::{ActivityRequest, Notes, OnScreen, SetTags, SetText};
pub(crate) use company_export::CompanyExport;
pub(crate) use company_files::{Files, SaveFiles, Started};
pub(crate) use company_links::CompanyLinks;
pub(crate) use company_progress::{CompaniesOnScreen, CompanyProgress};
pub(crate) use connections::{
    AddConnection, ConnectionAdded, ConnectionRequest, ConnectionStory, IntegrationChoice, OpenedUrl,
};
pub(crate) use data::DataTypes;
pub(crate) use diagnostics::SavedFile;
pub(crate) use expiry::{
    ClockRow, ExpiringPage, ExpiringRequest, ExpiryLinks, ExpiryRefreshPreview, ExpirySelection,
    KeepAliveRequest, KeepAliveView, SetClock, SetKeepAlive, SkylineRequest,
};
pub(crate) use exports::{ExportRequest, Exported};
pub(crate) use history::{
    Findings, FindingsRequest, HistoryLoad, HistoryLoaded, HistoryPage, HistoryRequest, RefreshTypeRequest,
    status_words,
};
pub(crate) use inbox::{InboxPage, InboxRequest, MarkAlertsRead, SnoozeAlerts};
pub(crate) use links::{CopyText, LinkRequest, LinksCopied};
pub(crate) use local_data::{ImportBegun, ImportDone, ImportId, ImportPreview};
pub(crate) use network::{ConnectionTest, NetworkView, SetNetwork};
pub(crate) use quota::{DayPlans, PlanFor, QuotaView, UseMore};
pub(crate) use records::{CopyRequest, RecordRequest, RecordText, RecordsPage, RecordsRequest};
pub(crate) use requests::{RequestFilter, RequestLog};
pub(crate) use runs::{ByRun, RefreshMany, RefreshPreview, RunBegan, RunItems, RunItemsRequest, RunRow};
pub(crate) use sandbox::{SandboxAnswer, SandboxCall};
pub(crate) use schedules::{
    ForecastRequest, SaveSchedule, ScheduleById, ScheduleForecast, Schedules, SchedulesHere, SwitchSchedule,
};
pub(crate) use settings::{SetPause, SetPreferences};
pub(crate) use statements::{StatementLoad, StatementRequest, StatementView};
pub(crate) use summary::{Load, SummaryView};
pub(crate) use surroundings::Watching;
pub(crate) use sync_overrides::SyncOverrides;
pub(crate) use sync_settings::{
    SetSyncSettings, SyncSaved, SyncSettingsLoad, SyncSettingsOf, SyncSettingsView,
};
pub(crate) use uploads::{BeginUploads, CheckUploads, UploadChosen, UploadsBegun};
pub(crate) use views::{CountedView, SaveView};
pub(crate) use workspaces::{
    AddWorkspace, Added, KeyRemoved, ReplaceKey, SetSafeMode, UpdateWorkspace, WatchWorkspace,
};

use crate::{
    alert_rules::AlertRules,
    app::App,
    command::{Command, Kind},
    error::{Code, WireError},
    names::NamePreview,
    transfers::TransferId,
    wire::{ChosenFiles, Copied, Elsewhere, Preferences, Session, ShowRequest, Transfer},
};
use store::{Activity, CompaniesPage, CompanyRow, Rows, Skyline, Suggestion, View};

/// Empty arguments or an empty result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct Nothing {}

/// Arguments with an ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct ById {
    pub id: String,
}

macro_rules! commands {
    ($($kind:ident $name:literal $method:ident($args:ty) -> $result:ty $(, changed by $($event:ident),+)?;)+) => {
        /// All commands.
        pub const COMMANDS: &[Command] = &[$(Command { name: $name, kind: Kind::$kind }),+];

        impl App {
            /// Runs a command without logging it.
            async fn dispatch(
                &self,
                workspace: Option<&str>,
                name: &str,
                args: Value,
            ) -> Result<Box<RawValue>, WireError> {
                match name {
                    $($name => {
                        let command = Command { name: $name, kind: Kind::$kind };
                        let result: $result = self
                            .run_admitted(command, workspace, Box::pin(async {
                                let args: $args = read(name, args)?;
                                self.$method(args).await
                            }))
                            .await?;
                        written(&result)
                    })+
                    _ => Err(unknown_command(name)),
                }
            }
        }

        /// The TypeScript types of the commands, one line each.
        #[cfg(test)]
        pub(crate) fn typescript(config: &ts_rs::Config) -> Vec<String> {
            vec![$(format!(
                "  {}: {{ args: {}; result: {} }};",
                $name, <$args as TS>::name(config), <$result as TS>::name(config)
            )),+]
        }

        /// The events after which the result of a query may be different, one TypeScript line for each query.
        #[cfg(test)]
        pub(crate) fn typescript_events() -> Vec<String> {
            vec![$($({
                let _is_an_event = |event: &crate::wire::Event| matches!(event, $(crate::wire::Event::$event { .. })|+);
                let events = [$(stringify!($event)),+].map(|name| format!("'{}'", lower_first(name)));
                format!("  {}: [{}],", $name, events.join(", "))
            },)?)+]
        }

        /// Visits all types of all commands.
        #[cfg(test)]
        pub(crate) fn visit(visitor: &mut impl ts_rs::TypeVisitor) {
            $(visitor.visit::<$args>(); visitor.visit::<$result>();)+
        }
    };
}

commands! {
    Query "session" session(Nothing) -> Session, changed by Session, Deleted, DeleteFailed;
    Query "companies" companies(View) -> CompaniesPage, changed by Changed;
    Query "rows" rows(RowsRequest) -> Rows;
    Query "complete" complete(CompleteRequest) -> Vec<Suggestion>;
    Query "exportCompanies" export_companies(CompanyExport) -> Exported;
    Query "copyCompanyLinks" copy_company_links(CompanyLinks) -> LinksCopied;
    Query "views" views(Nothing) -> Vec<CountedView>, changed by Views, Changed, Session;
    Local "saveView" save_view(SaveView) -> Vec<CountedView>;
    Local "removeView" remove_view(ById) -> Vec<CountedView>;
    Query "inbox" inbox(InboxRequest) -> InboxPage, changed by Inbox, Changed, Session;
    Query "unreadAlerts" unread_alerts(Nothing) -> u32, changed by Inbox, Changed, Session;
    Local "markAlertsRead" mark_alerts_read(MarkAlertsRead) -> Nothing;
    Local "snoozeAlerts" snooze_alerts(SnoozeAlerts) -> Nothing;
    Query "draftEmail" draft_email(LinkRequest) -> OpenedUrl;
    Query "alertRules" alert_rules(Nothing) -> AlertRules, changed by Inbox, Views, Session;
    Local "setAlertRules" set_alert_rules(AlertRules) -> AlertRules;
    Query "sinceYouLeft" since_you_left(Nothing) -> Option<SinceYouLeft>, changed by Inbox, Changed, Schedules, Session;
    Local "workspaceSeen" workspace_seen(Nothing) -> Nothing;
    Local "putAwaySinceYouLeft" put_away_since_you_left(Nothing) -> Nothing;
    Query "company" company(ById) -> Option<CompanyRow>, changed by Changed, Session;
    Query "findCompany" find_company(ById) -> Option<Elsewhere>;
    Query "namePreview" name_preview(NameRequest) -> NamePreview;
    Local "copyLinkUrl" copy_link_url(LinkRequest) -> Copied;
    Query "openLinkUrl" open_link_url(LinkRequest) -> OpenedUrl;
    Query "copyInviteUrl" copy_invite_url(Nothing) -> Copied;
    Query "copyText" copy_text(CopyText) -> Copied;
    Query "activity" activity(ActivityRequest) -> Vec<Activity>, changed by Changed, Company, Session;
    Query "timeline" timeline(ConnectionRequest) -> ConnectionStory;
    Query "notes" notes(ById) -> Notes, changed by Company;
    Query "integrations" integrations(Nothing) -> Vec<IntegrationChoice>;
    Query "onScreen" on_screen(OnScreen) -> Nothing;
    Local "setNotes" set_notes(SetText) -> Nothing;
    Query "history" history(HistoryRequest) -> HistoryPage, changed by Changed, Company, Session;
    Query "loadHistory" load_history(HistoryLoad) -> HistoryLoaded;
    Query "findings" findings(FindingsRequest) -> Findings;
    Query "summary" summary(ById) -> SummaryView, changed by Changed, Company, Session;
    Query "loadSummary" load_summary(Load) -> Nothing;
    Query "dataTypes" data_types(ById) -> DataTypes, changed by Changed, Company, Session;
    Query "loadDataTypes" load_data_types(Load) -> Nothing;
    Query "records" records(RecordsRequest) -> RecordsPage, changed by Company;
    Query "copyRecords" copy_records(CopyRequest) -> Nothing;
    Query "stopCopy" stop_copy(RecordsRequest) -> Nothing;
    Query "exportRecords" export_records(ExportRequest) -> Exported;
    Query "stopExport" stop_export(ById) -> Nothing;
    Query "recordJson" record_json(RecordRequest) -> RecordText;
    Query "statement" statement(StatementRequest) -> StatementView, changed by Changed, Company, Session;
    Query "loadStatement" load_statement(StatementLoad) -> Nothing;
    Query "files" files(ById) -> Files, changed by Changed, Company, Session;
    Query "loadFiles" load_files(Load) -> Nothing;
    Query "quota" quota(Nothing) -> QuotaView, changed by Health, Session;
    Query "planDay" plan_day(PlanFor) -> DayPlans;
    Query "requests" requests(RequestFilter) -> RequestLog, changed by Requests, Session;
    Local "useMoreToday" use_more_today(UseMore) -> QuotaView;
    Local "watching" watching(Watching) -> Nothing;
    Query "schedules" schedules(Nothing) -> Schedules, changed by Schedules, Run, RunEnded, Session;
    Query "scheduleForecast" schedule_forecast(ForecastRequest) -> ScheduleForecast;
    Query "timeZones" time_zones(Nothing) -> Vec<String>;
    Query "skyline" skyline(SkylineRequest) -> Skyline, changed by Changed, RunEnded, Session;
    Query "expiring" expiring(ExpiringRequest) -> ExpiringPage, changed by Changed, RunEnded, Session;
    Query "copyExpiryLinks" copy_expiry_links(ExpiryLinks) -> LinksCopied;
    Query "previewExpiryRefresh" preview_expiry_refresh(ExpirySelection) -> ExpiryRefreshPreview;
    Operate "refreshExpiring" refresh_expiring(ExpirySelection) -> RunBegan;
    Query "clocks" clocks(Nothing) -> Vec<ClockRow>, changed by Changed, Session;
    Local "setClock" set_clock(SetClock) -> Vec<ClockRow>;
    Local "resetClock" reset_clock(ById) -> Vec<ClockRow>;
    Query "keepAlive" keep_alive(KeepAliveRequest) -> KeepAliveView, changed by Changed, Run, RunEnded, Session;
    Local "setKeepAlive" set_keep_alive(SetKeepAlive) -> KeepAliveView;
    Query "syncSettings" sync_settings(SyncSettingsOf) -> SyncSettingsView, changed by Changed, Company, Session;
    Query "syncOverrides" sync_overrides(Nothing) -> SyncOverrides, changed by Company, Session;
    Query "loadSyncSettings" load_sync_settings(SyncSettingsLoad) -> Nothing;
    Query "saveFiles" save_files(SaveFiles) -> Started;
    Query "transfers" list_transfers(ById) -> Vec<Transfer>;
    Query "chooseUploads" choose_uploads(Nothing) -> ChosenFiles;
    Query "checkUploads" check_uploads(CheckUploads) -> ChosenFiles;
    Local "showTransfer" show_transfer(TransferId) -> Nothing;
    Local "putAwayTransfer" put_away_transfer(TransferId) -> Nothing;
    Local "takeWanted" take_show_request(Nothing) -> Option<ShowRequest>;
    Local "refreshNow" refresh_now(Nothing) -> Nothing;
    Local "pause" pause(SetPause) -> Nothing;
    Local "setPreferences" set_preferences(SetPreferences) -> Preferences;
    Query "network" network(Nothing) -> NetworkView;
    Local "setNetwork" set_network(SetNetwork) -> NetworkView;
    Query "testConnection" test_connection(SetNetwork) -> ConnectionTest;
    Local "openDataFolder" open_data_folder(Nothing) -> Nothing;
    Local "exportDiagnostics" export_diagnostics(Nothing) -> SavedFile;
    Local "exportLocalData" export_local_data(Nothing) -> SavedFile;
    Local "beginImport" begin_import(Nothing) -> ImportBegun;
    Local "previewImport" preview_import(ImportId) -> ImportPreview;
    Local "applyImport" apply_import(ImportId) -> ImportDone;
    Local "addWorkspace" add_workspace(AddWorkspace) -> Added;
    Local "updateWorkspace" update_workspace(UpdateWorkspace) -> Session;
    Local "removeWorkspace" remove_workspace(ById) -> KeyRemoved;
    Local "signOut" sign_out(ById) -> KeyRemoved;
    Local "switchWorkspace" switch_workspace(ById) -> Session;
    Local "replaceKey" replace_key(ReplaceKey) -> Added;
    Local "retryKey" retry_key(ById) -> Session;
    Local "setSafeMode" set_safe_mode(SetSafeMode) -> Session;
    Local "rebuildDatabase" rebuild_database(ById) -> Session;
    Local "watchWorkspace" watch_workspace(WatchWorkspace) -> Session;
    Local "quit" quit(Nothing) -> Nothing;
    Operate "createCompany" create_company(NewCompanyForm) -> Created;
    Operate "renameCompany" rename_company(RenameCompany) -> CompanyRow;
    Operate "sandboxCall" sandbox_call(SandboxCall) -> SandboxAnswer;
    Operate "refreshData" refresh_data(ById) -> Queued;
    Operate "setTags" set_tags(SetTags) -> CompanyRow;
    Operate "setDescription" set_description(SetText) -> CompanyRow;
    Operate "addConnection" add_connection(AddConnection) -> ConnectionAdded;
    Administer "unlinkConnection" unlink_connection(ConnectionRequest) -> CompanyRow;
    Administer "deleteConnection" delete_connection(ConnectionRequest) -> CompanyRow;
    Operate "uploadChosen" upload_chosen(UploadChosen) -> UploadsBegun;
    Operate "beginUploads" begin_uploads(BeginUploads) -> UploadsBegun;
    Operate "refreshType" refresh_type(RefreshTypeRequest) -> Nothing;
    Query "refreshPreview" refresh_preview(RefreshMany) -> RefreshPreview;
    Query "runs" runs(Nothing) -> Vec<RunRow>, changed by Run, RunEnded, Session;
    Query "runItems" run_items(RunItemsRequest) -> RunItems, changed by Run, RunEnded;
    Query "companyProgress" company_progress(CompaniesOnScreen) -> Vec<CompanyProgress>, changed by Run, RunEnded, Session;
    Operate "refreshMany" refresh_many(RefreshMany) -> RunBegan;
    Query "tagPreview" tag_preview(TagMany) -> BulkPreview;
    Operate "tagMany" tag_many(TagMany) -> RunBegan;
    Query "bulkDeletePreview" delete_preview(DeleteManyPreview) -> BulkPreview;
    Administer "deleteMany" delete_many(DeleteMany) -> RunBegan;
    Local "pauseRun" pause_run(ByRun) -> Nothing;
    Operate "resumeRun" resume_run(ByRun) -> Nothing;
    Local "cancelRun" cancel_run(ByRun) -> Nothing;
    Operate "retryFailed" retry_failed(ByRun) -> Nothing;
    Operate "saveSchedule" save_schedule(SaveSchedule) -> Schedules;
    Local "switchSchedule" switch_schedule(SwitchSchedule) -> Schedules;
    Operate "removeSchedule" remove_schedule(ScheduleById) -> Schedules;
    Operate "restoreSchedule" restore_schedule(ScheduleById) -> Schedules;
    Operate "runSchedule" run_schedule(ScheduleById) -> Nothing;
    Local "setSchedulesHere" set_schedules_here(SchedulesHere) -> Schedules;
    Administer "setSyncSettings" set_sync_settings(SetSyncSettings) -> SyncSaved;
    Administer "deleteCompany" delete_company(DeleteCompany) -> PendingDelete;
    Local "undoDelete" undo_delete(ById) -> Undone;
}

#[cfg(test)]
fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}

/// The error if the desktop could not show a dialog.
fn no_dialog(reason: String) -> WireError {
    WireError::new(Code::Desktop, "Couldn’t open the file dialog. Nothing was changed.").with_detail(reason)
}

/// Parses the arguments. `null` means an empty object.
fn read<T: DeserializeOwned>(name: &str, args: Value) -> Result<T, WireError> {
    let args = if args.is_null() { Value::Object(serde_json::Map::new()) } else { args };
    serde_json::from_value(args).map_err(|error| {
        WireError::new(Code::BadArguments, format!("The command “{name}” got the wrong arguments."))
            .with_detail(error.to_string())
    })
}

fn written<T: Serialize>(result: &T) -> Result<Box<RawValue>, WireError> {
    serde_json::value::to_raw_value(result).map_err(|error| {
        WireError::new(Code::Internal, "The app couldn’t write its own answer.")
            .with_detail(error.to_string())
    })
}

fn unknown_command(name: &str) -> WireError {
    WireError::new(Code::UnknownCommand, format!("There’s no command “{name}”."))
}

/// Runs a command and logs how long it took, or the code of its error. Texts and details of errors are not
/// logged, because they may contain data of the server.
async fn logged<T>(
    workspace: Option<&str>,
    name: &str,
    run: impl Future<Output = Result<T, WireError>>,
) -> Result<T, WireError> {
    let start = Instant::now();
    let span = tracing::info_span!("command", name, workspace);
    let result = run.instrument(span.clone()).await;
    let ms = start.elapsed().as_millis();
    span.in_scope(|| match &result {
        Ok(_) => tracing::debug!(ms, "done"),
        Err(error) => tracing::warn!(ms, code = ?error.code, "failed"),
    });
    result
}

impl App {
    /// Runs a command and returns its answer as JSON.
    ///
    /// `workspace` is the ID of the workspace that the command was made for. If it is not open any more, or
    /// the command is a query and the window shows another workspace, the error is `workspaceSwitched`.
    /// Without it, the command runs in the shown workspace.
    ///
    /// # Errors
    /// The error of the command; or an unknown command, invalid arguments, or a safe mode that forbids it.
    pub async fn execute_in_workspace(
        &self,
        workspace: Option<&str>,
        name: &str,
        args: Value,
    ) -> Result<Box<RawValue>, WireError> {
        logged(workspace, name, self.dispatch(workspace, name, args)).await
    }

    /// Queues a refresh of all data of a company. Same checks and log as the command `refreshData`.
    ///
    /// # Errors
    /// As [`execute_in_workspace`](Self::execute_in_workspace).
    pub async fn refresh_company_data(&self, workspace: &str, company: &str) -> Result<(), WireError> {
        let refresh = self.refresh_data(ById { id: company.to_owned() });
        self.run_named(Some(workspace), "refreshData", Box::pin(refresh)).await.map(drop)
    }

    /// Copies the Link URL of a connection to the clipboard. Same checks and log as the command `copyLinkUrl`.
    ///
    /// # Errors
    /// As [`execute_in_workspace`](Self::execute_in_workspace).
    pub async fn copy_connection_link(
        &self,
        workspace: Option<&str>,
        company: &str,
        connection: &str,
    ) -> Result<(), WireError> {
        let request = LinkRequest { company: company.to_owned(), connection: Some(connection.to_owned()) };
        let copy = self.copy_link_url(request);
        self.run_named(workspace, "copyLinkUrl", Box::pin(copy)).await.map(drop)
    }

    /// Runs a command with typed arguments, and logs it. The name finds its kind.
    async fn run_named<T>(
        &self,
        workspace: Option<&str>,
        name: &str,
        run: impl Future<Output = Result<T, WireError>>,
    ) -> Result<T, WireError> {
        let command = COMMANDS.iter().find(|command| command.name == name);
        let command = *command.ok_or_else(|| unknown_command(name))?;
        logged(workspace, name, self.run_admitted(command, workspace, run)).await
    }

    /// Runs a command in the workspace that it is admitted to.
    async fn run_admitted<T>(
        &self,
        command: Command,
        workspace: Option<&str>,
        run: impl Future<Output = Result<T, WireError>>,
    ) -> Result<T, WireError> {
        let admission = self.admit(command, workspace).await?;
        let result = admission.run(run).await;
        if let Err(error) = &result {
            self.note_if_corrupt(&admission, error);
        }
        result
    }

    /// Runs a command in the shown workspace.
    ///
    /// # Errors
    /// As [`execute_in_workspace`](Self::execute_in_workspace).
    pub async fn execute(&self, name: &str, args: Value) -> Result<Box<RawValue>, WireError> {
        self.execute_in_workspace(None, name, args).await
    }

    /// Runs a command in the shown workspace and parses its answer.
    ///
    /// # Errors
    /// As [`execute_in_workspace`](Self::execute_in_workspace).
    pub async fn call(&self, name: &str, args: Value) -> Result<Value, WireError> {
        let answer = self.execute(name, args).await?;
        serde_json::from_str(answer.get()).map_err(|error| {
            WireError::new(Code::Internal, "The app couldn’t read its own answer.")
                .with_detail(error.to_string())
        })
    }
}

/// Parses the ID of a company.
pub(crate) fn company_id(text: &str) -> Result<codat::CompanyId, WireError> {
    text.parse().map_err(|_| WireError::new(Code::BadArguments, format!("“{text}” isn’t a company ID.")))
}

#[cfg(test)]
mod tests {
    use domain::SafeMode;

    use super::*;
    use crate::command::WORKSPACE_INDEPENDENT;

    #[test]
    fn no_name_occurs_twice() {
        let names: std::collections::BTreeSet<_> = COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
    }

    #[test]
    fn what_depends_on_no_workspace_is_named_right_and_changes_nothing_at_codat() {
        for name in WORKSPACE_INDEPENDENT {
            let command = COMMANDS.iter().find(|command| command.name == *name);
            assert!(command.is_some_and(|known| known.kind.needs() == SafeMode::View), "{name}");
        }
    }

    #[test]
    fn what_destroys_needs_the_highest_mode() {
        for command in COMMANDS {
            let destroys = command.name.starts_with("delete");
            assert_eq!(destroys, destroys && command.kind == Kind::Administer, "{}", command.name);
        }
        assert!(SafeMode::View < SafeMode::Operate && SafeMode::Operate < SafeMode::Administer);
    }
}
