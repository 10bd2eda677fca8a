//! Copies the Link URLs of many companies.

use std::collections::BTreeSet;

use codat::Company;
use serde::{Deserialize, Serialize};
use store::Sort;
use ts_rs::TS;

use super::{
    LinksCopied,
    links::{LinksForm, is_lasting_link},
    selection::Selection,
};
use crate::{
    app::App,
    csv,
    error::{Code, WireError},
};

/// The maximum number of companies in one copy.
const MAX_COMPANIES: usize = 10_000;
/// Companies per read of the database.
const BATCH_SIZE: usize = 500;

/// Companies whose Link URLs are copied.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CompanyLinks {
    pub selection: Selection,
    /// The order of the lines.
    pub sort: Sort,
    pub form: LinksForm,
}

impl App {
    /// Copies the last known Link URLs of the companies. Nothing is requested from Codat. One-time URLs are left out.
    pub(crate) async fn copy_company_links(&self, links: CompanyLinks) -> Result<LinksCopied, WireError> {
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        let selected = links.selection.sorted(&store, links.sort, workspace.now()).await?;
        if selected.len() > MAX_COMPANIES {
            return Err(WireError::new(
                Code::BadArguments,
                "You can copy up to 10,000 Link URLs at once. Narrow the selection. We copied nothing.",
            ));
        }
        let mut companies = Vec::with_capacity(selected.len());
        for batch in selected.chunks(BATCH_SIZE) {
            let mut records = store.company_records(batch).await?;
            companies.extend(batch.iter().filter_map(|id| records.remove(id)));
        }
        companies.retain(|company| is_lasting_link(&company.redirect));
        if companies.is_empty() {
            return Err(WireError::new(
                Code::LinkUrlUnknown,
                "None of these companies has a Link URL that we can copy. We copied nothing.",
            ));
        }
        let text = match links.form {
            LinksForm::Text => companies.iter().map(line).collect(),
            LinksForm::Csv => table(&companies),
        };
        self.put_links_on_clipboard(&workspace, text, companies.len(), selected.len())
    }
}

fn line(company: &Company) -> String {
    format!("{}: {}\n", company.name, company.redirect)
}

/// A table that a mail merge can use: a column for each tag key, such as `email`.
fn table(companies: &[Company]) -> String {
    let keys: BTreeSet<&str> =
        companies.iter().flat_map(|company| company.tags.keys().map(String::as_str)).collect();
    let mut table = csv::line(["Company", "Company ID", "Link URL"].into_iter().chain(keys.iter().copied()));
    for company in companies {
        let tags = keys.iter().map(|key| company.tags.get(*key).map_or("", String::as_str));
        let id = company.id.to_string();
        table.push_str(&csv::line([company.name.as_str(), &id, &company.redirect].into_iter().chain(tags)));
    }
    table
}
