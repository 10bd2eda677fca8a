//! Acts on companies. Each is sent to the server, and its result is read from the store.

use codat::{
    CompanyId,
    model::{CompanyPatch, NewCompany},
};
use domain::PendingDelete;
use engine::{Act, ActError, CreateCompany, RefreshCompany, Settled, UpdateCompany};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{CompanyRow, Store};
use ts_rs::TS;

use super::{ById, company_id, links::is_link};
use crate::{
    app::App,
    error::{Code, WireError},
    names,
    open_workspace::OpenWorkspace,
};

/// A company to create.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct NewCompanyForm {
    /// As entered.
    pub name: String,
    pub description: Option<String>,
    /// Keys and values.
    pub tags: Vec<(String, String)>,
}

/// A created company.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    /// As the server saved it.
    pub company: CompanyRow,
    /// Where the customer links its data.
    pub link_url: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct RenameCompany {
    pub id: String,
    /// The name at the start of the edit. If the name has changed since, nothing is saved. None: no check.
    pub was: Option<String>,
    /// The new name as entered.
    pub name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteCompany {
    pub id: String,
    /// The name, typed by the user as a confirmation.
    pub typed_name: String,
}

/// Whether reads were queued.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct Queued {
    /// False if the reads are already running, so that no request was sent.
    pub queued: bool,
}

/// Whether a delete was undone.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct Undone {
    /// False if it was already sent.
    pub undone: bool,
}

impl App {
    pub(crate) async fn create_company(&self, form: NewCompanyForm) -> Result<Created, WireError> {
        let description = form.description.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let body = NewCompany { name: names::name(&form.name)?, description, tags: names::tags(form.tags)? };
        let workspace = self.command_workspace().await;
        let id = run_act(&workspace, None, "create", &body.name.clone(), CreateCompany(body)).await?;
        let company = row(&workspace, id).await?;
        let record = workspace.store()?.company_record(id).await?;
        let link_url = record.map(|company| company.redirect).filter(|url| is_link(url)).unwrap_or_default();
        Ok(Created { company, link_url })
    }

    pub(crate) async fn rename_company(&self, rename: RenameCompany) -> Result<CompanyRow, WireError> {
        let company = company_id(&rename.id)?;
        let name = names::name(&rename.name)?;
        let workspace = self.command_workspace().await;
        let now = row(&workspace, company).await?.name;
        if rename.was.is_some_and(|was| was != now) {
            return Err(conflict(&format!("The name changed to “{now}” elsewhere while you edited it.")));
        }
        let patch = CompanyPatch { name: Some(name.clone()), ..CompanyPatch::default() };
        let id =
            run_act(&workspace, Some(company), "rename", &name, UpdateCompany { company, patch }).await?;
        row(&workspace, id).await
    }

    pub(crate) async fn refresh_data(&self, by: ById) -> Result<Queued, WireError> {
        let company = company_id(&by.id)?;
        let workspace = self.command_workspace().await;
        check_linked(&workspace, company).await?;
        let settled =
            run_and_settle(&workspace, Some(company), "refresh", "", RefreshCompany { company }).await?;
        Ok(Queued { queued: settled != Settled::Running })
    }

    pub(crate) async fn delete_company(&self, delete: DeleteCompany) -> Result<PendingDelete, WireError> {
        let company = company_id(&delete.id)?;
        let workspace = self.command_workspace().await;
        let name = row(&workspace, company).await?.name;
        if delete.typed_name.trim() != name.trim() {
            return Err(WireError::new(
                Code::NameMismatch,
                "The name you typed doesn’t match this company’s.",
            ));
        }
        match workspace.runner()?.act(engine::DeleteCompany { company, name }).await? {
            Settled::Pending(pending) => Ok(pending),
            Settled::Company(_)
            | Settled::Connection(_)
            | Settled::Undone(_)
            | Settled::Running
            | Settled::Unrecorded(_)
            | Settled::Accepted => {
                Err(WireError::new(Code::Internal, "Couldn’t schedule the deletion. Nothing was deleted."))
            }
        }
    }

    pub(crate) async fn undo_delete(&self, by: ById) -> Result<Undone, WireError> {
        let company = company_id(&by.id)?;
        let settled = self.command_workspace().await.runner()?.act(Act::Undo(company)).await?;
        Ok(Undone { undone: settled == Settled::Undone(true) })
    }
}

/// Checks that the company has a linked connection, because otherwise there is nothing to read.
///
/// # Errors
/// If it has none.
pub(super) async fn check_linked(workspace: &OpenWorkspace, company: CompanyId) -> Result<(), WireError> {
    if workspace.store()?.preview_run(&[company], None, workspace.now()).await?.unlinked == 0 {
        return Ok(());
    }
    Err(WireError::new(Code::NothingLinked, "No connections to refresh. Send the customer the Link URL."))
}

/// Runs an act and records it in the activity. Returns the company.
pub(super) async fn run_act(
    workspace: &OpenWorkspace,
    company: Option<CompanyId>,
    what: &str,
    detail: &str,
    act: impl Into<Act>,
) -> Result<CompanyId, WireError> {
    match (run_and_settle(workspace, company, what, detail, act).await?, company) {
        (Settled::Company(id), _) | (_, Some(id)) => Ok(id),
        (
            Settled::Accepted
            | Settled::Running
            | Settled::Connection(_)
            | Settled::Pending(_)
            | Settled::Undone(_)
            | Settled::Unrecorded(_),
            None,
        ) => Err(WireError::new(
            Code::Unreadable,
            "Codat accepted this, but its answer names no company. The list shows it after the next check.",
        )),
    }
}

/// As [`run_act`], with the full result.
pub(super) async fn run_and_settle(
    workspace: &OpenWorkspace,
    company: Option<CompanyId>,
    what: &str,
    detail: &str,
    act: impl Into<Act>,
) -> Result<Settled, WireError> {
    let settled = run_logged(workspace, company, what, detail, act).await??;
    if let Settled::Unrecorded(reason) = settled {
        return Err(WireError::unrecorded(reason));
    }
    Ok(settled)
}

/// As [`run_and_settle`], with the engine's error.
pub(super) async fn run_logged(
    workspace: &OpenWorkspace,
    company: Option<CompanyId>,
    what: &str,
    detail: &str,
    act: impl Into<Act>,
) -> Result<Result<Settled, ActError>, WireError> {
    let (store, runner) = (workspace.store()?, workspace.runner()?);
    let intent = store.write_intent(what, company, detail, workspace.now()).await?;
    let settled = runner.act(act).await;
    // The workspace closed before the response. The outcome is unknown, so none is recorded.
    if settled.is_err() && runner.is_stopped() {
        return Ok(settled);
    }
    if settled == Ok(Settled::Running) {
        // A double click sends nothing the second time and must not add a second activity entry.
        if let Err(error) = store.remove_intent(intent).await {
            tracing::warn!(%error, "the entry of an act that sent nothing could not be removed");
        }
        return Ok(settled);
    }
    let outcome = settled.as_ref().map_or_else(ToString::to_string, |_| "done".to_owned());
    write_outcome(&store, intent, &outcome, workspace.now()).await;
    Ok(settled)
}

/// Records the outcome of an act. If this fails, the act is done anyway.
pub(super) async fn write_outcome(store: &Store, intent: i64, outcome: &str, now: Timestamp) {
    if let Err(error) = store.write_outcome(intent, outcome, now).await {
        tracing::warn!(%error, outcome, "what came of an act could not be written down");
    }
}

/// The list row of a company.
pub(super) async fn row(workspace: &OpenWorkspace, id: CompanyId) -> Result<CompanyRow, WireError> {
    let row = workspace.store()?.company(id).await?;
    row.ok_or_else(|| {
        WireError::new(Code::NotFound, "This company no longer exists. It was deleted elsewhere.")
    })
}

pub(super) fn conflict(what: &str) -> WireError {
    let hint = "Nothing was saved, and your text is still here. Compare both, then save again.";
    WireError::new(Code::Conflict, format!("{what} {hint}"))
}
