//! Acts: each goes to the server, and its answer comes back through the store.

use codat::{
    CompanyId,
    model::{CompanyPatch, NewCompany},
};
use engine::{Act, ActError, Settled};
use serde::{Deserialize, Serialize};
use store::{CompanyRow, Store};
use ts_rs::TS;

use super::{ById, company::changed_elsewhere, company_id, links::is_link};
use crate::{
    app::App,
    clock, convert,
    desk::Desk,
    error::{Code, WireError},
    names,
    wire::PendingDelete,
};

/// A company to be made.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct NewCompanyForm {
    /// As typed.
    pub name: String,
    /// Optional.
    pub description: Option<String>,
    /// Keys and values.
    pub tags: Vec<(String, String)>,
}

/// A company that was made.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    /// As the server has it.
    pub company: CompanyRow,
    /// Where the customer links.
    pub link_url: String,
}

/// A company and its new name.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct RenameCompany {
    /// The company.
    pub id: String,
    /// As the edit began. Where it is no longer that, nothing is changed. None: whatever it is now.
    pub was: Option<String>,
    /// As typed.
    pub name: String,
}

/// A company to be deleted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteCompany {
    /// The company.
    pub id: String,
    /// Its name, typed to show that it is meant.
    pub typed_name: String,
}

/// Reads were asked for.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct Queued {
    /// False where they run already: nothing was asked for twice.
    pub queued: bool,
}

/// Whether a delete was taken back.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub(crate) struct Undone {
    /// False where it had been sent already.
    pub undone: bool,
}

impl App {
    pub(crate) async fn create_company(&self, form: NewCompanyForm) -> Result<Created, WireError> {
        let description = form.description.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let body = NewCompany { name: names::name(&form.name)?, description, tags: names::tags(form.tags)? };
        let desk = self.desk().await;
        let id = act(&desk, None, "create", &body.name.clone(), Act::Create(body)).await?;
        let company = row(&desk, id).await?;
        let record = desk.store()?.company_record(id).await?;
        let link_url = record.map(|company| company.redirect).filter(|url| is_link(url)).unwrap_or_default();
        Ok(Created { company, link_url })
    }

    pub(crate) async fn rename_company(&self, rename: RenameCompany) -> Result<CompanyRow, WireError> {
        let company = company_id(&rename.id)?;
        let name = names::name(&rename.name)?;
        let desk = self.desk().await;
        let now = row(&desk, company).await?.name;
        if rename.was.is_some_and(|was| was != now) {
            return Err(changed_elsewhere(&format!(
                "The name was changed to “{now}” elsewhere while you edited it."
            )));
        }
        let patch = CompanyPatch { name: Some(name.clone()), ..CompanyPatch::default() };
        let id = act(&desk, Some(company), "rename", &name, Act::Update(company, patch)).await?;
        row(&desk, id).await
    }

    pub(crate) async fn refresh_data(&self, by: ById) -> Result<Queued, WireError> {
        let company = company_id(&by.id)?;
        let desk = self.desk().await;
        has_something_linked(&desk, company).await?;
        let settled = settled(&desk, Some(company), "refresh", "", Act::Refresh(company)).await?;
        Ok(Queued { queued: settled != Settled::Running })
    }

    pub(crate) async fn delete_company(&self, delete: DeleteCompany) -> Result<PendingDelete, WireError> {
        let company = company_id(&delete.id)?;
        let desk = self.desk().await;
        let name = row(&desk, company).await?.name;
        if delete.typed_name.trim() != name.trim() {
            return Err(WireError::new(Code::NameMismatch, "The name you typed is not this company's."));
        }
        match desk.runner()?.act(Act::Delete { company, name }).await? {
            Settled::Pending(pending) => Ok(convert::pending_delete(pending)),
            Settled::Company(_)
            | Settled::Connection(_)
            | Settled::Undone(_)
            | Settled::Running
            | Settled::Unrecorded(_)
            | Settled::Accepted => Err(WireError::new(
                Code::Internal,
                "The delete was not put off as it should be. Nothing was sent.",
            )),
        }
    }

    pub(crate) async fn undo_delete(&self, by: ById) -> Result<Undone, WireError> {
        let company = company_id(&by.id)?;
        let settled = self.desk().await.runner()?.act(Act::Undo(company)).await?;
        Ok(Undone { undone: settled == Settled::Undone(true) })
    }
}

/// Where nothing of a company is linked, there is nothing to read.
///
/// # Errors
/// That it is so.
pub(super) async fn has_something_linked(desk: &Desk, company: CompanyId) -> Result<(), WireError> {
    if desk.store()?.preview_run(&[company], None, clock::now()).await?.unlinked == 0 {
        return Ok(());
    }
    Err(WireError::new(
        Code::NothingLinked,
        "There is nothing to refresh: this company has no linked connection. Send the customer its Link URL.",
    ))
}

/// Writes down what is meant, has it done, and writes down what came of it. Gives the company it was about.
pub(super) async fn act(
    desk: &Desk,
    company: Option<CompanyId>,
    what: &str,
    detail: &str,
    act: Act,
) -> Result<CompanyId, WireError> {
    match (settled(desk, company, what, detail, act).await?, company) {
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
            "Codat took this, but its answer names no company. The list will show it with the next sweep.",
        )),
    }
}

/// The same, with all that came of it.
pub(super) async fn settled(
    desk: &Desk,
    company: Option<CompanyId>,
    what: &str,
    detail: &str,
    act: Act,
) -> Result<Settled, WireError> {
    let settled = tried(desk, company, what, detail, act).await??;
    if let Settled::Unrecorded(reason) = settled {
        return Err(WireError::unrecorded(reason));
    }
    Ok(settled)
}

/// The same, with why it was not done as the engine has it.
pub(super) async fn tried(
    desk: &Desk,
    company: Option<CompanyId>,
    what: &str,
    detail: &str,
    act: Act,
) -> Result<Result<Settled, ActError>, WireError> {
    let (store, runner) = (desk.store()?, desk.runner()?);
    let intent = store.write_intent(what, company, detail, clock::now()).await?;
    let settled = runner.act(act).await;
    // Closed before its answer came, nobody knows what came of it: it stays without an outcome.
    if settled.is_err() && runner.is_stopped() {
        return Ok(settled);
    }
    if settled == Ok(Settled::Running) {
        // A double click sends nothing the second time, and is one entry in the activity.
        if let Err(error) = store.remove_intent(intent).await {
            tracing::warn!(%error, "the entry of an act that sent nothing could not be removed");
        }
        return Ok(settled);
    }
    let outcome = settled.as_ref().map_or_else(ToString::to_string, |_| "done".to_owned());
    write_outcome(&store, intent, &outcome).await;
    Ok(settled)
}

/// Writes down what came of something. Where that cannot be, it came of it all the same.
pub(super) async fn write_outcome(store: &Store, intent: i64, outcome: &str) {
    if let Err(error) = store.write_outcome(intent, outcome, clock::now()).await {
        tracing::warn!(%error, outcome, "what came of an act could not be written down");
    }
}

/// A company as a list shows it, which must be there.
pub(super) async fn row(desk: &Desk, id: CompanyId) -> Result<CompanyRow, WireError> {
    let row = desk.store()?.company(id).await?;
    row.ok_or_else(|| {
        WireError::new(Code::NotFound, "This company is no longer there. It was deleted elsewhere.")
    })
}
