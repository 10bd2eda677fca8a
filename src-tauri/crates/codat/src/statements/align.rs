//! Aligns the lines of several months: the same line in several months is one row.

use std::collections::{BTreeMap, HashMap};

use super::{Figure, Line, Part};

/// Identifies a line below its parent across months: by its account, or else its name, and its position among lines
/// with the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    account_id: Option<String>,
    name: Option<String>,
    nth: usize,
}

/// A line over all months.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) label: Option<String>,
    pub(super) account_id: Option<String>,
    /// The figures, one per column.
    pub(super) figures: Vec<Figure>,
    /// The lines below it, in display order.
    pub(super) children: Vec<usize>,
    known: HashMap<Key, usize>,
}

/// The aligned lines of one part. The first node is the part itself.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) part: Part,
    pub(super) nodes: Vec<Node>,
    blank: Vec<Figure>,
    /// The number of lines that may still be added.
    room: usize,
    /// The number of lines left out, without those below them.
    pub(super) cut: usize,
}

impl Tree {
    /// A tree without lines. `blank` is the initial figure of a line in each column.
    pub(super) fn new(part: Part, blank: Vec<Figure>, room: usize) -> Self {
        let mut tree = Self { part, nodes: Vec::new(), blank, room, cut: 0 };
        tree.sprout(None);
        tree
    }

    /// Adds the lines of a month. The order of the first month takes precedence. A new line comes after the one that
    /// it follows in its own month.
    pub(super) fn lay(&mut self, line: &Line, column: usize) {
        let mut open = vec![(0, line)];
        while let Some((node, line)) = open.pop() {
            self.say(node, line, column);
            let children = self.children_for(node, &line.items);
            let lines = children.into_iter().zip(&line.items);
            open.extend(lines.filter_map(|(node, line)| Some((node?, line))));
        }
    }

    fn say(&mut self, node: usize, line: &Line, column: usize) {
        let Some(node) = self.nodes.get_mut(node) else { return };
        if let Some(figure) = node.figures.get_mut(column) {
            *figure = Figure::from_amount(line.value.as_ref());
        }
        if node.label.is_none() {
            node.label.clone_from(&line.name);
        }
    }

    /// The node of each line below a node. It is added if it is new and within the limit.
    fn children_for(&mut self, parent: usize, lines: &[Line]) -> Vec<Option<usize>> {
        let mut nodes = Vec::with_capacity(lines.len());
        // New lines by the existing one that they follow. `None` for those that come first.
        let mut followers: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        let mut last_old = None;
        for (key, line) in keys(lines).into_iter().zip(lines) {
            let known = self.nodes.get(parent).and_then(|node| node.known.get(&key).copied());
            let node = match known {
                Some(node) => {
                    last_old = Some(node);
                    Some(node)
                }
                None if self.room == 0 => {
                    self.cut += 1;
                    None
                }
                None => {
                    self.room -= 1;
                    let node = self.sprout(line.account_id.clone());
                    followers.entry(last_old).or_default().push(node);
                    if let Some(parent) = self.nodes.get_mut(parent) {
                        parent.known.insert(key, node);
                    }
                    Some(node)
                }
            };
            nodes.push(node);
        }
        if let Some(parent) = self.nodes.get_mut(parent).filter(|_| !followers.is_empty()) {
            parent.children = spliced(&parent.children, followers);
        }
        nodes
    }

    fn sprout(&mut self, account_id: Option<String>) -> usize {
        self.nodes.push(Node {
            label: None,
            account_id,
            figures: self.blank.clone(),
            children: Vec::new(),
            known: HashMap::new(),
        });
        self.nodes.len() - 1
    }
}

/// The key of each line among its siblings.
fn keys(lines: &[Line]) -> Vec<Key> {
    let mut alike: HashMap<(Option<&str>, Option<&str>), usize> = HashMap::new();
    let key = |line: &'_ Line| {
        let account_id = line.account_id.clone();
        // An account keeps its row when it is renamed.
        let name = if account_id.is_some() { None } else { line.name.clone() };
        (account_id, name)
    };
    lines
        .iter()
        .map(|line| {
            let (account_id, name) = key(line);
            let seen = match &line.account_id {
                Some(account) => alike.entry((Some(account.as_str()), None)).or_default(),
                None => alike.entry((None, line.name.as_deref())).or_default(),
            };
            let nth = *seen;
            *seen += 1;
            Key { account_id, name, nth }
        })
        .collect()
}

/// The existing lines in order, each followed by the new ones after it.
fn spliced(old: &[usize], mut followers: BTreeMap<Option<usize>, Vec<usize>>) -> Vec<usize> {
    let mut order = followers.remove(&None).unwrap_or_default();
    for node in old {
        order.push(*node);
        order.extend(followers.remove(&Some(*node)).unwrap_or_default());
    }
    order
}
