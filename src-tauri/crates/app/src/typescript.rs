//! Generates the TypeScript types from the commands. `UPDATE_WIRE=1 cargo test -p app wire` writes the file;
//! without the variable the test fails if the file is out of date.

use std::{any::TypeId, collections::BTreeMap, collections::HashSet, path::Path};

use ts_rs::{Config, TS, TypeVisitor};

use crate::{commands, error::WireError, wire::Event};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/lib/wire.ts");

/// Collects the declarations of a type and its dependencies.
struct Declarations {
    config: Config,
    seen: HashSet<TypeId>,
    texts: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let text = format!("{docs}export {}\n", T::decl(&self.config));
            self.texts.insert(T::name(&self.config), with_short_docs(&text));
        }
    }
}

/// The longest line of a doc comment, in bytes.
const LINE: usize = 110;

/// Writes each doc comment that fits on one line, as in `/** The company. */`, and removes spaces at ends of lines.
fn with_short_docs(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut doc: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        match (line, doc.is_empty()) {
            ("/**", true) => doc.push(line),
            (" */", false) => {
                let words: Vec<&str> =
                    doc.drain(..).skip(1).map(|line| line.trim_start_matches(" * ")).collect();
                let short = format!("/** {} */", words.join(" "));
                if short.len() <= LINE {
                    lines.push(short);
                } else {
                    lines.push("/**".to_owned());
                    lines.extend(words.iter().map(|words| format!(" * {words}")));
                    lines.push(" */".to_owned());
                }
            }
            (_, false) => doc.push(line),
            (_, true) => lines.push(line.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_interface_knows_the_wire_as_it_is() {
    let config = || Config::new().with_large_int("number");
    let mut declarations = Declarations { config: config(), seen: HashSet::new(), texts: BTreeMap::new() };
    declarations.visit::<Event>();
    declarations.visit::<WireError>();
    commands::visit(&mut declarations);
    let body = declarations.texts.into_values().collect::<Vec<_>>().join("\n");
    let commands = commands::typescript(&config()).join("\n");
    let events = commands::typescript_events().join("\n");
    let text = format!(
        "// Written from the application's commands by the tests of the crate `app`. Not edited by hand.\n\n\
         {body}\n/** Every command, with its arguments and its result. */\nexport type Commands = {{\n{commands}\n}};\n\n\
         /** The events after which the result of a query may be different. */\n\
         export const QUERY_EVENTS = {{\n{events}\n}} as const \
         satisfies Partial<Record<keyof Commands, readonly PortalEvent['type'][]>>;\n"
    );
    if std::env::var_os("UPDATE_WIRE").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let known = std::fs::read_to_string(Path::new(FILE)).unwrap();
    assert!(known == text, "ui/src/lib/wire.ts is stale: run UPDATE_WIRE=1 cargo test -p app wire");
}
