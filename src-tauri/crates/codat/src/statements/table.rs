//! A statement as a table, with months as columns and lines as rows. All amounts are accounted for.

use rust_decimal::Decimal;

use super::{
    Figure, Month, MonthlyReports, Part,
    align::{Node, Tree},
};
use crate::topic::StatementKind;

/// A statement, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The kind of statement.
    pub kind: StatementKind,
    /// The columns, oldest first.
    pub columns: Vec<Column>,
    /// The rows from top to bottom. Each has one figure per column.
    pub rows: Vec<Row>,
    /// The number of lines left out because there are too many, without those below them. Their amounts show up as a
    /// difference.
    pub cut: usize,
}

/// The most figures of a table: 10,000 lines over twenty years, twice.
const MOST_FIGURES: usize = 5_000_000;

/// A period of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
    /// The months without a statement. A column of a balance sheet shows the last month that has one; then these are
    /// the months after it.
    pub missing: Vec<Month>,
    /// The currency. None if there is none or several.
    pub currency: Option<String>,
    /// Whether the months are in several currencies, so that they cannot be summed.
    pub has_several_currencies: bool,
}

/// The kind of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// A part with lines below it, and their total.
    Section,
    /// A line.
    Line,
    /// A part that is computed from others.
    Total,
    /// The difference between the row it belongs to and the sum of its lines. Present only if they differ or cannot
    /// be compared.
    Difference,
    /// The difference between the row it belongs to and the parts that it is computed from. Present only if they
    /// differ or cannot be compared.
    Imbalance,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The kind of row.
    pub kind: RowKind,
    /// The part that it belongs to.
    pub part: Part,
    /// The parent row.
    pub parent: Option<usize>,
    /// The depth: 0 for parts and totals.
    pub depth: usize,
    /// The name. None for differences and for a line without one.
    pub label: Option<String>,
    /// The ID of the account at the source.
    pub account_id: Option<String>,
    /// The figures, one per column.
    pub figures: Vec<Figure>,
}

/// A figure that differs from the sum of its lines, or from the parts it is computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// The row of the figure.
    pub row: usize,
    /// The column.
    pub column: usize,
    /// The reported amount.
    pub said: Figure,
    /// The reported amount minus the expected one. None if there are too many digits.
    pub difference: Option<Decimal>,
}

impl Table {
    /// Puts months side by side, including missing ones.
    pub fn months(merged: &MonthlyReports) -> Self {
        let months: Vec<Month> = merged.months().collect();
        let columns: Vec<Column> = months.iter().map(|month| column(merged, *month)).collect();
        let blank: Vec<Figure> = months
            .iter()
            .map(|month| if merged.report(*month).is_some() { Figure::Blank } else { Figure::Missing })
            .collect();
        let mut room = MOST_FIGURES / months.len().max(1);
        let trees: Vec<Tree> = Part::of_statement(merged.kind)
            .iter()
            .map(|part| {
                let mut tree = Tree::new(*part, blank.clone(), room);
                // Newest first: its order and names take precedence.
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

    /// All differences, from top to bottom.
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

    /// The lines below a row, and the difference to their sum. At most [`DEEPEST`](super::DEEPEST) levels deep.
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

    /// Compares a part with the parts that it is computed from.
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

    /// Compares a row with its expected figures. A missing figure is replaced by the expected one, and a difference
    /// gets a row.
    fn reconcile(&mut self, at: usize, sums: Vec<Figure>, kind: RowKind) {
        let Some(row) = self.rows.get_mut(at) else { return };
        let mut differences = Vec::with_capacity(sums.len());
        for (figure, sum) in row.figures.iter_mut().zip(&sums) {
            if *figure == Figure::Blank && *sum != Figure::Missing {
                figure.clone_from(sum);
            }
            // There is nothing to compare if none of the parts is reported.
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

fn column(merged: &MonthlyReports, month: Month) -> Column {
    Column {
        from: month,
        to: month,
        missing: if merged.report(month).is_some() { Vec::new() } else { vec![month] },
        currency: merged.currency(month).map(str::to_owned),
        has_several_currencies: false,
    }
}
