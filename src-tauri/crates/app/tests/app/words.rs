//! The words of messages that people see: one term for one thing. `ui/src/words.test.ts` does this for the interface.

use std::{fs, path::Path};

/// Terms that no text may contain, separated by bars, and what to write instead.
const OLD_TERMS: &[(&str, &str)] = &[
    ("sweep|sweeps", "“check”"),
    ("anew|by itself|of whom|rests on", "“again”, “automatically”, “for”, “based on”"),
    ("go on|goes on|under way|left out", "“continue”, “in progress”, “skipped”"),
    ("asked for|told|taken back", "“sent”, who tells whom, “cancelled”"),
    ("reckoned|begins|mend|refuses the", "“calculated”, “starts”, “fix”, “rejected”"),
    ("what is|what became|no longer there", "the thing itself, “no longer exists”"),
    ("is read|was read|being read", "“refresh”, “load” or “sync”, and who does it"),
    ("cannot|could not|does not|did not|is not|are not|was not", "a contraction, and who acts"),
];

/// The string literals of a source that are more than a key, without those of logs, lints and the tests at its end.
fn texts(source: &str) -> Vec<String> {
    let mut rest = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    // The code of the current statement, by which a log or a lint is known.
    let (mut texts, mut statement) = (Vec::new(), String::new());
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("r#\"") {
            rest.find("\"#").map_or(rest.len(), |end| end + 2)
        } else if first == '"' {
            let mut is_escaped = false;
            let end = rest[1..].find(|letter| {
                let is_end = letter == '"' && !is_escaped;
                is_escaped = letter == '\\' && !is_escaped;
                is_end
            });
            let text = &rest[1..end.map_or(rest.len(), |end| end + 1)];
            let is_hidden = statement.contains("tracing::") || statement.trim_end().ends_with("reason =");
            texts.extend((text.contains(' ') && !is_hidden).then(|| text.replace("\\\n", " ")));
            end.map_or(rest.len(), |end| end + 2)
        } else {
            statement.push(first);
            first.len_utf8()
        };
        if [';', '{', '}'].contains(&first) {
            statement.clear();
        }
        rest = &rest[length..];
    }
    texts
}

/// What to write instead of the old terms in a text.
fn old_terms(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let words = words.collect::<Vec<_>>().join(" ");
    let has = |term: &str| format!(" {words} ").contains(&format!(" {term} "));
    let found = OLD_TERMS.iter().filter(|(terms, _)| terms.split('|').any(has));
    found.map(|(_, better)| format!("“{text}”: use {better}")).collect()
}

/// The sources below a folder, without modules for tests.
fn sources(root: &Path) -> Vec<String> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(root).unwrap().with_extension(""), source));
            }
        }
    }
    let after = files.iter().flat_map(|(_, source)| source.split("#[cfg(test)]\nmod ").skip(1));
    let of_tests: Vec<&str> = after.filter_map(|after| Some(after.split_once(';')?.0)).collect();
    let is_test = |part: &std::ffi::OsStr| of_tests.iter().any(|name| *name == part);
    files.iter().filter(|(path, _)| !path.iter().any(is_test)).map(|(_, source)| source.clone()).collect()
}

#[test]
fn texts_are_found_without_logs_lints_comments_and_tests() {
    let code = "// \"a b\"\n#[expect(reason = \"a b\")] tracing::warn!(\"a b\"); ('\"', \"a text\", \"key\")";
    let tests = "#[cfg(test)]\nmod tests { \"a test\" }";
    assert_eq!(texts(&format!("{code}\n{tests}")), ["a text"]);
}

#[test]
fn no_text_of_the_app_uses_an_old_term() {
    assert_eq!(old_terms("The next Sweep begins").len(), 2);
    assert_eq!(old_terms("Recommended categories"), [""; 0]);
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for of in ["app/src", "engine/src", "webhost/src", "../src"] {
        let texts: Vec<String> = sources(&crates.join(of)).iter().flat_map(|source| texts(source)).collect();
        assert!(texts.len() > 2, "{of}");
        let found: Vec<String> = texts.iter().flat_map(|text| old_terms(text)).collect();
        assert_eq!(found, [""; 0], "{of}");
    }
}
