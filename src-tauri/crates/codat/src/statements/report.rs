//! Statements as the API sends them (§2.19). Invalid values cost a figure, not the statement.

use jiff::civil::Date;
use serde_json::value::RawValue;

use super::{Month, Part};
use crate::{
    amount::Amount,
    data::{Fields, day},
    open_enum,
    reading::{self, DecodeError},
    topic::StatementKind,
};

/// The most lines of one report.
pub const MOST_LINES: usize = 50_000;
/// The deepest nesting of lines.
pub const DEEPEST: usize = 40;

open_enum! {
    /// The accounting basis: when income and expenses count.
    pub enum Basis {
        /// Not known.
        Unknown = "Unknown",
        /// When they are earned or incurred (accrual).
        Accrual = "Accrual",
        /// When they are paid (cash).
        Cash = "Cash",
    }
}

open_enum! {
    /// The method of a cash flow statement.
    pub enum CashFlowInput {
        /// Not known.
        Unknown = "Unknown",
        /// From profit, with adjustments (indirect).
        Indirect = "Indirect",
        /// From payments (direct).
        Direct = "Direct",
    }
}

/// A statement: several reports of the same kind, from one response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The kind of statement.
    pub kind: StatementKind,
    /// The currency code.
    pub currency: Option<String>,
    /// The accounting basis. Not for a balance sheet.
    pub basis: Option<Basis>,
    /// The method. For a cash flow statement only.
    pub input: Option<CashFlowInput>,
    /// The newest month that the source has.
    pub newest: Option<Month>,
    /// The earliest month that the source has.
    pub earliest: Option<Month>,
    /// The reports, in the order of the server.
    pub reports: Vec<Report>,
    /// The number of reports that cannot be decoded: they have no dates or are not objects.
    pub unreadable: usize,
}

/// A report of one period, or of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The first day. None for a balance sheet.
    pub from: Option<Date>,
    /// The last day. For a balance sheet, its day.
    pub to: Date,
    /// The reported parts, in the order of [`Part::of_statement`].
    pub parts: Vec<(Part, Line)>,
    /// The number of lines left out, beyond [`MOST_LINES`] or nested deeper than [`DEEPEST`], without those below
    /// them.
    pub cut: usize,
}

/// A line, with the lines below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// The ID of the account at the source.
    pub account_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The amount. None if it is missing or not a number.
    pub value: Option<Amount>,
    /// The lines below it.
    pub items: Vec<Self>,
}

impl Statement {
    /// Decodes a statement from raw JSON.
    ///
    /// # Errors
    /// Why it is not a statement, in plain words.
    pub fn from_raw(kind: StatementKind, raw: &RawValue) -> Result<Self, String> {
        Self::read(kind, raw.get().as_bytes()).map_err(|misread| misread.quoting())
    }

    pub(crate) fn read(kind: StatementKind, bytes: &[u8]) -> Result<Self, DecodeError> {
        let fields: Fields<'_> = reading::json(bytes)?;
        if fields.members().all(|(name, _)| name != "reports") {
            return Err(DecodeError::new("The answer isn’t a statement: it has no reports.", bytes));
        }
        let said = fields.at("reports").map_or_else(|| Some(Vec::new()), array);
        let said = said.ok_or_else(|| DecodeError::new("The reports in the answer aren’t a list.", bytes))?;
        let reports: Vec<Report> = said.iter().filter_map(|raw| Report::read(kind, raw)).collect();
        let text = |path| fields.text_at(path).filter(|text| !text.trim().is_empty());
        let month = |path| text(path).as_deref().and_then(day).map(Month::containing);
        Ok(Self {
            kind,
            currency: text("currency"),
            basis: text("reportBasis").map(|text| Basis::from(text.as_str())),
            input: text("reportInput").map(|text| CashFlowInput::from(text.as_str())),
            newest: month("mostRecentAvailableMonth"),
            earliest: month("earliestAvailableMonth"),
            unreadable: said.len() - reports.len(),
            reports,
        })
    }
}

impl Report {
    fn read(kind: StatementKind, raw: &RawValue) -> Option<Self> {
        let fields = Fields::parse(raw);
        let at = |path| fields.text_at(path).as_deref().and_then(day);
        let (from, to) = match kind {
            StatementKind::BalanceSheet => (None, at("date")?),
            StatementKind::ProfitAndLoss | StatementKind::CashFlow => (at("fromDate"), at("toDate")?),
        };
        let mut room = Room { left: MOST_LINES, cut: 0 };
        let parts = Part::of_statement(kind).iter().filter_map(|part| {
            let raw = fields.at(part.key())?;
            let line = match part.has_lines() {
                true => line(raw, 0, &mut room),
                false => Line { value: amount(raw), ..Line::default() },
            };
            Some((*part, line))
        });
        let parts = parts.collect();
        Some(Self { from, to, parts, cut: room.cut })
    }

    /// The root line of a part, if it is reported.
    pub fn part(&self, part: Part) -> Option<&Line> {
        self.parts.iter().find(|(said, _)| *said == part).map(|(_, line)| line)
    }

    /// The month of the report. None if it covers more than one.
    pub fn month(&self) -> Option<Month> {
        let month = Month::containing(self.to);
        self.from.is_none_or(|from| Month::containing(from) == month).then_some(month)
    }
}

/// The number of lines that may still be decoded.
struct Room {
    left: usize,
    cut: usize,
}

fn line(raw: &RawValue, depth: usize, room: &mut Room) -> Line {
    let fields = Fields::parse(raw);
    let text = |path| fields.text_at(path).filter(|text| !text.is_empty());
    let said = fields.at("items").and_then(array).unwrap_or_default();
    let fits = if depth < DEEPEST { said.len().min(room.left) } else { 0 };
    room.left -= fits;
    room.cut += said.len() - fits;
    Line {
        account_id: text("accountId"),
        name: text("name"),
        value: fields.at("value").and_then(amount),
        items: said.into_iter().take(fits).map(|raw| line(raw, depth + 1, room)).collect(),
    }
}

fn amount(raw: &RawValue) -> Option<Amount> {
    serde_json::from_str(raw.get()).ok()
}

fn array(raw: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(raw.get()).ok()
}
