//! Statements as they are said (§2.19), read with patience: what is odd costs a figure, not the statement.

use jiff::civil::Date;
use serde_json::value::RawValue;

use super::{Month, Part};
use crate::{
    amount::Amount,
    data::{Fields, day},
    open_enum,
    reading::{self, Misread},
    topic::StatementKind,
};

/// The most lines that are read of one report.
pub const MOST_LINES: usize = 50_000;
/// How deep lines may lie in one another.
pub const DEEPEST: usize = 40;

open_enum! {
    /// When income and expenses count.
    pub enum Basis {
        /// Not known.
        Unknown = "Unknown",
        /// When they are earned and incurred.
        Accrual = "Accrual",
        /// When they are paid.
        Cash = "Cash",
    }
}

open_enum! {
    /// How a cash flow statement is made.
    pub enum CashFlowInput {
        /// Not known.
        Unknown = "Unknown",
        /// From profit, corrected.
        Indirect = "Indirect",
        /// From what was paid.
        Direct = "Direct",
    }
}

/// A statement: several reports of the same kind, as one answer has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Which.
    pub kind: StatementKind,
    /// The code of its currency.
    pub currency: Option<String>,
    /// When income and expenses count; not of a balance sheet.
    pub basis: Option<Basis>,
    /// How it is made; of a cash flow alone.
    pub input: Option<CashFlowInput>,
    /// The newest month that the source has.
    pub newest: Option<Month>,
    /// The earliest month that the source has.
    pub earliest: Option<Month>,
    /// In the server's order.
    pub reports: Vec<Report>,
    /// How many reports could not be read: they say no time, or are no objects.
    pub unreadable: usize,
}

/// A report over one period, or at one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The first day; none for a balance sheet.
    pub from: Option<Date>,
    /// The last day; of a balance sheet, its day.
    pub to: Date,
    /// The parts that were said, in the order of [`Part::of`].
    pub parts: Vec<(Part, Line)>,
    /// How many lines were left out: beyond [`MOST_LINES`], or lying deeper than [`DEEPEST`], where those
    /// below them are not counted.
    pub cut: usize,
}

/// A line, with those under it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// The account, by the source's identifier.
    pub account_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its amount; none where there is none, or no number.
    pub value: Option<Amount>,
    /// The lines under it.
    pub items: Vec<Self>,
}

impl Statement {
    /// The statement that an answer holds which was taken as it was said.
    ///
    /// # Errors
    /// Why it is no statement, in plain words.
    pub fn said(kind: StatementKind, raw: &RawValue) -> Result<Self, String> {
        Self::read(kind, raw.get().as_bytes()).map_err(|misread| misread.quoting())
    }

    pub(crate) fn read(kind: StatementKind, bytes: &[u8]) -> Result<Self, Misread> {
        let fields: Fields<'_> = reading::json(bytes)?;
        if fields.members().all(|(name, _)| name != "reports") {
            return Err(Misread::new("The answer is not a statement: it has no reports.", bytes));
        }
        let said = fields.at("reports").map_or_else(|| Some(Vec::new()), array);
        let said = said.ok_or_else(|| Misread::new("The reports of the answer are not a list.", bytes))?;
        let reports: Vec<Report> = said.iter().filter_map(|raw| Report::read(kind, raw)).collect();
        let text = |path| fields.text_at(path).filter(|text| !text.trim().is_empty());
        let month = |path| text(path).as_deref().and_then(day).map(Month::of);
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
        let fields = Fields::of(raw);
        let at = |path| fields.text_at(path).as_deref().and_then(day);
        let (from, to) = match kind {
            StatementKind::BalanceSheet => (None, at("date")?),
            StatementKind::ProfitAndLoss | StatementKind::CashFlow => (at("fromDate"), at("toDate")?),
        };
        let mut room = Room { left: MOST_LINES, cut: 0 };
        let parts = Part::of(kind).iter().filter_map(|part| {
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

    /// What was said of a part.
    pub fn part(&self, part: Part) -> Option<&Line> {
        self.parts.iter().find(|(said, _)| *said == part).map(|(_, line)| line)
    }

    /// The month that it lies in; nothing where it goes beyond one.
    pub fn month(&self) -> Option<Month> {
        let month = Month::of(self.to);
        self.from.is_none_or(|from| Month::of(from) == month).then_some(month)
    }
}

/// How many lines may still be read.
struct Room {
    left: usize,
    cut: usize,
}

fn line(raw: &RawValue, depth: usize, room: &mut Room) -> Line {
    let fields = Fields::of(raw);
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
