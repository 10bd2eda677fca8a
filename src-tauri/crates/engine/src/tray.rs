//! The tray entry of a workspace, derived from its state.

use codat::Color;
use domain::{Attention, AttentionCompany, Health, HealthState};

/// The number of companies in the menu.
const NAMED: usize = 10;

/// The icon in the tray. Each has its own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrayIcon {
    /// No data yet.
    Starting,
    /// The worst color of any company.
    Worst(Color),
    /// The server cannot be reached or rejects the key, or the store cannot save.
    Unreachable,
}

/// The tray entry of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayState {
    /// The icon.
    pub icon: TrayIcon,
    /// The state in one line.
    pub line: String,
    /// Whether background work is paused; none without an engine.
    pub is_paused: Option<bool>,
    /// The companies that need attention, worst first; at most ten.
    pub companies: Vec<AttentionCompany>,
    /// The number of further companies that need attention.
    pub more: usize,
}

impl TrayState {
    /// The state without an engine, with the reason in one line.
    #[must_use]
    pub fn without_engine(icon: TrayIcon, reason: &str) -> Self {
        Self { icon, line: reason.to_owned(), is_paused: None, companies: Vec::new(), more: 0 }
    }
}

/// The tray entry for this state.
pub fn tray(attention: &Attention, health: &Health) -> TrayState {
    let all = usize::try_from(attention.red + attention.grey).unwrap_or(usize::MAX);
    let companies: Vec<_> = attention.companies.iter().take(NAMED).cloned().collect();
    TrayState {
        icon: icon(attention, health),
        line: line(attention, health),
        is_paused: Some(health.state == HealthState::Paused),
        more: all.saturating_sub(companies.len()),
        companies,
    }
}

fn icon(attention: &Attention, health: &Health) -> TrayIcon {
    match health.state {
        HealthState::Offline | HealthState::Refused | HealthState::Failing | HealthState::NotSaved => {
            TrayIcon::Unreachable
        }
        HealthState::Starting | HealthState::Sweeping if !health.first_sweep_done => TrayIcon::Starting,
        HealthState::Starting
        | HealthState::Sweeping
        | HealthState::Current
        | HealthState::Limited
        | HealthState::Paused => TrayIcon::Worst(worst(attention)),
    }
}

fn worst(attention: &Attention) -> Color {
    match attention {
        Attention { red: 1.., .. } => Color::Red,
        Attention { grey: 1.., .. } => Color::Grey,
        Attention { purple: 1.., .. } => Color::Purple,
        Attention { .. } => Color::Green,
    }
}

fn line(attention: &Attention, health: &Health) -> String {
    match health.state {
        HealthState::Offline => {
            return "Can’t reach Codat. You can still see everything already loaded.".to_owned();
        }
        HealthState::Refused => return "Codat rejected the API key. Replace it in Settings.".to_owned(),
        HealthState::Failing => return "Codat returns errors. We’ll try again.".to_owned(),
        HealthState::NotSaved => {
            return "This computer can’t save new data. We’ll try again.".to_owned();
        }
        HealthState::Starting | HealthState::Sweeping if !health.first_sweep_done => {
            return "Loading companies for the first time".to_owned();
        }
        HealthState::Starting
        | HealthState::Sweeping
        | HealthState::Current
        | HealthState::Limited
        | HealthState::Paused => {}
    }
    let state = match (attention.red, attention.grey) {
        (0, 0) => "Nothing needs attention".to_owned(),
        (red, 0) => format!("{red} broken"),
        (0, grey) => format!("{grey} unlinked"),
        (red, grey) => format!("{red} broken, {grey} unlinked"),
    };
    if health.state == HealthState::Paused { format!("Paused. {state}") } else { state }
}
