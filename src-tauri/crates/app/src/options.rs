//! Options of the application, and the addresses and IDs that they replace.

/// The ID of the sandbox workspace.
pub(crate) const SANDBOX: &str = "sandbox";
/// The base URL of Codat's API.
const CODAT_BASE: &str = "https://api.codat.io";

/// Options of [`App::start`](crate::App::start).
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The number of companies in a new sandbox. `None`: about 60 companies that show every case.
    pub sandbox_companies: Option<u32>,
    /// The rate and quota limits of the embedded sandbox. `None`: those of Codat.
    pub sandbox_limits: Option<sandbox::Limits>,
    /// The base URL of Codat's API, for tests that replace the server. `None`: the real server.
    pub codat_base: Option<String>,
    /// The configuration of the engine. `None`: that of the product.
    pub engine: Option<engine::Config>,
}

impl Options {
    /// The base URL of Codat's API.
    pub(crate) fn codat_base(&self) -> String {
        self.codat_base.clone().unwrap_or_else(|| CODAT_BASE.to_owned())
    }
}
