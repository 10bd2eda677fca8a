//! The profile and API keys (§2.14).

use http::Method;
use uuid::Uuid;

use super::{
    Client, Outcome,
    call::{Call, segment},
};
use crate::{
    model::{ApiKeyRecord, ApiKeys, NewApiKey, Profile},
    reading,
};

impl Client {
    /// `GET /profile`
    ///
    /// # Errors
    /// Those of §2.5; 401 if the key is not accepted.
    pub async fn profile(&self) -> Outcome<Profile> {
        self.fetch(Call::get("/profile"), reading::object).await
    }

    /// `PUT /profile`
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn update_profile(&self, profile: &Profile) -> Outcome<Profile> {
        self.fetch(Call::new(Method::PUT, "/profile").json(profile), reading::object).await
    }

    /// `GET /apiKeys`: not paged.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn api_keys(&self) -> Outcome<ApiKeys> {
        self.fetch(Call::get("/apiKeys").secret(), reading::object).await
    }

    /// `POST /apiKeys`
    ///
    /// # Errors
    /// Those of §2.5; 409 if there are ten keys already.
    pub async fn create_api_key(&self, new: &NewApiKey, key: Uuid) -> Outcome<ApiKeyRecord> {
        self.fetch(Call::new(Method::POST, "/apiKeys").json(new).once(key).secret(), reading::object).await
    }

    /// `DELETE /apiKeys/{apiKeyId}`
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn delete_api_key(&self, id: &str) -> Outcome<()> {
        self.accomplish(Call::new(Method::DELETE, format!("/apiKeys/{}", segment(id)))).await
    }
}
