//! The tray entry of a workspace.

use codat::Color;
use domain::{Attention, AttentionCompany, AttentionConnection};
use engine::TrayIcon;

use crate::bench::{Bench, company, connection_id, failure, id};

fn broken(n: u128) -> AttentionCompany {
    let connection = AttentionConnection {
        id: connection_id(n),
        platform: "Xero".into(),
        word: "Deauthorized".into(),
        is_outage: false,
    };
    AttentionCompany { id: id(n), name: format!("Company {n}"), connections: vec![connection] }
}

#[test]
fn it_shows_the_worst_state_and_ten_companies_and_how_many_more() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let companies: Vec<_> = (1..=10).map(broken).collect();
    bench.attention(Attention { red: 11, grey: 2, purple: 1, unreadable: 0, companies: companies.clone() });
    let state = bench.trays.last().unwrap();
    assert_eq!(state.icon, TrayIcon::Worst(Color::Red));
    assert_eq!(state.line, "11 broken, 2 unlinked");
    assert_eq!((&state.companies, state.more), (&companies, 3));
    assert_eq!(state.is_paused, Some(false));
}

#[test]
fn it_is_told_only_when_it_differs() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let calm = Attention::default();
    bench.attention(calm.clone());
    let told = bench.trays.len();
    bench.attention(calm);
    bench.pass(30);
    assert_eq!(bench.trays.len(), told);
    assert_eq!(bench.trays.last().unwrap().icon, TrayIcon::Worst(Color::Green));
}

#[test]
fn a_server_out_of_reach_has_a_state_of_its_own() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.attention(Attention { red: 1, companies: vec![broken(1)], ..Attention::default() });
    bench.pass(61);
    bench.answer_next(Err(failure(codat::FailureKind::Unreachable)));
    let state = bench.trays.last().unwrap();
    assert_eq!(state.icon, TrayIcon::Unreachable);
    assert_eq!(state.companies, [broken(1)], "what is known stays");
}
