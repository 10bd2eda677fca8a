//! The tray as a value.

use codat::Colour;
use engine::{Attention, AttentionCompany, AttentionConnection, TrayIcon, TrayItem};

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
    bench.attention(Attention {
        red: 11,
        grey: 2,
        purple: 1,
        unreadable: 0,
        companies: (1..=10).map(broken).collect(),
    });
    let menu = bench.trays.last().unwrap();
    assert_eq!(menu.icon, TrayIcon::Worst(Colour::Red));
    insta::assert_debug_snapshot!(menu.items[..8]);
    assert!(menu.items.contains(&TrayItem::More { label: "3 more…".into() }));
    assert_eq!(menu.items.last(), Some(&TrayItem::Quit));
}

#[test]
fn it_is_drawn_only_when_it_differs() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let calm = Attention::default();
    bench.attention(calm.clone());
    let drawn = bench.trays.len();
    bench.attention(calm);
    bench.pass(30);
    assert_eq!(bench.trays.len(), drawn);
    assert_eq!(bench.trays.last().unwrap().icon, TrayIcon::Worst(Colour::Green));
}

#[test]
fn a_server_out_of_reach_has_a_state_of_its_own() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    bench.attention(Attention { red: 1, companies: vec![broken(1)], ..Attention::default() });
    bench.pass(61);
    bench.answer_next(Err(failure(codat::FailureKind::Unreachable)));
    let menu = bench.trays.last().unwrap();
    assert_eq!(menu.icon, TrayIcon::Unreachable);
    assert!(menu.items.iter().any(|item| matches!(item, TrayItem::Company { .. })), "what is known stays");
}

#[test]
fn no_link_url_is_offered_where_the_platform_has_an_outage() {
    let mut bench = Bench::swept(vec![company(1, "Linked")]);
    let mut broken = broken(1);
    broken.connections.push(AttentionConnection { is_outage: true, ..broken.connections[0].clone() });
    bench.attention(Attention { red: 1, companies: vec![broken], ..Attention::default() });
    let menu = bench.trays.last().unwrap();
    let of_company = menu
        .items
        .iter()
        .find_map(|item| if let TrayItem::Company { items, .. } = item { Some(items) } else { None });
    let links = of_company.unwrap().iter().filter(|item| matches!(item, TrayItem::CopyLink { .. }));
    assert_eq!(links.count(), 1);
}
