//! Integrations (§2.10).

use super::{
    Client, Outcome,
    call::{Call, segment},
};
use crate::{
    model::{Branding, Integration},
    page::{Item, Page, PageRequest},
    reading,
};

impl Client {
    /// `GET /integrations`
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn list_integrations(&self, page: &PageRequest) -> Outcome<Page<Integration>> {
        self.fetch(Call::page("/integrations", page), |bytes| Page::read(bytes, page)).await
    }

    /// `GET /integrations/{platformKey}`. The key has four letters.
    ///
    /// # Errors
    /// Those of §2.5; 404 if there is no integration with this key.
    pub async fn get_integration(&self, platform_key: &str) -> Outcome<Item<Integration>> {
        self.fetch(Call::get(format!("/integrations/{}", segment(platform_key))), Item::read).await
    }

    /// `GET /integrations/{platformKey}/branding`
    ///
    /// # Errors
    /// Those of §2.5; 404 if there is no integration with this key.
    pub async fn integration_branding(&self, platform_key: &str) -> Outcome<Branding> {
        self.fetch(Call::get(format!("/integrations/{}/branding", segment(platform_key))), reading::object)
            .await
    }
}
