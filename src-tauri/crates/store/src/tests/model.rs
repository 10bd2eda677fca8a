//! Columns against a plain reading of the same companies: the same matches, order, counts and rows, whatever
//! the companies, the writes and the search.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use codat::{
    Company, CompanyId, ConnectionId, ConnectionStatus,
    expiry::Clocks,
    status::{company_color, connection_color},
};
use domain::Cause;
use proptest::prelude::*;

use super::making::*;
use crate::{
    Counts, Sort, SortColumn, Store, View, company_index,
    fold::fold,
    search::{Condition, Search, Term, TimeColumn},
};

/// Something that happens to the store.
#[derive(Debug, Clone)]
enum Write {
    Apply(Vec<Company>),
    Remove(u128),
    /// The window is closed, and opened again by the next question.
    CloseWindow,
}

#[derive(Debug, Clone)]
struct Asked {
    search: String,
    sort: Sort,
    expanded: Vec<u128>,
}

/// The companies as they should be, read one by one.
#[derive(Default)]
struct Model {
    companies: BTreeMap<CompanyId, Company>,
    /// Connections that were seen to become linked.
    linked: BTreeSet<ConnectionId>,
}

impl Model {
    fn write(&mut self, write: &Write) {
        match write {
            Write::Apply(companies) => {
                for company in companies {
                    let before = self.companies.insert(company.id, company.clone());
                    self.see_linked(before.as_ref(), company);
                }
            }
            Write::Remove(number) => {
                let gone = self.companies.remove(&company_id(*number));
                for connection in gone.iter().flat_map(|gone| &gone.data_connections) {
                    self.linked.remove(&connection.id);
                }
            }
            Write::CloseWindow => {}
        }
    }

    fn see_linked(&mut self, before: Option<&Company>, company: &Company) {
        for now in &company.data_connections {
            let known = before.into_iter().flat_map(|before| &before.data_connections);
            let was = known.filter(|was| was.id == now.id).map(|was| &was.status).next();
            let linked = ConnectionStatus::Linked;
            if now.status == linked && was.is_some_and(|was| *was != linked) {
                self.linked.insert(now.id);
            }
        }
    }

    /// When the first of a company's connections may expire; all that is seen is seen now.
    fn expires(&self, company: &Company) -> Option<jiff::Timestamp> {
        let clocks = Clocks::standard();
        let ends = company.data_connections.iter().filter_map(|connection| {
            let linked = self.linked.contains(&connection.id).then(now);
            Some(clocks.estimate(connection, linked)?.expires)
        });
        ends.min()
    }

    fn matching(&self, search: &Search, with_colors: bool) -> Vec<&Company> {
        let holds = |company: &Company, term: &Term| test(self, company, &term.condition) != term.negated;
        let asked: Vec<&Term> = search
            .terms
            .iter()
            .filter(|term| with_colors || !matches!(term.condition, Condition::Is(_)))
            .collect();
        let one_of = |company: &Company, kind: fn(&Condition) -> bool| {
            let mut group = asked.iter().filter(|term| !term.negated && kind(&term.condition)).peekable();
            group.peek().is_none() || group.any(|term| holds(company, term))
        };
        self.companies
            .values()
            .filter(|company| {
                let alone = |term: &&&Term| {
                    term.negated || !matches!(term.condition, Condition::Is(_) | Condition::Platform(_))
                };
                asked.iter().filter(alone).all(|term| holds(company, term))
                    && one_of(company, |test| matches!(test, Condition::Is(_)))
                    && one_of(company, |test| matches!(test, Condition::Platform(_)))
            })
            .collect()
    }

    fn parent(&self, company: &Company) -> Option<CompanyId> {
        let parent = company.reference_parent_company.as_ref()?.id;
        (parent != company.id && self.companies.contains_key(&parent)).then_some(parent)
    }

    fn shown_under(&self, company: &Company) -> Option<CompanyId> {
        let parent = self.parent(company)?;
        self.parent(&self.companies[&parent]).is_none().then_some(parent)
    }

    fn rows(&self, view: &View) -> Vec<(CompanyId, u8)> {
        let search = Search::parse(&view.search, &now().to_zoned_datetime(jiff::tz::TimeZone::UTC));
        let mut matching = self.matching(&search, true);
        matching.sort_by(|one, other| compare(self, view.sort, one, other));
        if !search.is_empty() {
            return matching.iter().map(|company| (company.id, 0)).collect();
        }
        let mut rows = Vec::new();
        for top in matching.iter().filter(|company| self.shown_under(company).is_none()) {
            rows.push((top.id, 0));
            if view.expanded.contains(&top.id) {
                let children = matching.iter().filter(|child| self.shown_under(child) == Some(top.id));
                rows.extend(children.map(|child| (child.id, 1)));
            }
        }
        rows
    }

    fn counts(&self, search: &str) -> Counts {
        let mut counts = Counts::default();
        for company in
            self.matching(&Search::parse(search, &now().to_zoned_datetime(jiff::tz::TimeZone::UTC)), false)
        {
            *counts.count_mut(company_index::color_code(company_color(company))) += 1;
        }
        counts
    }
}

fn test(model: &Model, company: &Company, test: &Condition) -> bool {
    let platforms = || company.data_connections.iter().map(|connection| fold(&connection.platform_name));
    let mut keys = company.data_connections.iter().map(|connection| fold(&connection.integration_key));
    let tags = || company.tags.iter().map(|(key, value)| (fold(key), fold(value)));
    let creator = fold(company.created_by_user_name.as_deref().unwrap_or_default());
    match test {
        // Nobody was told of anything here.
        Condition::Alert(_) | Condition::Since(..) => false,
        Condition::Text { needle, id_prefix } => {
            let ids = std::iter::once(company.id.to_string())
                .chain(company.data_connections.iter().map(|connection| connection.id.to_string()));
            let mut texts = vec![fold(&company.name), creator];
            texts.extend(platforms().chain(keys).chain(tags().map(|(key, value)| format!("{key}={value}"))));
            texts.iter().any(|text| text.contains(needle))
                || id_prefix.as_ref().is_some_and(|prefix| ids.into_iter().any(|id| id.starts_with(prefix)))
        }
        Condition::Is(colors) => company_index::color_bit(company_color(company)) & colors != 0,
        Condition::Has(colors) => {
            let of_company = company
                .data_connections
                .iter()
                .fold(0, |bits, connection| bits | company_index::color_bit(connection_color(connection)));
            colors.overlaps(of_company)
        }
        Condition::Platform(needle) => {
            platforms().any(|name| name.contains(needle)) || keys.any(|key| key == *needle)
        }
        Condition::Tag { key, value } => {
            tags().any(|(k, v)| k == *key && value.as_ref().is_none_or(|value| v == *value))
        }
        Condition::By(needle) => creator.contains(needle),
        Condition::Name(needle) => fold(&company.name).contains(needle),
        Condition::Product(needle) => company.products.iter().any(|product| fold(product).contains(needle)),
        Condition::Time { column, from, until, missing } => {
            let time = match column {
                TimeColumn::LastRead => company.last_sync,
                TimeColumn::Created => Some(company.created),
                TimeColumn::Expires => model.expires(company),
            };
            time.map_or(*missing, |time| (*from..*until).contains(&time.as_millisecond()))
        }
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Texts(Vec<String>),
    Number(i64),
    Id(String),
}

fn key(model: &Model, column: SortColumn, company: &Company) -> Option<Key> {
    let texts = |texts: Vec<String>| (!texts.is_empty()).then_some(Key::Texts(texts));
    let text =
        |text: &Option<String>| text.iter().filter(|text| !text.is_empty()).map(|text| fold(text)).collect();
    let time = |time: Option<jiff::Timestamp>| time.map(|time| Key::Number(time.as_millisecond()));
    match column {
        SortColumn::Name => Some(Key::Texts(vec![fold(&company.name)])),
        SortColumn::Id => Some(Key::Id(company.id.to_string())),
        SortColumn::CreatedBy => texts(text(&company.created_by_user_name)),
        SortColumn::Created => time(Some(company.created)),
        SortColumn::LastRead => time(company.last_sync),
        SortColumn::Connections | SortColumn::Status => {
            let worst = company.data_connections.iter().map(connection_color).min();
            worst.map(|color| Key::Number(company_index::color_code(color).into()))
        }
        SortColumn::Products => texts(company.products.iter().map(|product| fold(product)).collect()),
        SortColumn::Tags => {
            texts(company.tags.iter().map(|(key, value)| format!("{}={}", fold(key), fold(value))).collect())
        }
        SortColumn::Expires => time(model.expires(company)),
        SortColumn::Description => texts(text(&company.description)),
    }
}

fn compare(model: &Model, sort: Sort, one: &Company, other: &Company) -> Ordering {
    let first = match (key(model, sort.column, one), key(model, sort.column, other)) {
        (Some(one), Some(other)) if sort.descending => other.cmp(&one),
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    };
    first.then_with(|| fold(&one.name).cmp(&fold(&other.name))).then_with(|| one.id.cmp(&other.id))
}

fn a_company() -> impl Strategy<Value = Company> {
    let name = prop::sample::select(vec![
        "Ōsaka",
        "osaka foods",
        "Łódź",
        "Straße 5",
        "alpha",
        "Alpha",
        "beta",
        "100%",
        "a_b",
        "*",
        "é",
        "",
        "ab\u{0}c",
    ]);
    let word = prop::option::of(prop::sample::select(vec!["Ann", "ann lee", "Bob", "", "ops"]));
    let tag = (
        prop::sample::select(vec!["region", "Tier", "a"]),
        prop::sample::select(vec!["uk", "ÜK", "gold", ""]),
    );
    let products = prop::collection::vec(prop::sample::select(vec!["lending", "bank-feeds", "spend"]), 0..3);
    let parent = prop::option::weighted(0.3, 0..14_u128);
    let connections = prop::collection::vec((0..3_usize, 0..5_usize, any::<bool>()), 0..3);
    (
        0..14_u128,
        name,
        (word.clone(), word),
        prop::collection::vec(tag, 0..3),
        products,
        parent,
        connections,
        (0..20_i64, prop::option::of(0..20_i64)),
    )
        .prop_map(
            |(number, name, (creator, description), tags, products, parent, connections, (created, read))| {
                let mut company = company(number, name);
                company.created_by_user_name = creator.map(str::to_owned);
                company.description = description.map(str::to_owned);
                company.tags =
                    tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
                company.products = products.into_iter().map(str::to_owned).collect();
                company.created = days_ago(created);
                company.last_sync = read.map(days_ago);
                let connections =
                    connections.into_iter().enumerate().map(|(place, (platform, status, broken))| {
                        let (key, name) =
                            [("gbol", "Xero"), ("qhyg", "QuickBooks Online"), ("mqjo", "Sandbox")][platform];
                        let statuses = ["Linked", "Deauthorized", "PendingAuth", "Unlinked", "Dreaming"];
                        let made = connection(
                            number * 10 + place as u128,
                            key,
                            name,
                            ConnectionStatus::from(statuses[status]),
                        );
                        if broken { with_error(made, "Broken") } else { made }
                    });
                let company = connected(company, connections);
                match parent {
                    Some(parent) => under(company, parent),
                    None => company,
                }
            },
        )
}

fn a_write() -> impl Strategy<Value = Write> {
    prop_oneof![
        6 => prop::collection::vec(a_company(), 1..8).prop_map(Write::Apply),
        1 => (0..14_u128).prop_map(Write::Remove),
        1 => Just(Write::CloseWindow),
    ]
}

fn a_term() -> impl Strategy<Value = String> {
    let term = prop::sample::select(vec![
        "osaka",
        "a",
        "alpha",
        "strasse",
        "lodz",
        "%",
        "_",
        "*",
        "xero",
        "gbol",
        "ann",
        "\"ann lee\"",
        "uk",
        "region=uk",
        "c0000000",
        "d00",
        "d0000000-0000-0000-0000-00000000001",
        "000",
        "c00000000000000000000000000000",
        "is:red",
        "is:grey",
        "is:attention",
        "is:none",
        "is:green",
        "has:red",
        "has:purple",
        "has:none",
        "platform:xero",
        "platform:mqjo",
        "platform:o",
        "tag:region",
        "tag:tier=gold",
        "tag:region=uk",
        "tag:a",
        "stale:>7d",
        "stale:<3d",
        "created:>10d",
        "created:<5d",
        "created:2026-11",
        "expires:<20d",
        "expires:>20d",
        "by:an",
        "by:ops",
        "product:lend",
        "name:b",
        "wat:x",
        "is:wat",
        "\"",
    ]);
    (any::<bool>(), any::<bool>(), term)
        .prop_map(|(one, other, term)| format!("{}{term}", if one && other { "-" } else { "" }))
}

fn a_question() -> impl Strategy<Value = Asked> {
    let columns = vec![
        SortColumn::Name,
        SortColumn::Id,
        SortColumn::CreatedBy,
        SortColumn::Created,
        SortColumn::LastRead,
        SortColumn::Connections,
        SortColumn::Status,
        SortColumn::Products,
        SortColumn::Tags,
        SortColumn::Expires,
        SortColumn::Description,
    ];
    let sort = (prop::sample::select(columns), any::<bool>());
    let sort = sort.prop_map(|(column, descending)| Sort { column, descending });
    (prop::collection::vec(a_term(), 0..4), sort, prop::collection::vec(0..14_u128, 0..5))
        .prop_map(|(terms, sort, expanded)| Asked { search: terms.join(" "), sort, expanded })
}

async fn write(store: &Store, write: &Write) {
    match write {
        Write::Apply(companies) => {
            store.apply(&items(companies), Cause::Sweep, None, now()).await.expect("applied");
        }
        Write::Remove(number) => {
            store.remove_company(company_id(*number), Cause::Read, now()).await.expect("removed");
        }
        Write::CloseWindow => store.drop_columns(),
    }
}

async fn check(store: &Store, model: &Model, asked: &Asked) {
    let view = View {
        search: asked.search.clone(),
        sort: asked.sort,
        expanded: asked.expanded.iter().map(|number| company_id(*number)).collect(),
        locate: None,
    };
    let page = store.companies(&view, now()).await.expect("a list");
    let expected = model.rows(&view);
    let shown: Vec<_> = page.rows.iter().map(|row| (row.id, row.depth)).collect();
    assert_eq!(shown, expected, "rows of {view:?}");
    if let Some((last, _)) = expected.last() {
        let looking = View { locate: Some(*last), ..view.clone() };
        let located = store.companies(&looking, now()).await.expect("a list").located;
        assert_eq!(located.map(|at| at as usize), Some(expected.len() - 1), "the last row of {view:?}");
    }
    assert_eq!(page.row_count as usize, expected.len());
    assert_eq!(page.all as usize, model.companies.len());
    assert_eq!(page.counts, model.counts(&view.search), "counts of {view:?}");
    for offset in (0..page.row_count + 3).step_by(3) {
        let rows = store.rows(&view, page.version, offset, 3, now()).await.expect("rows");
        let part: Vec<_> = rows.rows.iter().map(|row| (row.id, row.depth)).collect();
        assert_eq!(part, expected.iter().skip(offset as usize).take(3).copied().collect::<Vec<_>>());
        assert_eq!(rows.version, page.version);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn columns_say_what_the_companies_say(
        steps in prop::collection::vec((a_write(), prop::collection::vec(a_question(), 1..4)), 1..6)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (_folder, store) = store().await;
            let mut model = Model::default();
            for (step, questions) in &steps {
                let step = consistent(&model, step);
                write(&store, &step).await;
                model.write(&step);
                for question in questions {
                    check(&store, &model, question).await;
                }
            }
        });
    }
}

/// A page in which no company loses a connection that it had: whether such a one is gone is another question.
fn consistent(model: &Model, step: &Write) -> Write {
    let Write::Apply(companies) = step else { return step.clone() };
    let mut page: BTreeMap<CompanyId, Company> = BTreeMap::new();
    for company in companies {
        let before = page.get(&company.id).or_else(|| model.companies.get(&company.id));
        let mut company = company.clone();
        for lost in before.iter().flat_map(|before| &before.data_connections) {
            if company.data_connections.iter().all(|connection| connection.id != lost.id) {
                company.data_connections.push(lost.clone());
            }
        }
        page.insert(company.id, company);
    }
    Write::Apply(page.into_values().collect())
}
