//! The tray menu, composed of the states of all open workspaces.

use codat::{Color, CompanyId, ConnectionId};
use domain::AttentionCompany;
use engine::{TrayIcon, TrayState};

use crate::pause::PauseEnd;

/// The maximum number of companies in the menu, over all workspaces.
const MAX_COMPANIES: usize = 10;
/// The maximum length of a company name in the menu, in characters.
const MAX_NAME_LENGTH: usize = 40;

/// The icon, the tooltip and the menu of the tray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayMenu {
    /// The worst icon of all workspaces.
    pub icon: TrayIcon,
    /// The state in one line.
    pub tooltip: String,
    /// The entries from top to bottom.
    pub items: Vec<TrayItem>,
}

/// A menu entry. Entries about a company have the ID of its workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrayItem {
    /// A text that cannot be clicked.
    Line(String),
    /// A separator.
    Separator,
    /// Shows the window.
    Open,
    /// Starts a sweep in every workspace.
    RefreshNow,
    /// The choices of a pause, as a submenu.
    PauseChoices(Vec<TrayItem>),
    /// Pauses background work in every workspace.
    Pause(PauseEnd),
    /// Resumes background work in every workspace.
    Resume,
    /// Opens a workspace in the window.
    OpenWorkspace {
        /// The workspace.
        workspace: String,
        /// Its name and its state.
        label: String,
    },
    /// A company with a submenu.
    Company {
        /// Its name and its problems.
        label: String,
        /// The submenu.
        items: Vec<TrayItem>,
    },
    /// Copies the Link URL of a broken connection.
    CopyLink {
        /// The workspace.
        workspace: String,
        /// The company.
        company: CompanyId,
        /// The connection.
        connection: ConnectionId,
        /// The text.
        label: String,
    },
    /// Queues reads of the company's data.
    RefreshData {
        /// The workspace.
        workspace: String,
        /// The company.
        company: CompanyId,
    },
    /// Opens the company in the window.
    OpenCompany {
        /// The workspace.
        workspace: String,
        /// The company.
        company: CompanyId,
    },
    /// Opens the list of all companies that need attention.
    More {
        /// The workspace.
        workspace: String,
        /// The text.
        label: String,
    },
    /// The saved views of a workspace, as a submenu.
    Views {
        /// The text.
        label: String,
        /// The submenu.
        items: Vec<TrayItem>,
    },
    /// Opens the list with a saved view.
    OpenView {
        /// The workspace.
        workspace: String,
        /// The ID of the view.
        view: String,
        /// Its name.
        label: String,
    },
    /// Quits the app.
    Quit,
}

impl TrayMenu {
    /// The menu while no workspace is open: the reason, and an entry for the window.
    #[must_use]
    pub fn without_workspaces(icon: TrayIcon, reason: &str) -> Self {
        let state = TrayState::without_engine(icon, reason);
        compose(&[WorkspaceTray { id: "", name: "", state: &state, views: &[] }])
    }
}

/// The tray state of one workspace.
pub(crate) struct WorkspaceTray<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) state: &'a TrayState,
    pub(crate) views: &'a [TrayView],
}

/// The ID and the name of a saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrayView {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl WorkspaceTray<'_> {
    /// A text, with the name of the workspace if there are several.
    fn named(&self, text: &str, several: bool) -> String {
        if several { format!("{}: {text}", truncate(self.name)) } else { text.to_owned() }
    }
}

/// Composes the menu. The worst workspaces come first.
pub(crate) fn compose(workspaces: &[WorkspaceTray]) -> TrayMenu {
    let mut sorted: Vec<&WorkspaceTray> = workspaces.iter().collect();
    sorted.sort_by_key(|tray| (core::cmp::Reverse(severity(tray.state.icon)), tray.name));
    let several = sorted.len() > 1;
    let lines: Vec<_> = sorted.iter().map(|tray| tray.named(&tray.state.line, several)).collect();
    let tooltip = format!("Portal Desktop: {}", lines.join("; "));
    let line = |(tray, label): (&&WorkspaceTray, String)| match several {
        true => TrayItem::OpenWorkspace { workspace: tray.id.to_owned(), label },
        false => TrayItem::Line(label),
    };
    let mut items: Vec<_> = sorted.iter().zip(lines).map(line).collect();
    items.extend([TrayItem::Separator, TrayItem::Open]);
    let paused: Vec<bool> = sorted.iter().filter_map(|tray| tray.state.is_paused).collect();
    if !paused.is_empty() {
        let pause = if paused.contains(&false) { pause_choices() } else { TrayItem::Resume };
        items.extend([TrayItem::RefreshNow, pause]);
    }
    let (companies, rest) = companies(&sorted, several);
    if !companies.is_empty() {
        items.push(TrayItem::Separator);
        items.extend(companies);
        items.extend(rest);
    }
    let views: Vec<_> = sorted.iter().filter_map(|tray| views(tray, several)).collect();
    if !views.is_empty() {
        items.push(TrayItem::Separator);
        items.extend(views);
    }
    items.extend([TrayItem::Separator, TrayItem::Quit]);
    let icon = sorted.first().map_or(TrayIcon::Starting, |tray| tray.state.icon);
    TrayMenu { icon, tooltip, items }
}

fn pause_choices() -> TrayItem {
    let ends = [PauseEnd::Hour, PauseEnd::Tomorrow, PauseEnd::Resumed];
    TrayItem::PauseChoices(ends.map(TrayItem::Pause).into())
}

/// Entries of companies, and one entry per workspace for its remaining companies.
fn companies(workspaces: &[&WorkspaceTray], several: bool) -> (Vec<TrayItem>, Vec<TrayItem>) {
    let (mut named, mut rest) = (Vec::new(), Vec::new());
    for tray in workspaces {
        let shown_here = MAX_COMPANIES.saturating_sub(named.len()).min(tray.state.companies.len());
        named.extend(tray.state.companies.iter().take(shown_here).map(|it| company(tray, several, it)));
        let more = tray.state.companies.len() - shown_here + tray.state.more;
        if more > 0 {
            let label = tray.named(&format!("{more} more…"), several);
            rest.push(TrayItem::More { workspace: tray.id.to_owned(), label });
        }
    }
    (named, rest)
}

/// The submenu with the views of a workspace. `None` if it has none, or no engine: then the menu only gives the
/// reason.
fn views(tray: &WorkspaceTray, several: bool) -> Option<TrayItem> {
    tray.state.is_paused?;
    let open = |view: &TrayView| TrayItem::OpenView {
        workspace: tray.id.to_owned(),
        view: view.id.clone(),
        label: truncate(&view.name),
    };
    let items: Vec<_> = tray.views.iter().map(open).collect();
    (!items.is_empty()).then(|| TrayItem::Views { label: tray.named("Views", several), items })
}

fn company(tray: &WorkspaceTray, several: bool, company: &AttentionCompany) -> TrayItem {
    let workspace = tray.id;
    let problems = company
        .connections
        .iter()
        .map(|connection| format!("{} {}", connection.platform, connection.word.to_lowercase()))
        .collect::<Vec<_>>()
        .join(", ");
    // A Link URL does not help during an outage of the platform.
    let linkable: Vec<_> = company.connections.iter().filter(|connection| !connection.is_outage).collect();
    let mut items: Vec<_> = linkable
        .iter()
        .map(|connection| TrayItem::CopyLink {
            workspace: workspace.to_owned(),
            company: company.id,
            connection: connection.id,
            label: match linkable.len() {
                1 => "Copy Link URL".to_owned(),
                _ => format!("Copy Link URL of {}", connection.platform),
            },
        })
        .collect();
    items.extend([
        TrayItem::RefreshData { workspace: workspace.to_owned(), company: company.id },
        TrayItem::OpenCompany { workspace: workspace.to_owned(), company: company.id },
    ]);
    let label = tray.named(&format!("{}: {problems}", truncate(&company.name)), several);
    TrayItem::Company { label, items }
}

/// Truncates a name for the menu.
fn truncate(name: &str) -> String {
    if name.chars().count() <= MAX_NAME_LENGTH {
        return name.to_owned();
    }
    let truncated: String = name.chars().take(MAX_NAME_LENGTH - 1).collect();
    format!("{}…", truncated.trim_end())
}

/// The severity of an icon: higher is worse.
fn severity(icon: TrayIcon) -> u8 {
    match icon {
        TrayIcon::Worst(Color::None | Color::Green) => 0,
        TrayIcon::Starting => 1,
        TrayIcon::Worst(Color::Purple) => 2,
        TrayIcon::Worst(Color::Grey) => 3,
        TrayIcon::Worst(Color::Red) => 4,
        TrayIcon::Unreachable => 5,
    }
}

#[cfg(test)]
mod tests {
    use domain::AttentionConnection;

    use super::*;

    fn broken(n: u128, outage: bool) -> AttentionCompany {
        let connection = |is_outage| AttentionConnection {
            id: ConnectionId(uuid::Uuid::from_u128(n)),
            platform: "Xero".into(),
            word: "Deauthorized".into(),
            is_outage,
        };
        let connections =
            if outage { vec![connection(false), connection(true)] } else { vec![connection(false)] };
        AttentionCompany {
            id: CompanyId(uuid::Uuid::from_u128(n)),
            name: format!("Company {n}"),
            connections,
        }
    }

    fn red(companies: Vec<AttentionCompany>, more: usize) -> TrayState {
        TrayState {
            icon: TrayIcon::Worst(Color::Red),
            line: "3 broken".into(),
            is_paused: Some(false),
            companies,
            more,
        }
    }

    #[test]
    fn one_workspace_is_not_named() {
        let state = red(vec![broken(1, false), broken(2, true)], 3);
        insta::assert_debug_snapshot!(compose(&[WorkspaceTray {
            id: "a",
            name: "Northbank",
            state: &state,
            views: &[TrayView { id: "expiring".into(), name: "Expiring in 14 days".into() }],
        }]));
    }

    #[test]
    fn of_several_workspaces_each_is_named_and_the_worst_comes_first() {
        let green = TrayState {
            icon: TrayIcon::Worst(Color::Green),
            line: "Nothing needs attention".into(),
            is_paused: Some(true),
            companies: Vec::new(),
            more: 0,
        };
        let red = red((1..=12).map(|n| broken(n, false)).collect(), 1);
        let menu = compose(&[
            WorkspaceTray { id: "a", name: "Meadow", state: &green, views: &[] },
            WorkspaceTray { id: "b", name: "Northbank", state: &red, views: &[] },
        ]);
        assert_eq!(menu.icon, TrayIcon::Worst(Color::Red));
        assert_eq!(menu.tooltip, "Portal Desktop: Northbank: 3 broken; Meadow: Nothing needs attention");
        let opens = |workspace: &str, label: &str| TrayItem::OpenWorkspace {
            workspace: workspace.into(),
            label: label.into(),
        };
        assert_eq!(menu.items[0], opens("b", "Northbank: 3 broken"));
        let named = menu.items.iter().filter(|item| matches!(item, TrayItem::Company { .. }));
        assert_eq!(named.count(), MAX_COMPANIES);
        let more = TrayItem::More { workspace: "b".into(), label: "Northbank: 3 more…".into() };
        assert!(menu.items.contains(&more));
        assert!(menu.items.contains(&pause_choices()), "one of them is not paused");
    }

    #[test]
    fn a_workspace_that_cannot_be_reached_is_worse_than_a_broken_connection() {
        let unreachable = TrayState::without_engine(TrayIcon::Unreachable, "The key is missing");
        let red = red(vec![broken(1, false)], 0);
        let menu = compose(&[
            WorkspaceTray { id: "a", name: "Meadow", state: &red, views: &[] },
            WorkspaceTray { id: "b", name: "Northbank", state: &unreachable, views: &[] },
        ]);
        assert_eq!(menu.icon, TrayIcon::Unreachable);
        let meadow = TrayItem::OpenWorkspace { workspace: "a".into(), label: "Meadow: 3 broken".into() };
        assert_eq!(menu.items[1], meadow);
    }

    #[test]
    fn no_link_url_is_offered_where_the_platform_has_an_outage() {
        let state = red(vec![broken(1, true)], 0);
        let menu = compose(&[WorkspaceTray { id: "a", name: "Northbank", state: &state, views: &[] }]);
        let of_company = menu
            .items
            .iter()
            .find_map(|item| if let TrayItem::Company { items, .. } = item { Some(items) } else { None });
        let links = of_company.unwrap().iter().filter(|item| matches!(item, TrayItem::CopyLink { .. }));
        assert_eq!(links.count(), 1);
    }
}
