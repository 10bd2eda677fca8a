//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Watches your Codat companies all day.
#[derive(Debug, Clone, Parser)]
#[command(version, about)]
pub(crate) struct Arguments {
    /// Store all data in this folder instead of the platform's.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Start in the tray, without a window.
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Fill a new sandbox with this many companies.
    #[arg(long, value_name = "N")]
    pub(crate) companies: Option<u32>,
    /// The address of Codat's API, for tests.
    #[arg(long, value_name = "URL", hide = true)]
    pub(crate) codat_base: Option<String>,
    /// A link to open, such as portal-desktop://company/ID/history.
    #[arg(value_name = "LINK")]
    pub(crate) link: Option<String>,
}
