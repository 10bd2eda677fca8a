//! Completion of the search box.

use jiff::{Timestamp, ZonedDateTime};

use crate::{
    columns::{Columns, Field, IdHits, tally},
    error::StoreError,
    fold::fold,
    search::{Filter, Search, meaning, spans, tokens},
    store::Store,
    view::Suggestion,
};

/// Suggestions at most.
const MOST: usize = 12;

/// Values of a kind that are looked at; the most frequent come first.
const VALUES_LOOKED_AT: usize = 40;

/// A way to go on, before it is known what it would leave.
struct Candidate {
    label: String,
    hint: String,
    /// Whether it is a whole filter, so that companies can be counted.
    whole: bool,
}

/// The search box around the word at the cursor.
struct Around<'a> {
    search: &'a str,
    before: &'a str,
    after: &'a str,
    negated: bool,
    filter: Option<Filter>,
    /// What is typed of the value, or of the word.
    typed: String,
    /// Whether a word that is no filter stands before the one at the cursor.
    follows_word: bool,
}

impl Store {
    /// Ways to go on at the cursor, which is counted in UTF-16 units: names of filters, and values, those
    /// that leave most companies first; at most 12.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn complete(
        &self,
        search: &str,
        cursor_utf16: u32,
        now: Timestamp,
    ) -> Result<Vec<Suggestion>, StoreError> {
        let (search, now) = (search.to_owned(), self.here(now));
        let current = self.current().await?;
        let ids = self.id_hits(&Search::parse(&search, &now)).await?;
        let suggested = tokio::task::spawn_blocking(move || {
            let around = Around::of(&search, cursor_utf16);
            suggest(&current.columns, &around, &ids, &now)
        });
        Ok(suggested.await?)
    }
}

fn suggest(columns: &Columns, around: &Around<'_>, ids: &IdHits, now: &ZonedDateTime) -> Vec<Suggestion> {
    let rest = Search::parse(&format!("{} {}", around.before, around.after), now);
    let base = Base { columns, rest, ids, now };
    // The last word of a name that is typed is no filter, as long as companies have that name.
    let is_name = around.follows_word && base.count(&Search::parse(around.search, now)) > 0;
    let mut candidates = match around.filter {
        Some(filter) => base.values(filter, &around.typed),
        None if is_name => Vec::new(),
        None => base.words(&around.typed),
    };
    candidates.truncate(VALUES_LOOKED_AT);
    let mut suggestions: Vec<Suggestion> = candidates
        .into_iter()
        .map(|candidate| {
            let taken = around.with(&candidate);
            let count = candidate.whole.then(|| base.count(&Search::parse(&taken.search, now)));
            Suggestion { label: candidate.label, hint: candidate.hint, count, ..taken }
        })
        .filter(|suggestion| suggestion.count != Some(0))
        .collect();
    // Names of filters keep their order, before the values.
    suggestions.sort_by_key(|suggestion| (suggestion.count.is_some(), std::cmp::Reverse(suggestion.count)));
    suggestions.truncate(MOST);
    suggestions
}

/// The companies among which values are looked for.
struct Base<'a> {
    columns: &'a Columns,
    /// The search without the word at the cursor.
    rest: Search,
    ids: &'a IdHits,
    now: &'a ZonedDateTime,
}

impl Base<'_> {
    fn count(&self, search: &Search) -> u32 {
        self.columns.matching(search, self.ids).1.count()
    }

    /// Names of filters that begin as the word does; and whole filters of which the word is part of the value.
    fn words(&self, typed: &str) -> Vec<Candidate> {
        let names = Filter::ALL.into_iter().filter(|filter| filter.name().starts_with(typed));
        let mut candidates: Vec<Candidate> = names
            .map(|filter| Candidate {
                label: format!("{}:", filter.name()),
                hint: filter.hint().to_owned(),
                whole: false,
            })
            .collect();
        if !typed.is_empty() {
            for filter in [Filter::Is, Filter::Platform, Filter::Tag, Filter::By, Filter::Product] {
                candidates.extend(self.values(filter, typed).into_iter().take(MOST));
            }
        }
        candidates
    }

    /// Whole filters of which what is typed is part of the value, and which some company has.
    fn values(&self, filter: Filter, typed: &str) -> Vec<Candidate> {
        let rest = self.rest.without_alternatives_to(filter);
        let (_, left) = self.columns.matching(&rest, self.ids);
        let fixed = filter.fixed_values().iter().filter(|value| fits(filter, value, typed)).map(|value| {
            let label = format!("{}:{value}", filter.name());
            Candidate { label, hint: meaning(value).to_owned(), whole: true }
        });
        let fixed = fixed.filter(|candidate| {
            let alone = Search::parse(&candidate.label, self.now);
            self.columns.matching(&alone, self.ids).1.and(&left).count() > 0
        });
        let tallied = |field| tally(self.columns, &left, field);
        let found = match filter {
            Filter::Platform => tallied(Field::Platforms),
            Filter::Tag => tags(tallied(Field::Tags), typed),
            Filter::By => tallied(Field::Creators),
            Filter::Product => tallied(Field::Products),
            Filter::Is
            | Filter::Has
            | Filter::Stale
            | Filter::Created
            | Filter::Expires
            | Filter::Name
            | Filter::Alert => Vec::new(),
        };
        let found = found.into_iter().filter(|(value, _)| fits(filter, value, typed)).map(|(value, _)| {
            let label = format!("{}:{}", filter.name(), quoted(&value));
            Candidate {
                label,
                hint: filter.hint().split(',').next().unwrap_or_default().to_owned(),
                whole: true,
            }
        });
        fixed.chain(found).collect()
    }
}

fn fits(filter: Filter, value: &str, typed: &str) -> bool {
    has_word(value, typed) || (filter == Filter::Is && has_word(&fold(meaning(value)), typed))
}

/// Whether a word of the text begins with what is typed, or the text itself does.
fn has_word(text: &str, typed: &str) -> bool {
    let begins_word =
        |at: usize| text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
    text.starts_with(typed) || text.match_indices(typed).any(|(at, _)| begins_word(at))
}

/// Tags by key until a key is typed whole, then with their values.
fn tags(tags: Vec<(String, u32)>, typed: &str) -> Vec<(String, u32)> {
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

fn quoted(value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value.to_owned() }
}

impl<'a> Around<'a> {
    fn of(search: &'a str, cursor_utf16: u32) -> Self {
        let cursor = cursor_utf16.min(spans(search));
        let (mut follows_word, mut at) = (false, None);
        for token in tokens(search).into_iter().take_while(|token| token.start <= cursor) {
            if cursor <= token.end {
                at = Some(token);
                break;
            }
            follows_word |= token.filter.is_none();
        }
        let Some(token) = at else {
            let (before, after) = search.split_at(byte_of(search, cursor));
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
            before: &search[..byte_of(search, token.start)],
            after: &search[byte_of(search, token.end)..],
            negated: token.negated,
            filter,
            typed: fold(&typed).trim().to_owned(),
        }
    }

    /// The search box with a candidate in place of the word. After a whole filter comes a space.
    fn with(&self, candidate: &Candidate) -> Suggestion {
        let mut search = self.before.to_owned();
        if search.chars().next_back().is_some_and(|c| !c.is_whitespace()) {
            search.push(' ');
        }
        if self.negated {
            search.push('-');
        }
        search.push_str(&candidate.label);
        let space = candidate.whole && !self.after.starts_with(char::is_whitespace);
        if space {
            search.push(' ');
        }
        let cursor = spans(&search) + u32::from(candidate.whole && !space);
        search.push_str(self.after);
        Suggestion { search, cursor, label: String::new(), hint: String::new(), count: None }
    }
}

/// The byte at which a place in UTF-16 units is; the next character's, where it is inside one.
fn byte_of(text: &str, utf16: u32) -> usize {
    let mut at = 0;
    for (byte, c) in text.char_indices() {
        if at >= utf16 {
            return byte;
        }
        at += spans(c.encode_utf8(&mut [0; 4]));
    }
    text.len()
}
