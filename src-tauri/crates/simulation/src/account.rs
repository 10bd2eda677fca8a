//! A client of Codat: where it is reached, and its key.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use codat::{ApiKey, Client, Transport};

use crate::trouble::Trouble;

/// The port of the first; the others follow. Nothing listens there.
const FIRST_PORT: u16 = 8787;

/// An account. Two of different numbers share neither address nor key.
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

    /// The value of the header that carries the key.
    pub(crate) fn authorization(&self) -> String {
        format!("Basic {}", BASE64_STANDARD.encode(self.key()))
    }

    /// A client with the key, over this transport.
    pub(crate) fn client(&self, transport: Transport) -> Result<Client, Trouble> {
        let key = ApiKey::new(&self.key()).map_err(|error| Trouble::odd("the key", error))?;
        Ok(Client::new(format!("http://{}", self.authority()), key, transport))
    }
}
