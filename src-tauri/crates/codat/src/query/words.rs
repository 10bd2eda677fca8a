//! Text that people type into a query box without knowing the query language.

use super::{Query, text::fold};

/// The words of a text in lower case, if it is not a query and has no character of the query language; else `None`.
/// Codat has no search by words (§2.3), so only a local copy can answer them.
pub fn words(text: &str) -> Option<Vec<String>> {
    let has_operator =
        text.contains(['=', '<', '>', '~', '{', '}']) || ["&&", "||"].iter().any(|it| text.contains(it));
    if has_operator || Query::parse(text).is_ok() {
        return None;
    }
    let words: Vec<_> = text.split_whitespace().map(fold).collect();
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_operator_is_words_and_the_rest_is_a_query_or_a_mistake() {
        assert_eq!(words("  Rowan  STORES "), Some(vec!["rowan".to_owned(), "stores".to_owned()]));
        assert_eq!(words("Smith & Sons (UK)!").map(|it| it.len()), Some(4));
        for text in
            ["", "   ", "name~rowan", "status==", "a=1 && b=2", "rowan && stores", "{rowan}", "total>"]
        {
            assert_eq!(words(text), None, "{text}");
        }
    }
}
