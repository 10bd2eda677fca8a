//! Financial statements: months, quarters or years across, lines down (§2.19).

use codat::{
    StatementKind, Topic,
    data::Category,
    statements::{Column, Discrepancy, Month, Row, RowKind, Span, Table},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Nothing, company_id,
    summary::{MONTHS, info, merged, said, standings},
};
use crate::{
    absence::{self, AbsenceView, is_linked},
    app::App,
    convert::millis,
    error::{Code, WireError},
    fetch::{asked_at, company, fetch_due, is_reading},
    figures::{self, FigureView},
};

/// A statement that is asked for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatementRequest {
    /// The company.
    pub company: String,
    /// The data type's key.
    pub data_type: String,
    /// What a column covers.
    pub span: SpanChoice,
}

/// What a column covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SpanChoice {
    Month,
    Quarter,
    Year,
}

/// A statement to be fetched.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatementLoad {
    /// The company.
    pub company: String,
    /// The data type's key.
    pub data_type: String,
    /// Also where it was asked for lately.
    pub always: bool,
}

/// A statement.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatementView {
    /// Oldest first.
    pub columns: Vec<StatementColumn>,
    /// From top to bottom.
    pub rows: Vec<StatementRow>,
    /// The currency, where all columns have the same.
    pub currency: Option<String>,
    /// When income and expenses count, where it is said.
    pub basis: Option<String>,
    /// What does not add up, what was left out; a sentence each.
    pub remarks: Vec<String>,
    /// When it was last asked for.
    pub as_of: Option<i64>,
    /// Whether it is being read from the source.
    pub reading: bool,
    /// Why there is none.
    pub absence: Option<AbsenceView>,
}

/// A span of time.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct StatementColumn {
    /// Oct 2026, or Jan to Mar 2026.
    pub label: String,
    /// What is missing from it.
    pub missing: Option<String>,
}

/// A row.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct StatementRow {
    /// What it is.
    pub kind: StatementRowKind,
    /// How deep.
    pub depth: usize,
    /// Its name.
    pub label: String,
    /// One for each column.
    pub figures: Vec<FigureView>,
}

/// What a row is; see [`RowKind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum StatementRowKind {
    Section,
    Line,
    Total,
    Difference,
}

impl App {
    /// A statement from what is kept.
    pub(crate) async fn statement(&self, request: StatementRequest) -> Result<StatementView, WireError> {
        let (id, kind) = (company_id(&request.company)?, kind(&request.data_type)?);
        let store = self.desk().await.store()?;
        let linked = is_linked(&company(&store, id).await?, Category::Accounting);
        let kept = said(&store, id, kind).await?;
        let first_month = info(&store, id).await?.map_or(1, |info| info.first_month());
        let mut view = StatementView {
            columns: Vec::new(),
            rows: Vec::new(),
            currency: None,
            basis: None,
            remarks: Vec::new(),
            as_of: kept.as_ref().and_then(asked_at).map(millis),
            reading: is_reading(&store, id, &[kind.key()]).await?,
            absence: None,
        };
        match merged(kind, kept.as_ref(), &standings(&store, id).await?, linked) {
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
            Err(missing) => view.absence = Some(absence::view(&missing, what(kind))),
        }
        Ok(view)
    }

    /// Asks for a statement, where that was not done lately.
    pub(crate) async fn load_statement(&self, load: StatementLoad) -> Result<Nothing, WireError> {
        let (company, kind) = (company_id(&load.company)?, kind(&load.data_type)?);
        let topics = vec![
            Topic::DataStatus(company),
            Topic::Info(company),
            Topic::Statement { company, kind, months: MONTHS },
        ];
        fetch_due(&*self.desk().await, topics, load.always).await?;
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
        format!("The figures of {lines} are not what the lines below come to; rows named “Difference” say by how much.")
    });
    let aside = (set_aside > 0)
        .then(|| format!("{set_aside} of the reports have no place in months and were left out."));
    let cut =
        (table.cut > 0).then(|| format!("{} lines were left out: there are too many to show.", table.cut));
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
        RowKind::Section => (StatementRowKind::Section, "Without a name"),
        RowKind::Line => (StatementRowKind::Line, "Without a name"),
        RowKind::Total => (StatementRowKind::Total, "Without a name"),
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
        .ok_or_else(|| WireError::new(Code::BadArguments, format!("“{data_type}” is not a statement.")))
}

fn what(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::ProfitAndLoss => "profit and loss",
        StatementKind::BalanceSheet => "balance sheets",
        StatementKind::CashFlow => "cash flow statements",
    }
}
