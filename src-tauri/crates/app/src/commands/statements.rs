//! Financial statements: periods in columns, lines in rows (§2.19).

use codat::{
    StatementKind, Topic,
    data::Category,
    statements::{Column, Discrepancy, Month, Row, RowKind, Span, Table},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Nothing, company_id,
    summary::{MONTHS, data_statuses, info, merged_statement, stored_statement},
};
use crate::{
    app::App,
    empty_state::{self, EmptyState, is_linked},
    error::{Code, WireError},
    fetch::{checked_at, company, fetch_due, is_reading},
    figures::{self, FigureView},
    wire::millis,
};

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatementRequest {
    pub company: String,
    pub data_type: String,
    /// The period of a column.
    pub span: SpanChoice,
}

/// The period of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SpanChoice {
    Month,
    Quarter,
    Year,
}

/// A statement to load.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatementLoad {
    pub company: String,
    pub data_type: String,
    /// Whether to load it even if it is fresh.
    pub always: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatementView {
    /// Oldest first.
    pub columns: Vec<StatementColumn>,
    /// From top to bottom.
    pub rows: Vec<StatementRow>,
    /// The currency, if all columns have the same one.
    pub currency: Option<String>,
    /// The accounting basis, if known.
    pub basis: Option<String>,
    /// Sums that do not match and parts that are left out, one sentence each.
    pub remarks: Vec<String>,
    /// When it was last loaded.
    pub as_of: Option<i64>,
    /// Whether it is being read from the source.
    pub reading: bool,
    /// Why there is no statement.
    pub absence: Option<EmptyState>,
}

/// A period.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct StatementColumn {
    /// Such as Oct 2026, or Jan to Mar 2026.
    pub label: String,
    /// Missing months, or why there is no sum.
    pub missing: Option<String>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct StatementRow {
    pub kind: StatementRowKind,
    /// The depth in the tree.
    pub depth: usize,
    pub label: String,
    /// One for each column.
    pub figures: Vec<FigureView>,
}

/// The kind of a row; see [`RowKind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum StatementRowKind {
    Section,
    Line,
    Total,
    Difference,
}

impl App {
    /// The stored statement.
    pub(crate) async fn statement(&self, request: StatementRequest) -> Result<StatementView, WireError> {
        let (id, kind) = (company_id(&request.company)?, kind(&request.data_type)?);
        let store = self.command_workspace().await.store()?;
        let linked = is_linked(&company(&store, id).await?, Category::Accounting);
        let stored = stored_statement(&store, id, kind).await?;
        let first_month = info(&store, id).await?.map_or(1, |info| info.first_month());
        let mut view = StatementView {
            columns: Vec::new(),
            rows: Vec::new(),
            currency: None,
            basis: None,
            remarks: Vec::new(),
            as_of: stored.as_ref().and_then(checked_at).map(millis),
            reading: is_reading(&store, id, &[kind.key()]).await?,
            absence: None,
        };
        match merged_statement(kind, stored.as_ref(), &data_statuses(&store, id).await?, linked) {
            Ok(merged) => {
                let months = Table::months(&merged);
                let table = match request.span {
                    SpanChoice::Month => months,
                    SpanChoice::Quarter => months.regrouped(Span::Quarter, first_month),
                    SpanChoice::Year => months.regrouped(Span::Year, first_month),
                };
                view.basis = merged.basis.as_ref().map(|basis| basis.as_str().to_owned());
                view.fill(&table, request.span, merged.set_aside);
            }
            Err(missing) => view.absence = Some(empty_state::empty_state(&missing, what(kind))),
        }
        Ok(view)
    }

    /// Loads a statement if it is stale.
    pub(crate) async fn load_statement(&self, load: StatementLoad) -> Result<Nothing, WireError> {
        let (company, kind) = (company_id(&load.company)?, kind(&load.data_type)?);
        let topics = vec![
            Topic::DataStatus(company),
            Topic::Info(company),
            Topic::Statement { company, kind, months: MONTHS },
        ];
        fetch_due(&*self.command_workspace().await, topics, load.always).await?;
        Ok(Nothing {})
    }
}

impl StatementView {
    fn fill(&mut self, table: &Table, span: SpanChoice, set_aside: usize) {
        let mut codes = table.columns.iter().filter_map(|column| column.currency.clone());
        let first = codes.next();
        self.currency = first.clone().filter(|first| codes.all(|code| code == *first));
        let differs = first.is_some() && self.currency.is_none();
        self.columns = table.columns.iter().map(|it| column(it, span, differs)).collect();
        self.rows = table.rows.iter().map(row).collect();
        self.remarks = remarks(table, set_aside);
    }
}

fn remarks(table: &Table, set_aside: usize) -> Vec<String> {
    let found = table.discrepancies();
    let rows: std::collections::BTreeSet<usize> = found.iter().map(|it: &Discrepancy| it.row).collect();
    let sums = (!rows.is_empty()).then(|| {
        let lines = if rows.len() == 1 { "one line".to_owned() } else { format!("{} lines", rows.len()) };
        format!(
            "The figures of {lines} don’t match the sum of the lines below. “Difference” rows show by how \
             much."
        )
    });
    let aside = (set_aside > 0)
        .then(|| format!("We skipped {set_aside} of the reports because they don’t fit into months."));
    let cut = (table.cut > 0)
        .then(|| format!("We skipped {} lines because there are too many to show.", table.cut));
    [sums, aside, cut].into_iter().flatten().collect()
}

fn column(column: &Column, span: SpanChoice, with_currency: bool) -> StatementColumn {
    let label = match span {
        SpanChoice::Month => figures::month(column.from),
        SpanChoice::Quarter | SpanChoice::Year => {
            format!("{} to {}", figures::month(column.from), figures::month(column.to))
        }
    };
    let currency = column.currency.as_deref().filter(|_| with_currency);
    let missing: Vec<String> = column.missing.iter().map(|month: &Month| figures::month(*month)).collect();
    StatementColumn {
        label: currency.map_or(label.clone(), |code| format!("{label}, {code}")),
        missing: if column.has_several_currencies {
            Some("Several currencies: not summed".to_owned())
        } else {
            (!missing.is_empty()).then(|| format!("Missing: {}", missing.join(", ")))
        },
    }
}

fn row(row: &Row) -> StatementRow {
    let (kind, unnamed) = match row.kind {
        RowKind::Section => (StatementRowKind::Section, "Unnamed"),
        RowKind::Line => (StatementRowKind::Line, "Unnamed"),
        RowKind::Total => (StatementRowKind::Total, "Unnamed"),
        RowKind::Difference | RowKind::Imbalance => (StatementRowKind::Difference, "Difference"),
    };
    StatementRow {
        kind,
        depth: row.depth,
        label: row.label.clone().unwrap_or_else(|| unnamed.to_owned()),
        figures: row.figures.iter().map(FigureView::from).collect(),
    }
}

fn kind(data_type: &str) -> Result<StatementKind, WireError> {
    [StatementKind::ProfitAndLoss, StatementKind::BalanceSheet, StatementKind::CashFlow]
        .into_iter()
        .find(|kind| kind.key() == data_type)
        .ok_or_else(|| WireError::new(Code::BadArguments, format!("“{data_type}” isn’t a statement.")))
}

fn what(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::ProfitAndLoss => "profit and loss",
        StatementKind::BalanceSheet => "balance sheets",
        StatementKind::CashFlow => "cash flow statements",
    }
}
