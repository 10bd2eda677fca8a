//! The profile (§2.14).

use super::{Client, Outcome, call::Call};
use crate::{model::Profile, reading};

impl Client {
    /// `GET /profile`
    ///
    /// # Errors
    /// Those of §2.5; 401 if the key is not accepted.
    pub async fn profile(&self) -> Outcome<Profile> {
        self.fetch(Call::get("/profile"), reading::object).await
    }
}
