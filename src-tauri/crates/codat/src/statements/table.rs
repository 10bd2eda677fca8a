//! A statement as a table: months across, lines down, and nothing unaccounted for.

use rust_decimal::Decimal;

use super::{
    Figure, Merged, Month, Part,
    align::{Node, Tree},
};
use crate::topic::StatementKind;

/// A statement, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Which.
    pub kind: StatementKind,
    /// Oldest first.
    pub columns: Vec<Column>,
    /// From top to bottom; each has a figure for each column.
    pub rows: Vec<Row>,
    /// How many lines were left out, those below them not counted: there are too many. What they come to
    /// shows as a difference.
    pub cut: usize,
}

/// The most figures of a table: 10,000 lines over twenty years, twice.
const MOST_FIGURES: usize = 5_000_000;

/// A span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its first month.
    pub from: Month,
    /// Its last month.
    pub to: Month,
    /// Of its months, those that there is no statement for. Of a balance sheet, which is that of the last
    /// month there is, the months since then.
    pub missing: Vec<Month>,
    /// The currency of its figures; none where none is said or there are several.
    pub currency: Option<String>,
    /// Whether its months are in several currencies, so that nothing can be summed.
    pub has_several_currencies: bool,
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// A part with its lines below it, and what they come to.
    Section,
    /// A line.
    Line,
    /// A part that follows from others.
    Total,
    /// By how much the row that it belongs to differs from what is below it. It is there only where something
    /// differs, or cannot be checked.
    Difference,
    /// By how much the row that it belongs to differs from the parts that it follows from; likewise.
    Imbalance,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// The part that it lies in.
    pub part: Part,
    /// The row that it lies under.
    pub parent: Option<usize>,
    /// How deep: 0 for sections and totals.
    pub depth: usize,
    /// Its name; none for a line without one, and for differences.
    pub label: Option<String>,
    /// The account, by the source's identifier.
    pub account_id: Option<String>,
    /// One for each column.
    pub figures: Vec<Figure>,
}

/// A figure that is not what its lines, or the parts it follows from, come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// The row of the figure.
    pub row: usize,
    /// The column.
    pub column: usize,
    /// What was said.
    pub said: Figure,
    /// What was said less what it should be; none where the digits are too many to tell.
    pub difference: Option<Decimal>,
}

impl Table {
    /// Lays months side by side, those that are missing among them.
    pub fn months(merged: &Merged) -> Self {
        let months: Vec<Month> = merged.months().collect();
        let columns: Vec<Column> = months.iter().map(|month| column(merged, *month)).collect();
        let blank: Vec<Figure> = months
            .iter()
            .map(|month| if merged.report(*month).is_some() { Figure::Blank } else { Figure::Missing })
            .collect();
        let mut room = MOST_FIGURES / months.len().max(1);
        let trees: Vec<Tree> = Part::of(merged.kind)
            .iter()
            .map(|part| {
                let mut tree = Tree::new(*part, blank.clone(), room);
                // Newest first: its order and its names stand.
                for (index, month) in months.iter().enumerate().rev() {
                    if let Some(line) = merged.report(*month).and_then(|report| report.part(*part)) {
                        tree.lay(line, index);
                    }
                }
                room = room.saturating_sub(tree.nodes.len());
                tree
            })
            .collect();
        let cut = merged.cut + trees.iter().map(|tree| tree.cut).sum::<usize>();
        let mut table = Self { kind: merged.kind, columns, rows: Vec::new(), cut };
        trees.iter().for_each(|tree| table.push_part(tree));
        table
    }

    /// Everything that does not add up, from top to bottom.
    pub fn discrepancies(&self) -> Vec<Discrepancy> {
        let differences = self.rows.iter().filter(|row| match row.kind {
            RowKind::Difference | RowKind::Imbalance => true,
            RowKind::Section | RowKind::Line | RowKind::Total => false,
        });
        let mut found = Vec::new();
        for row in differences {
            let Some(parent) = row.parent else { continue };
            for (column, figure) in row.figures.iter().enumerate() {
                let difference = match figure {
                    Figure::Exact(difference) if difference.is_zero() => continue,
                    Figure::Exact(difference) => Some(*difference),
                    Figure::Said(_) | Figure::Unknown => None,
                    Figure::Blank | Figure::Missing => continue,
                };
                let said = self.figure(parent, column).clone();
                found.push(Discrepancy { row: parent, column, said, difference });
            }
        }
        found
    }

    /// The row of a part.
    pub fn part(&self, part: Part) -> Option<&Row> {
        self.rows.iter().find(|row| row.part == part && row.depth == 0)
    }

    fn figure(&self, row: usize, column: usize) -> &Figure {
        self.rows.get(row).and_then(|row| row.figures.get(column)).unwrap_or(&Figure::Missing)
    }

    fn push_part(&mut self, tree: &Tree) {
        let Some(root) = tree.nodes.first() else { return };
        let kind = if tree.part.has_lines() { RowKind::Section } else { RowKind::Total };
        let label = tree.part.label().to_owned();
        let row = self.push(tree, root, kind, None, 0);
        if let Some(row) = self.rows.get_mut(row) {
            row.label = Some(label);
        }
        self.push_children(tree, root, row);
        self.check_identity(tree.part, row);
    }

    fn push(
        &mut self,
        tree: &Tree,
        node: &Node,
        kind: RowKind,
        parent: Option<usize>,
        depth: usize,
    ) -> usize {
        self.rows.push(Row {
            kind,
            part: tree.part,
            parent,
            depth,
            label: node.label.clone(),
            account_id: node.account_id.clone(),
            figures: node.figures.clone(),
        });
        self.rows.len() - 1
    }

    /// Lines under a row, and what is not in them. No deeper than [`DEEPEST`](super::DEEPEST).
    fn push_children(&mut self, tree: &Tree, node: &Node, row: usize) {
        if node.children.is_empty() {
            return;
        }
        let depth = self.rows.get(row).map_or(0, |row| row.depth) + 1;
        let mut children = Vec::with_capacity(node.children.len());
        for child in node.children.iter().filter_map(|child| tree.nodes.get(*child)) {
            let at = self.push(tree, child, RowKind::Line, Some(row), depth);
            self.push_children(tree, child, at);
            children.push(at);
        }
        let sums: Vec<Figure> = (0..self.columns.len())
            .map(|column| Figure::sum(children.iter().map(|child| self.figure(*child, column))))
            .collect();
        self.reconcile(row, sums, RowKind::Difference);
    }

    /// Compares a part with those that it follows from.
    fn check_identity(&mut self, part: Part, row: usize) {
        let (plus, minus) = part.identity();
        if plus.is_empty() {
            return;
        }
        let sums: Vec<Figure> = (0..self.columns.len())
            .map(|column| {
                let signed = plus.iter().map(|part| (part, Decimal::ONE));
                let signed = signed.chain(minus.iter().map(|part| (part, Decimal::NEGATIVE_ONE)));
                signed.fold(Figure::Missing, |sum, (part, sign)| {
                    let figure = self.part(*part).and_then(|row| row.figures.get(column));
                    sum.and(figure.unwrap_or(&Figure::Missing), sign)
                })
            })
            .collect();
        self.reconcile(row, sums, RowKind::Imbalance);
    }

    /// Holds a row against what it should be: what was not said is taken from there, and what differs gets a
    /// row.
    fn reconcile(&mut self, at: usize, sums: Vec<Figure>, kind: RowKind) {
        let Some(row) = self.rows.get_mut(at) else { return };
        let mut differences = Vec::with_capacity(sums.len());
        for (figure, sum) in row.figures.iter_mut().zip(&sums) {
            if *figure == Figure::Blank && *sum != Figure::Missing {
                figure.clone_from(sum);
            }
            // A part cannot be held against parts of which nothing was said.
            let nothing_to_hold = kind == RowKind::Imbalance && *sum == Figure::Blank;
            differences.push(if *figure == Figure::Missing {
                Figure::Missing
            } else if nothing_to_hold {
                Figure::Blank
            } else {
                figure.less(sum)
            });
        }
        let differs = |figure: &Figure| match figure {
            Figure::Exact(difference) => !difference.is_zero(),
            Figure::Said(_) | Figure::Unknown => true,
            Figure::Blank | Figure::Missing => false,
        };
        if differences.iter().any(differs) {
            let (part, depth) = (row.part, row.depth + 1);
            self.rows.push(Row {
                kind,
                part,
                parent: Some(at),
                depth,
                label: None,
                account_id: None,
                figures: differences,
            });
        }
    }
}

fn column(merged: &Merged, month: Month) -> Column {
    Column {
        from: month,
        to: month,
        missing: if merged.report(month).is_some() { Vec::new() } else { vec![month] },
        currency: merged.currency(month).map(str::to_owned),
        has_several_currencies: false,
    }
}
