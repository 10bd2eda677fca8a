//! The same line in several months is one line: trees of lines laid over one another.

use std::collections::{BTreeMap, HashMap};

use super::{Figure, Line, Part};

/// What makes a line under its parent the same as in another month: its account, else its name; and which of
/// several alike it is.
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
    /// One for each column.
    pub(super) figures: Vec<Figure>,
    /// In the order in which they are shown.
    pub(super) children: Vec<usize>,
    known: HashMap<Key, usize>,
}

/// The lines of one part, laid over one another. The first node is the part itself.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) part: Part,
    pub(super) nodes: Vec<Node>,
    blank: Vec<Figure>,
    /// How many lines there is room for yet.
    room: usize,
    /// How many found none, those below them not counted.
    pub(super) cut: usize,
}

impl Tree {
    /// A tree without lines, and room for so many; `blank` is what a line has in each column before anything
    /// was said.
    pub(super) fn new(part: Part, blank: Vec<Figure>, room: usize) -> Self {
        let mut tree = Self { part, nodes: Vec::new(), blank, room, cut: 0 };
        tree.sprout(None);
        tree
    }

    /// Lays a month's lines over those that are there. The order of the first month laid stands; a line that
    /// is new comes after the one that it follows in its own month.
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
            *figure = Figure::of(line.value.as_ref());
        }
        if node.label.is_none() {
            node.label.clone_from(&line.name);
        }
    }

    /// The node of each line under a node, made where there was none and there is room.
    fn children_for(&mut self, parent: usize, lines: &[Line]) -> Vec<Option<usize>> {
        let mut nodes = Vec::with_capacity(lines.len());
        // New lines by the old one that they follow; `None` for those that come first.
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
        // An account keeps its line when it is renamed.
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

/// Old lines in their order, each with those that follow it.
fn spliced(old: &[usize], mut followers: BTreeMap<Option<usize>, Vec<usize>>) -> Vec<usize> {
    let mut order = followers.remove(&None).unwrap_or_default();
    for node in old {
        order.push(*node);
        order.extend(followers.remove(&Some(*node)).unwrap_or_default());
    }
    order
}
