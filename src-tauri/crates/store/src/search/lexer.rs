//! Splits the search text into terms, with their positions in UTF-16 units.

/// A term as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Its start, including a `-`, in UTF-16 units.
    pub(crate) start: u32,
    /// Its end, in UTF-16 units.
    pub(crate) end: u32,
    pub(crate) negated: bool,
    /// The text before the colon, if it may be a filter name.
    pub(crate) filter: Option<String>,
    /// The remaining text without quotation marks.
    pub(crate) value: String,
    /// The position of a quotation mark that is not closed.
    pub(crate) open_quote: Option<u32>,
}

/// The length of a text in UTF-16 units.
pub(crate) fn utf16_len(text: &str) -> u32 {
    text.chars().map(utf16_width).sum()
}

/// The terms of a search, in order.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut scanner = Scanner { chars: text.chars().peekable(), position: 0 };
    loop {
        while scanner.chars.peek().is_some_and(|c| c.is_whitespace()) {
            scanner.next();
        }
        if scanner.chars.peek().is_none() {
            return tokens;
        }
        tokens.push(scanner.token());
    }
}

struct Scanner<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    position: u32,
}

impl Scanner<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.chars.next()?;
        self.position += utf16_width(c);
        Some(c)
    }

    fn token(&mut self) -> Token {
        let start = self.position;
        let mut token =
            Token { start, end: start, negated: false, filter: None, value: String::new(), open_quote: None };
        let mut quoted = false;
        if self.chars.peek() == Some(&'-') {
            self.next();
            token.negated = self.chars.peek().is_some_and(|c| !c.is_whitespace());
            if !token.negated {
                token.value.push('-');
            }
        }
        while let Some(c) = self.chars.peek().copied() {
            if c.is_whitespace() && token.open_quote.is_none() {
                break;
            }
            let position = self.position;
            self.next();
            match c {
                '"' => {
                    quoted = true;
                    token.open_quote = if token.open_quote.is_some() { None } else { Some(position) };
                }
                ':' if token.filter.is_none() && !quoted && could_be_filter(&token.value) => {
                    token.filter = Some(std::mem::take(&mut token.value));
                }
                c => token.value.push(c),
            }
        }
        token.end = self.position;
        token
    }
}

fn could_be_filter(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic())
}

fn utf16_width(c: char) -> u32 {
    if c.len_utf16() == 2 { 2 } else { 1 }
}
