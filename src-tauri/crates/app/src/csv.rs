//! CSV lines (RFC 4180) in which no field is a formula for a spreadsheet.

use jiff::Timestamp;

/// The first characters of formulas, in both widths.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Invisible characters that a spreadsheet may ignore at the start of a field.
const INVISIBLE: [char; 4] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{feff}'];

/// A line of text fields.
pub(crate) fn line<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    joined(fields.into_iter().map(guarded), ',')
}

/// A line of fields that need no guard, such as negative amounts.
pub(crate) fn joined(fields: impl IntoIterator<Item = String>, separator: char) -> String {
    let fields: Vec<String> = fields.into_iter().map(|field| quoted(field, separator)).collect();
    format!("{}\r\n", fields.join(separator.encode_utf8(&mut [0; 4])))
}

/// A text that no spreadsheet interprets as a formula.
pub(crate) fn guarded(text: &str) -> String {
    let first_visible =
        text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || INVISIBLE.contains(&c));
    if first_visible.starts_with(FORMULA_SIGNS) || text.starts_with(['\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A time in UTC, to the second. Empty if there is none.
pub(crate) fn instant(milliseconds: Option<i64>) -> String {
    let instant = milliseconds.and_then(|at| Timestamp::from_second(at.div_euclid(1_000)).ok());
    instant.map(|at| at.to_string()).unwrap_or_default()
}

fn quoted(field: String, separator: char) -> String {
    if field.contains([separator, '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn what_would_break_a_line_is_quoted_and_what_would_run_is_text() {
        assert_eq!(line(["a", "b,c", "d\"e", "f\ng"]), "a,\"b,c\",\"d\"\"e\",\"f\ng\"\r\n");
        assert_eq!(line(["=1+1", "@x", "-5"]), "'=1+1,'@x,'-5\r\n");
    }

    #[test]
    fn a_formula_is_guarded_whatever_stands_before_it_and_in_any_width() {
        for sign in ['=', '+', '-', '@', '＝', '＋', '－', '＠'] {
            for before in ["", " ", "\n", "\r\n", "\t", "  \n ", "\u{a0}", "\u{feff}", "\u{200b}", "\0"] {
                let text = format!("{before}{sign}1");
                assert_eq!(guarded(&text), format!("'{text}"), "{text:?}");
            }
        }
        for harmless in ["", " ", "a=b", "1-2", "(=)", "\"=1\"", "Ünal", " a"] {
            assert_eq!(guarded(harmless), harmless);
        }
        assert_eq!(guarded("\tx"), "'\tx", "some take what follows for a formula of its own");
    }

    #[test]
    fn an_instant_is_to_the_second_and_may_be_missing() {
        assert_eq!(instant(Some(1_796_000_000_999)), "2026-11-30T00:53:20Z");
        assert_eq!(instant(None), "");
    }

    proptest! {
        #[test]
        fn any_lines_read_back_field_by_field(
            lines in vec(vec(any_field(), 1..6), 1..6),
        ) {
            let text: String = lines.iter().map(|fields| line(fields.iter().map(String::as_str))).collect();
            let read = read_back(&text);
            let guarded: Vec<Vec<String>> =
                lines.iter().map(|fields| fields.iter().map(|field| guarded(field)).collect()).collect();
            // A line with one empty field is an empty line, which CSV readers skip.
            let written: Vec<_> = guarded.into_iter().filter(|fields| fields != &[""]).collect();
            prop_assert_eq!(read, written);
        }

        #[test]
        fn no_field_is_taken_for_a_formula(field in any_field()) {
            let guarded = guarded(&field);
            let shown = guarded.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
            prop_assert!(!shown.starts_with(['=', '+', '-', '@']), "{:?}", guarded);
            prop_assert!(guarded == field || guarded.strip_prefix('\'') == Some(&*field));
        }
    }

    fn any_field() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[=+@,;\"'\r\n\t a-]{0,8}"]
    }

    /// The fields of a text, as an independent reader sees them.
    pub(crate) fn read_back(text: &str) -> Vec<Vec<String>> {
        let mut reader =
            ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}
