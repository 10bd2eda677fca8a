//! Access that ends: consents and idle clocks.

use codat::{CompanyId, ConnectionId};
use jiff::Timestamp;

/// A consent that ends soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingConsent {
    /// The company.
    pub company: CompanyId,
    /// The name of the company.
    pub company_name: String,
    /// The connection.
    pub connection: ConnectionId,
    /// The integration's name, or its key.
    pub platform: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// A connection that expires unless something is read soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleConnection {
    /// The company.
    pub company: CompanyId,
    /// The name of the company.
    pub company_name: String,
    /// The connection.
    pub connection: ConnectionId,
    /// The integration's name, or its key.
    pub platform: String,
    /// When it expires, as estimated.
    pub expires: Timestamp,
    /// The data types that can be read from it, if they are known.
    pub readable: Vec<String>,
}

/// A read that keeps a connection alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepAliveRead {
    /// The connection.
    pub idle: IdleConnection,
    /// The data type to read; none if no supported type is known.
    pub data_type: Option<String>,
    /// When it is due again, if no read was seen by then.
    pub next_due: Timestamp,
}
