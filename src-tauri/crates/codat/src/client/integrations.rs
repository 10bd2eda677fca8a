//! Integrations (§2.10).

use super::{Client, Outcome, call::Call};
use crate::{
    model::Integration,
    page::{Page, PageRequest},
};

impl Client {
    /// `GET /integrations`
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn list_integrations(&self, page: &PageRequest) -> Outcome<Page<Integration>> {
        self.fetch(Call::page("/integrations", page), |bytes| Page::read(bytes, page)).await
    }
}
