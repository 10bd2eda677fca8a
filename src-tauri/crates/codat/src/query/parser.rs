//! The parser: first connectives and braces, then each piece between them as a comparison.

use percent_encoding::percent_decode_str;

use super::{Comparison, LIMIT, Operator, Query, QueryError};

/// The characters that an operator can start with.
pub(super) const OPERATOR_STARTS: [char; 5] = ['=', '!', '~', '>', '<'];

/// The deepest nesting of groups. It is far above real queries and far below the end of the stack.
const DEEPEST: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    And,
    Or,
    Open,
    Close,
    Piece(&'t str),
}

/// Whether a text contains a connective or a brace.
pub(super) fn holds_structure(text: &str) -> bool {
    next_mark(text).is_some()
}

/// Parses a query whose properties satisfy `valid_property`.
pub(super) fn parse(text: &str, valid_property: fn(&str) -> bool) -> Result<Query, QueryError> {
    let characters = text.chars().count();
    if characters >= LIMIT {
        return Err(QueryError::TooLong { characters });
    }
    if text.contains(['=', '~', '>', '<']) {
        return Parser::new(text, valid_property).query();
    }
    // A text without a comparison may be percent-encoded as a whole, as a URL has it.
    let decoded = percent_decode_str(text).decode_utf8();
    let decoded = decoded.map_err(|_| QueryError::malformed("it isn’t text in UTF-8"))?;
    Parser::new(&decoded, valid_property).query()
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
    depth: usize,
    valid_property: fn(&str) -> bool,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, valid_property: fn(&str) -> bool) -> Self {
        Self { tokens: tokens(text), at: 0, depth: 0, valid_property }
    }

    fn query(mut self) -> Result<Query, QueryError> {
        let query = self.parse_or()?;
        match self.peek() {
            None => Ok(query),
            Some(Token::Close) => Err(QueryError::malformed("a } closes nothing")),
            Some(Token::Piece(piece)) => Err(unjoined(piece)),
            Some(Token::Open) => Err(unjoined("{")),
            Some(Token::And | Token::Or) => Err(QueryError::malformed("a connective joins nothing")),
        }
    }

    fn parse_or(&mut self) -> Result<Query, QueryError> {
        let mut query = self.parse_and()?;
        while self.consume_if(Token::Or) {
            query = query.or(self.parse_and()?);
        }
        Ok(query)
    }

    fn parse_and(&mut self) -> Result<Query, QueryError> {
        let mut query = self.parse_primary()?;
        while self.consume_if(Token::And) {
            query = query.and(self.parse_primary()?);
        }
        Ok(query)
    }

    fn parse_primary(&mut self) -> Result<Query, QueryError> {
        let token = self.peek();
        self.at += 1;
        match token {
            Some(Token::Piece(piece)) => comparison(piece, self.valid_property).map(Query::Compare),
            Some(Token::Open) => self.parse_group(),
            Some(Token::Close) => Err(QueryError::malformed("a comparison is missing before }")),
            Some(Token::And) => Err(QueryError::malformed("a comparison is missing before &&")),
            Some(Token::Or) => Err(QueryError::malformed("a comparison is missing before ||")),
            None => Err(QueryError::malformed("a comparison is missing at the end")),
        }
    }

    fn parse_group(&mut self) -> Result<Query, QueryError> {
        if self.depth == DEEPEST {
            return Err(QueryError::malformed("groups are nested too deep"));
        }
        self.depth += 1;
        let query = self.parse_or()?;
        self.depth -= 1;
        if self.consume_if(Token::Close) {
            Ok(query)
        } else {
            Err(QueryError::malformed("a { is never closed"))
        }
    }

    fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    fn consume_if(&mut self, token: Token<'_>) -> bool {
        let there = self.peek() == Some(token);
        self.at += usize::from(there);
        there
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some((at, length, mark)) = next_mark(rest) {
        tokens.extend(piece(&rest[..at]));
        tokens.push(mark);
        rest = &rest[at + length..];
    }
    tokens.extend(piece(rest));
    tokens
}

fn piece(text: &str) -> Option<Token<'_>> {
    let text = text.trim();
    (!text.is_empty()).then_some(Token::Piece(text))
}

/// The first connective or brace: its position, length and kind.
fn next_mark(text: &str) -> Option<(usize, usize, Token<'static>)> {
    text.char_indices().find_map(|(at, c)| match c {
        '{' => Some((at, 1, Token::Open)),
        '}' => Some((at, 1, Token::Close)),
        '&' if text[at..].starts_with("&&") => Some((at, 2, Token::And)),
        '|' if text[at..].starts_with("||") => Some((at, 2, Token::Or)),
        _ => None,
    })
}

fn comparison(piece: &str, valid_property: fn(&str) -> bool) -> Result<Comparison, QueryError> {
    let Some(at) = piece.find(OPERATOR_STARTS) else {
        return Err(QueryError::malformed(format!("“{piece}” compares nothing")));
    };
    let (property, rest) = piece.split_at(at);
    let Some(operator) = Operator::ALL.into_iter().find(|operator| rest.starts_with(operator.as_str()))
    else {
        return Err(QueryError::malformed(format!("“{piece}” has no operator")));
    };
    let value = &rest[operator.as_str().len()..];
    Comparison::new(property, operator, value, valid_property)
}

fn unjoined(what: &str) -> QueryError {
    QueryError::malformed(format!("“{what}” is joined to what is before it by neither && nor ||"))
}
