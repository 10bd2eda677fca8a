//! Completion of the search box.

use jiff::{Timestamp, ZonedDateTime};

use crate::{
    columns::{Columns, Field, IdHits, count_values},
    error::StoreError,
    fold::fold,
    search::{Filter, Search, status_label, tokens, utf16_len},
    store::Store,
    view::Suggestion,
};

/// The maximum number of suggestions.
const MAX_SUGGESTIONS: usize = 12;

/// The maximum number of candidates that are counted. The most frequent values come first.
const MAX_CANDIDATES: usize = 40;

/// A suggestion before its companies are counted.
struct Candidate {
    label: String,
    hint: String,
    /// Whether it is a complete filter, so that companies can be counted.
    is_complete: bool,
}

/// The search text around the term at the cursor.
struct CursorContext<'a> {
    search: &'a str,
    before: &'a str,
    after: &'a str,
    negated: bool,
    filter: Option<Filter>,
    /// The typed part of the filter's value, or of the word.
    typed: String,
    /// Whether a plain word precedes the term at the cursor.
    follows_word: bool,
}

impl Store {
    /// Suggestions at the cursor, which is in UTF-16 units: filter names, and then values, with the most companies
    /// first. At most 12.
    ///
    /// # Errors
    /// Database errors.
    pub async fn complete(
        &self,
        search: &str,
        cursor_utf16: u32,
        now: Timestamp,
    ) -> Result<Vec<Suggestion>, StoreError> {
        let (search, now) = (search.to_owned(), self.local_time(now));
        let current = self.column_snapshot().await?;
        let ids = self.id_hits(&Search::parse(&search, &now)).await?;
        let suggested = tokio::task::spawn_blocking(move || {
            let context = CursorContext::new(&search, cursor_utf16);
            suggest(&current.columns, &context, &ids, &now)
        });
        Ok(suggested.await?)
    }
}

fn suggest(
    columns: &Columns,
    context: &CursorContext<'_>,
    ids: &IdHits,
    now: &ZonedDateTime,
) -> Vec<Suggestion> {
    let other_terms = Search::parse(&format!("{} {}", context.before, context.after), now);
    let completion = Completion { columns, other_terms, ids, now };
    // While companies match the typed words as a name, the last word is not taken for a filter.
    let is_name = context.follows_word && completion.count(&Search::parse(context.search, now)) > 0;
    let mut candidates = match context.filter {
        Some(filter) => completion.value_candidates(filter, &context.typed),
        None if is_name => Vec::new(),
        None => completion.word_candidates(&context.typed),
    };
    candidates.truncate(MAX_CANDIDATES);
    let mut suggestions: Vec<Suggestion> = candidates
        .into_iter()
        .map(|candidate| {
            let applied = context.apply(&candidate);
            let count = candidate.is_complete.then(|| completion.count(&Search::parse(&applied.search, now)));
            Suggestion { label: candidate.label, hint: candidate.hint, count, ..applied }
        })
        .filter(|suggestion| suggestion.count != Some(0))
        .collect();
    // Filter names keep their order, before the values.
    suggestions.sort_by_key(|suggestion| (suggestion.count.is_some(), std::cmp::Reverse(suggestion.count)));
    suggestions.truncate(MAX_SUGGESTIONS);
    suggestions
}

/// The data that completes one term.
struct Completion<'a> {
    columns: &'a Columns,
    /// The search without the term at the cursor.
    other_terms: Search,
    ids: &'a IdHits,
    now: &'a ZonedDateTime,
}

impl Completion<'_> {
    fn count(&self, search: &Search) -> u32 {
        self.columns.matching(search, self.ids).1.count_ones(..) as u32
    }

    /// Filter names that begin with the typed text, and complete filters whose value contains it.
    fn word_candidates(&self, typed: &str) -> Vec<Candidate> {
        let names = Filter::ALL.into_iter().filter(|filter| filter.name().starts_with(typed));
        let mut candidates: Vec<Candidate> = names
            .map(|filter| Candidate {
                label: format!("{}:", filter.name()),
                hint: filter.hint().to_owned(),
                is_complete: false,
            })
            .collect();
        if !typed.is_empty() {
            for filter in [Filter::Is, Filter::Platform, Filter::Tag, Filter::By, Filter::Product] {
                candidates.extend(self.value_candidates(filter, typed).into_iter().take(MAX_SUGGESTIONS));
            }
        }
        candidates
    }

    /// Complete filters whose value contains the typed text and which at least one company matches.
    fn value_candidates(&self, filter: Filter, typed: &str) -> Vec<Candidate> {
        let other_terms = self.other_terms.without_alternatives_to(filter);
        let (_, matching) = self.columns.matching(&other_terms, self.ids);
        let fixed =
            filter.fixed_values().iter().filter(|value| matches_typed(filter, value, typed)).map(|value| {
                let label = format!("{}:{value}", filter.name());
                Candidate { label, hint: status_label(value).to_owned(), is_complete: true }
            });
        let fixed = fixed.filter(|candidate| {
            let alone = Search::parse(&candidate.label, self.now);
            !self.columns.matching(&alone, self.ids).1.is_disjoint(&matching)
        });
        let counts = |field| count_values(self.columns, &matching, field);
        let values = match filter {
            Filter::Platform => counts(Field::Platforms),
            Filter::Tag => group_tags(counts(Field::Tags), typed),
            Filter::By => counts(Field::Creators),
            Filter::Product => counts(Field::Products),
            Filter::Is
            | Filter::Has
            | Filter::Stale
            | Filter::Created
            | Filter::Expires
            | Filter::Name
            | Filter::Alert
            | Filter::Broke
            | Filter::Healed
            | Filter::Appeared => Vec::new(),
        };
        let values =
            values.into_iter().filter(|(value, _)| matches_typed(filter, value, typed)).map(|(value, _)| {
                let label = format!("{}:{}", filter.name(), quote_if_needed(&value));
                Candidate {
                    label,
                    hint: filter.hint().split(',').next().unwrap_or_default().to_owned(),
                    is_complete: true,
                }
            });
        fixed.chain(values).collect()
    }
}

fn matches_typed(filter: Filter, value: &str, typed: &str) -> bool {
    has_word_starting_with(value, typed)
        || (filter == Filter::Is && has_word_starting_with(&fold(status_label(value)), typed))
}

/// Whether the text, or a word of it, begins with the typed text.
fn has_word_starting_with(text: &str, typed: &str) -> bool {
    let begins_word =
        |at: usize| text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
    text.starts_with(typed) || text.match_indices(typed).any(|(at, _)| begins_word(at))
}

/// Tag keys until a whole key is typed, then tags with values.
fn group_tags(tags: Vec<(String, u32)>, typed: &str) -> Vec<(String, u32)> {
    if typed.contains('=') {
        return tags;
    }
    let mut keys: Vec<(String, u32)> = Vec::new();
    for (tag, count) in &tags {
        let key = tag.split('=').next().unwrap_or_default();
        match keys.iter_mut().find(|(known, _)| known == key) {
            Some((_, companies)) => *companies += count,
            None => keys.push((key.to_owned(), *count)),
        }
    }
    keys.sort_by(|(one, often), (other, oftener)| oftener.cmp(often).then_with(|| one.cmp(other)));
    keys.into_iter().chain(tags).collect()
}

fn quote_if_needed(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
}

impl<'a> CursorContext<'a> {
    fn new(search: &'a str, cursor_utf16: u32) -> Self {
        let cursor = cursor_utf16.min(utf16_len(search));
        let (mut follows_word, mut at) = (false, None);
        for token in tokens(search).into_iter().take_while(|token| token.start <= cursor) {
            if cursor <= token.end {
                at = Some(token);
                break;
            }
            follows_word |= token.filter.is_none();
        }
        let Some(token) = at else {
            let (before, after) = search.split_at(byte_offset(search, cursor));
            let typed = String::new();
            return Self { search, before, after, negated: false, filter: None, typed, follows_word: false };
        };
        let filter = token.filter.as_deref().and_then(Filter::named);
        let typed = match (&token.filter, filter) {
            (Some(name), None) => format!("{name}:{}", token.value),
            (Some(_), Some(_)) | (None, _) => token.value,
        };
        Self {
            search,
            follows_word,
            before: &search[..byte_offset(search, token.start)],
            after: &search[byte_offset(search, token.end)..],
            negated: token.negated,
            filter,
            typed: fold(&typed).trim().to_owned(),
        }
    }

    /// The search text with the candidate in place of the term. A complete filter is followed by a space.
    fn apply(&self, candidate: &Candidate) -> Suggestion {
        let mut search = self.before.to_owned();
        if search.chars().next_back().is_some_and(|c| !c.is_whitespace()) {
            search.push(' ');
        }
        if self.negated {
            search.push('-');
        }
        search.push_str(&candidate.label);
        let space = candidate.is_complete && !self.after.starts_with(char::is_whitespace);
        if space {
            search.push(' ');
        }
        let cursor = utf16_len(&search) + u32::from(candidate.is_complete && !space);
        search.push_str(self.after);
        Suggestion { search, cursor, label: String::new(), hint: String::new(), count: None }
    }
}

/// The byte offset of a UTF-16 offset. Inside a character, the offset of the next one.
fn byte_offset(text: &str, utf16: u32) -> usize {
    let mut at = 0;
    for (byte, c) in text.char_indices() {
        if at >= utf16 {
            return byte;
        }
        at += utf16_len(c.encode_utf8(&mut [0; 4]));
    }
    text.len()
}
