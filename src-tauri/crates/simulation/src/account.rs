//! An API account: its address and its key.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use codat::{ApiKey, Client, Transport};

use crate::error::SimulationError;

/// The port of the first account; the others follow. Nothing listens there.
const FIRST_PORT: u16 = 8787;

/// An account with its own address and key.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    number: u16,
}

impl Account {
    pub(crate) const FIRST: Self = Self { number: 0 };

    pub(crate) fn numbered(number: u16) -> Self {
        Self { number }
    }

    pub(crate) fn port(&self) -> u16 {
        FIRST_PORT + self.number
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port())
    }

    pub(crate) fn key(&self) -> String {
        if self.number == 0 { "sandbox".to_owned() } else { format!("sandbox-{}", self.number) }
    }

    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(self.key()))
    }

    pub(crate) fn client(&self, transport: Transport) -> Result<Client, SimulationError> {
        let key = ApiKey::new(&self.key()).map_err(|error| SimulationError::unexpected("the key", error))?;
        Ok(Client::new(format!("http://{}", self.authority()), key, transport))
    }
}
