//! Case folding for search, so that "osaka" finds Ōsaka and "strasse" finds Straße.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Converts to lower case without accents and compatibility forms. Letters that are usually typed as one (ø, ł, đ, ı)
/// or two (ß, æ, œ) plain letters become those. Whitespace and control characters become spaces, so that text never
/// contains a field marker.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Like [`fold`], appended to `folded`.
pub(crate) fn fold_into(text: &str, folded: &mut String) {
    if text.is_ascii() {
        folded.extend(text.chars().map(|c| if is_blank(c) { ' ' } else { c.to_ascii_lowercase() }));
        return;
    }
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).nfkd() {
        if !is_combining_mark(c) {
            push_plain_letters(c, folded);
        }
    }
}

fn push_plain_letters(c: char, folded: &mut String) {
    let letters = match c {
        'ø' => "o",
        'ł' => "l",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ς' => "σ",
        c if is_blank(c) => " ",
        c => return folded.push(c),
    };
    folded.push_str(letters);
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_case_and_joined_letters_do_not_matter() {
        for (said, typed) in [
            ("Ōsaka", "osaka"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("Łódź", "lodz"),
            ("Ærø", "aero"),
            ("ĐAKOVO", "dakovo"),
            ("İstanbul", "istanbul"),
            ("Iğdır", "igdir"),
            ("ﬁnance", "finance"),
            ("Ｘero", "xero"),
            ("Ὀδυσσεύς", "οδυσσευσ"),
            ("a\u{0}b\tc\u{1f}d", "a b c d"),
        ] {
            assert_eq!(fold(said), typed, "{said} is typed as {typed}");
        }
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn no_mark_survives(text in any::<String>()) {
            prop_assert!(fold(&text).bytes().all(|byte| byte >= b' '));
        }
    }
}
