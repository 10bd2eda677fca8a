//! The tray as a value: what it shows follows from the state of things alone.

use codat::{Colour, CompanyId, ConnectionId};

use crate::health::{Health, HealthState};

/// How many companies the menu names.
const NAMED: usize = 10;

/// What needs attention, as the store counts it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attention {
    /// Companies whose worst connection is broken.
    pub red: u32,
    /// Companies whose worst connection is unlinked.
    pub grey: u32,
    /// Companies whose worst connection is pending.
    pub purple: u32,
    /// Companies that the server tells of in a way that cannot be read.
    pub unreadable: u32,
    /// The first of the red and grey ones, worst first.
    pub companies: Vec<AttentionCompany>,
}

/// A company that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionCompany {
    /// The company.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its red and grey connections, worst first.
    pub connections: Vec<AttentionConnection>,
}

/// A connection that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttentionConnection {
    /// The connection.
    pub id: ConnectionId,
    /// The integration's name.
    pub platform: String,
    /// The word for its status.
    pub word: String,
    /// Whether the platform has an outage of its own: no Link URL mends that.
    pub is_outage: bool,
}

/// The picture in the tray: each has its own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrayIcon {
    /// Nothing is known yet.
    Starting,
    /// The worst colour of any company.
    Worst(Colour),
    /// The server cannot be reached, does not let us in, or what it says cannot be kept.
    Unreachable,
}

/// The tray's picture, tooltip and menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayMenu {
    /// The picture.
    pub icon: TrayIcon,
    /// One line: the state of things.
    pub tooltip: String,
    /// The menu, from the top.
    pub items: Vec<TrayItem>,
}

/// One entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrayItem {
    /// A line that can't be chosen.
    Line(String),
    /// A line between groups.
    Separator,
    /// Shows the window.
    Open,
    /// A sweep at once.
    RefreshNow,
    /// Pauses background work, or goes on with it.
    Pause {
        /// Whether choosing it pauses.
        pause: bool,
    },
    /// A company with a menu of its own.
    Company {
        /// The company.
        id: CompanyId,
        /// Its name and what is wrong.
        label: String,
        /// Its menu.
        items: Vec<TrayItem>,
    },
    /// Copies the Link URL of a broken connection.
    CopyLink {
        /// The company.
        company: CompanyId,
        /// The connection.
        connection: ConnectionId,
        /// What it says.
        label: String,
    },
    /// Queues reads of the company's data.
    RefreshData(CompanyId),
    /// Opens the company in the window.
    OpenCompany(CompanyId),
    /// Opens the list of all that need attention.
    More {
        /// What it says.
        label: String,
    },
    /// Quits.
    Quit,
}

impl TrayMenu {
    /// The tray while no engine runs: the reason in one line, and the way to the window.
    #[must_use]
    pub fn without_engine(icon: TrayIcon, reason: &str) -> Self {
        let items = vec![
            TrayItem::Line(reason.to_owned()),
            TrayItem::Separator,
            TrayItem::Open,
            TrayItem::Separator,
            TrayItem::Quit,
        ];
        Self { icon, tooltip: tooltip(reason), items }
    }
}

/// The tray for this state of things.
pub fn tray(attention: &Attention, health: &Health) -> TrayMenu {
    let line = line(attention, health);
    let mut items = vec![
        TrayItem::Line(line.clone()),
        TrayItem::Separator,
        TrayItem::Open,
        TrayItem::RefreshNow,
        TrayItem::Pause { pause: health.state != HealthState::Paused },
    ];
    if !attention.companies.is_empty() {
        items.push(TrayItem::Separator);
        items.extend(attention.companies.iter().take(NAMED).map(company));
        let all = usize::try_from(attention.red + attention.grey).unwrap_or(usize::MAX);
        let more = all.saturating_sub(attention.companies.len().min(NAMED));
        if more > 0 {
            items.push(TrayItem::More { label: format!("{more} more…") });
        }
    }
    items.extend([TrayItem::Separator, TrayItem::Quit]);
    TrayMenu { icon: icon(attention, health), tooltip: tooltip(&line), items }
}

fn tooltip(line: &str) -> String {
    format!("Portal Desktop: {line}")
}

fn company(company: &AttentionCompany) -> TrayItem {
    let wrong = company
        .connections
        .iter()
        .map(|connection| format!("{} {}", connection.platform, connection.word.to_lowercase()))
        .collect::<Vec<_>>()
        .join(", ");
    let linkable: Vec<_> = company.connections.iter().filter(|connection| !connection.is_outage).collect();
    let mut items: Vec<_> = linkable
        .iter()
        .map(|connection| TrayItem::CopyLink {
            company: company.id,
            connection: connection.id,
            label: match linkable.len() {
                1 => "Copy Link URL".to_owned(),
                _ => format!("Copy Link URL of {}", connection.platform),
            },
        })
        .collect();
    items.extend([TrayItem::RefreshData(company.id), TrayItem::OpenCompany(company.id)]);
    TrayItem::Company { id: company.id, label: format!("{}: {wrong}", short(&company.name)), items }
}

/// A name that leaves room for what is said about it.
fn short(name: &str) -> String {
    const LONGEST: usize = 40;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let kept: String = name.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
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

fn worst(attention: &Attention) -> Colour {
    match attention {
        Attention { red: 1.., .. } => Colour::Red,
        Attention { grey: 1.., .. } => Colour::Grey,
        Attention { purple: 1.., .. } => Colour::Purple,
        Attention { .. } => Colour::Green,
    }
}

fn line(attention: &Attention, health: &Health) -> String {
    match health.state {
        HealthState::Offline => return "Codat cannot be reached. What is known stays readable.".to_owned(),
        HealthState::Refused => return "Codat refuses the API key. Replace it in Settings.".to_owned(),
        HealthState::Failing => return "Codat answers with errors. Trying again by itself.".to_owned(),
        HealthState::NotSaved => {
            return "This computer can't save new data. We'll try again.".to_owned();
        }
        HealthState::Starting | HealthState::Sweeping if !health.first_sweep_done => {
            return "Reading companies for the first time".to_owned();
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
