//! Lines of CSV (RFC 4180), which a spreadsheet takes for text and never for a formula.

use jiff::Timestamp;

/// One line.
pub(crate) fn line<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    joined(fields.into_iter().map(guarded))
}

/// One line of fields that may begin as they do, such as amounts below nothing.
pub(crate) fn joined(fields: impl IntoIterator<Item = String>) -> String {
    let fields: Vec<String> = fields.into_iter().map(quoted).collect();
    format!("{}\r\n", fields.join(","))
}

/// A text that no spreadsheet takes for a formula.
pub(crate) fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// An instant, in UTC to the second; empty where there is none.
pub(crate) fn instant(milliseconds: Option<i64>) -> String {
    let instant = milliseconds.and_then(|at| Timestamp::from_second(at.div_euclid(1_000)).ok());
    instant.map(|at| at.to_string()).unwrap_or_default()
}

fn quoted(field: String) -> String {
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_a_line_is_quoted_and_what_would_run_is_text() {
        assert_eq!(line(["a", "b,c", "d\"e", "f\ng"]), "a,\"b,c\",\"d\"\"e\",\"f\ng\"\r\n");
        assert_eq!(line(["=1+1", "@x", "-5"]), "'=1+1,'@x,'-5\r\n");
    }

    #[test]
    fn an_instant_is_to_the_second_and_may_be_missing() {
        assert_eq!(instant(Some(1_796_000_000_999)), "2026-11-30T00:53:20Z");
        assert_eq!(instant(None), "");
    }
}
