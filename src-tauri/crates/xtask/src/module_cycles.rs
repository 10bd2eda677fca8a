//! Finds modules of a crate that use each other in a circle.
//!
//! A module is a file. It uses another module if a path in its code leads there. Uses between a module and its own
//! submodules do not count: a parent re-exports its children, and children use what the parent shares among them.
//! Test modules within a file do not count either.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The path of a module below its crate. Empty for the crate root.
type Module = Vec<String>;
/// The modules that each module uses.
type Uses = BTreeMap<Module, BTreeSet<Module>>;

/// Fails if modules of a crate below this folder use each other in a circle.
pub(crate) fn check(crates: &Path) -> Result<()> {
    let mut found = Vec::new();
    for folder in entries(crates)? {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut files = BTreeMap::new();
        read_modules(&folder.join("src"), &Module::new(), &mut files)?;
        found.extend(cycles(&uses(&files)).into_iter().map(|cycle| {
            let modules: Vec<String> = cycle.iter().map(|module| module.join("::")).collect();
            format!("  {name}: {}", modules.join(", "))
        }));
    }
    ensure!(found.is_empty(), "modules use each other in a circle:\n{}", found.join("\n"));
    Ok(())
}

/// The paths in a folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>();
    read().with_context(|| format!("can’t read {}", folder.display()))
}

/// Reads the code of each module in a folder.
fn read_modules(folder: &Path, parent: &Module, files: &mut BTreeMap<Module, String>) -> Result<()> {
    for path in entries(folder)? {
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        let child = || parent.iter().cloned().chain([stem.to_owned()]).collect();
        if path.is_dir() && stem != "bin" {
            read_modules(&path, &child(), files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_root = parent.is_empty() && (stem == "lib" || stem == "main");
            let module = if is_root { Module::new() } else { child() };
            let text = fs::read_to_string(&path).with_context(|| format!("can’t read {}", path.display()))?;
            files.insert(module, code(&text));
        }
    }
    Ok(())
}

/// A source text without comments, string literals and the test module at its end.
fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("r#\"") {
            rest.find("\"#").map_or(rest.len(), |end| end + 2)
        } else if first == '"' {
            string_end(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else {
            code.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        };
        code.push(' ');
        rest = rest.get(skipped..).unwrap_or_default();
    }
    match code.find("#[cfg(test)]\nmod tests {") {
        Some(tests) => code.split_at(tests).0.to_owned(),
        None => code,
    }
}

/// The length of the string literal at the beginning of a text.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !is_escaped => return at + 1,
            _ => is_escaped = letter == '\\' && !is_escaped,
        }
    }
    text.len()
}

/// The modules that each module uses, without its own ancestors and submodules.
fn uses(files: &BTreeMap<Module, String>) -> Uses {
    let of = |module: &Module, code: &str| {
        let used = paths(code).into_iter().filter_map(|path| target(module, &path, files));
        used.filter(|used| !used.starts_with(module) && !module.starts_with(used)).collect()
    };
    files.iter().map(|(module, code)| (module.clone(), of(module, code))).collect()
}

/// The paths in code, with the groups of `use` declarations taken apart: `a::{b, c::d}` gives `a::b` and `a::c::d`.
fn paths(code: &str) -> Vec<Vec<String>> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut paths = Vec::new();
    // The prefixes of the groups that are open.
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut is_joined = false;
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let taken = if is_word(first) {
            let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            let (word, _) = rest.split_at(length);
            if !is_joined {
                paths.push(std::mem::replace(&mut path, groups.last().cloned().unwrap_or_default()));
            }
            path.push(word.to_owned());
            is_joined = false;
            length
        } else if rest.starts_with("::") {
            is_joined = true;
            2
        } else {
            match first {
                '{' if is_joined => groups.push(path.clone()),
                // Another kind of block. It ends as a group does.
                '{' => groups.push(Vec::new()),
                '}' => drop(groups.pop()),
                _ => {}
            }
            is_joined &= first.is_whitespace();
            first.len_utf8()
        };
        rest = rest.split_at(taken).1;
    }
    paths.push(path);
    paths.retain(|path| path.len() > 1);
    paths
}

/// The module that a path leads to, if it is one of this crate.
fn target(module: &Module, path: &[String], files: &BTreeMap<Module, String>) -> Option<Module> {
    let (first, mut rest) = path.split_first()?;
    let mut full = match first.as_str() {
        "crate" => Module::new(),
        "self" => module.clone(),
        "super" => {
            let mut parent = module.clone();
            parent.pop();
            while let [next, others @ ..] = rest
                && next == "super"
            {
                parent.pop();
                rest = others;
            }
            parent
        }
        _ => {
            // A child of this module; anything else is a path into another crate.
            rest = path;
            let child: Module = module.iter().cloned().chain([first.clone()]).collect();
            files.contains_key(&child).then(|| module.clone())?
        }
    };
    for step in rest {
        full.push(step.clone());
        if !files.contains_key(&full) {
            full.pop();
            break;
        }
    }
    Some(full)
}

/// The groups of modules that use each other in a circle, each sorted.
fn cycles(uses: &Uses) -> Vec<Vec<&Module>> {
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        uses.keys().map(|module| (module, reachable(module, uses))).collect();
    let reaches = |from: &Module, to: &Module| reached.get(from).is_some_and(|reached| reached.contains(to));
    let mut cycles: Vec<Vec<&Module>> = uses
        .keys()
        .filter(|module| reaches(module, module))
        .map(|module| uses.keys().filter(|other| reaches(module, other) && reaches(other, module)).collect())
        .collect();
    cycles.sort();
    cycles.dedup();
    cycles
}

/// The modules that a module uses, directly or through others.
fn reachable<'a>(from: &Module, uses: &'a Uses) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = uses.get(from).into_iter().flatten().collect();
    while let Some(module) = open.pop() {
        if reached.insert(module) {
            open.extend(uses.get(module).into_iter().flatten());
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let module =
            |path: &str| path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let files: BTreeMap<Module, String> =
            files.iter().map(|(path, text)| (module(path), code(text))).collect();
        let joined =
            |cycle: Vec<&Module>| cycle.iter().map(|module| module.join("::")).collect::<Vec<_>>().join(" ");
        cycles(&uses(&files)).into_iter().map(joined).collect()
    }

    #[test]
    fn a_circle_over_several_modules_is_found_whichever_way_paths_are_written() {
        let files = [
            ("", "mod a; mod b; mod c;"),
            ("a", "use crate::{b::{self, B}, c};"),
            ("b", "fn f() { super::c::g() }"),
            ("c", "use crate::a::A;\nuse std::fmt;"),
        ];
        assert_eq!(found(&files), ["a b c"]);
    }

    #[test]
    fn a_parent_and_its_children_may_use_each_other() {
        let files = [
            ("", "mod a; pub use a::b::B;"),
            ("a", "mod b; use b::B;"),
            ("a::b", "use super::A; use crate::X;"),
        ];
        assert_eq!(found(&files), [""; 0]);
    }

    #[test]
    fn comments_strings_and_tests_use_nothing() {
        let files = [
            (
                "a",
                "// crate::b::B\nconst X: &str = \"crate::b\";\n#[cfg(test)]\nmod tests { use crate::b::B; }",
            ),
            ("b", "use crate::a::A;"),
        ];
        assert_eq!(found(&files), [""; 0]);
    }

    #[test]
    fn submodules_of_two_parents_that_use_each_other_are_a_circle() {
        let files = [("a", ""), ("a::x", "use crate::b::y::Y;"), ("b", ""), ("b::y", "use crate::a::x;")];
        assert_eq!(found(&files), ["a::x b::y"]);
    }
}
