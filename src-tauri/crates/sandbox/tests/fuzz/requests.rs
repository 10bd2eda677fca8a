//! Requests: a route, with what it wants or with what it does not, and everything else that a request has.

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{dice::Dice, hostile};

/// Every path there is, with what stands for something else in braces.
const PATHS: &[&str] = &[
    "/",
    "/assets/{any}",
    "/companies",
    "/companies/{company}",
    "/companies/{company}/products/{any}",
    "/companies/{company}/products/lending/refresh",
    "/companies/{company}/connections",
    "/companies/{company}/connections/{id}",
    "/companies/{company}/connections/{id}/authorization",
    "/companies/{company}/connections/{id}/options/{type}",
    "/companies/{company}/connections/{id}/push/{type}",
    "/companies/{company}/connections/{id}/files",
    "/companies/{company}/connections/{id}/data/{type}",
    "/companies/{company}/connections/{id}/data/{type}/{any}",
    "/companies/{company}/connections/{id}/data/{type}/{any}/attachments",
    "/companies/{company}/connections/{id}/data/{type}/{any}/attachments/{any}/download",
    "/companies/{company}/connections/{id}/data/bankAccounts/{any}/bankTransactions",
    "/companies/{company}/connections/{id}/data/commerce-info",
    "/companies/{company}/connections/{id}/data/custom/{any}",
    "/companies/{company}/connections/{id}/data/queue/custom/{any}",
    "/companies/{company}/accessToken",
    "/companies/{company}/connectionManagement/accessToken",
    "/companies/{company}/syncSettings",
    "/companies/{company}/data/all",
    "/companies/{company}/data/queue/{type}",
    "/companies/{company}/data/history",
    "/companies/{company}/data/history/{id}",
    "/companies/{company}/data/info",
    "/companies/{company}/data/accounts",
    "/companies/{company}/data/{type}",
    "/companies/{company}/data/{type}/{any}",
    "/companies/{company}/data/invoices/{any}/pdf",
    "/companies/{company}/data/financials/balanceSheet",
    "/companies/{company}/data/financials/profitAndLoss",
    "/companies/{company}/data/financials/cashFlowStatement",
    "/companies/{company}/reports/agedDebtor",
    "/companies/{company}/reports/agedCreditor",
    "/companies/{company}/reports/agedDebtor/available",
    "/companies/{company}/reports/enhancedProfitAndLoss/accounts",
    "/companies/{company}/reports/enhancedBalanceSheet/accounts",
    "/companies/{company}/dataStatus",
    "/companies/{company}/sync/{id}/validation",
    "/companies/{company}/push",
    "/companies/{company}/push/{id}",
    "/companies/{company}/files",
    "/companies/{company}/files/download",
    "/connectionManagement/corsSettings",
    "/corsSettings",
    "/integrations",
    "/integrations/{any}",
    "/integrations/{any}/branding",
    "/integrations/{any}/dataTypes/{type}/supplementalDataConfig",
    "/integrations/{any}/dataTypes/custom/{any}",
    "/profile",
    "/profile/syncSettings",
    "/apiKeys",
    "/apiKeys/{id}",
    "/webhooks",
    "/webhooks/{id}",
    "/webhooks/integrationKeys/zapier",
    "/_sandbox/clock",
    "/_sandbox/snapshot",
    "/_sandbox/faults",
    "/_sandbox/faults/{any}",
    "/_sandbox/happenings",
    "/_sandbox/requests",
    "/_sandbox/reads",
    "/_sandbox/companies",
    "/_sandbox/link",
    "/_sandbox/webhooks",
    "/_sandbox/companies/{company}/vanish",
    "/_sandbox/connections/{id}/deauthorize",
    "/_sandbox/connections/{id}/unlink",
    "/_sandbox/connections/{id}/link",
    "/_sandbox/connections/{id}/error",
    "/_sandbox/{any}",
    "/invite",
    "/company/{company}",
    "/company/{company}/{any}",
    "/companies/{company}/connections/{id}/start",
    "/companies/{company}/connections/{id}/start/{any}",
    "/{any}",
    "/{any}/{any}",
];

const METHODS: &[&str] = &[
    "GET", "GET", "GET", "GET", "POST", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE",
    "get", "BREW",
];

const PARAMETERS: &[&str] = &[
    "page",
    "pageSize",
    "query",
    "orderBy",
    "orderby",
    "tags",
    "connectionId",
    "periodLength",
    "periodsToCompare",
    "startMonth",
    "reportDate",
    "numberOfPeriods",
    "periodLengthDays",
    "date",
    "from",
    "to",
    "timeoutInMinutes",
    "link.otp",
    "otp",
    "link.showSandboxIntegrations",
    "step",
    "platform",
    "search",
    "category",
];

const TYPES: &[&str] = &[
    "invoices",
    "bills",
    "balanceSheet",
    "profitAndLoss",
    "cashFlowStatement",
    "company",
    "chartOfAccounts",
    "bankAccounts",
    "bankTransactions",
    "banking-accounts",
    "banking-transactions",
    "commerce-orders",
    "commerce-companyInfo",
    "customers",
    "suppliers",
    "all",
    "INVOICES",
];

/// What a run knows of the sandbox by then.
#[derive(Default)]
pub(crate) struct Known {
    /// Companies, and the identifiers of what they have.
    pub(crate) companies: Vec<(String, Vec<String>)>,
    /// Whatever looked like an identifier in an answer, the newest last.
    pub(crate) ids: Vec<String>,
    /// A snapshot that was taken.
    pub(crate) snapshot: Option<Bytes>,
}

impl Known {
    /// How many identifiers are kept.
    const MOST: usize = 400;

    /// Takes down the identifiers in an answer.
    pub(crate) fn learn(&mut self, body: &[u8]) {
        self.ids.extend(identifiers(body));
        let over = self.ids.len().saturating_sub(Self::MOST);
        self.ids.drain(..over);
    }
}

/// What looks like an identifier in an answer.
pub(crate) fn identifiers(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(40_000)]);
    let parts = text.split('"').filter(|part| part.len() == 36 && part.split('-').count() == 5);
    parts.map(str::to_owned).collect()
}

/// A request, before it is known whether it can be said at all.
pub(crate) struct Hostile {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Hostile {
    pub(crate) fn new(dice: &mut Dice, known: &Known, host: &str, authorization: &str) -> Self {
        let path = dice.pick(PATHS);
        let company = (!known.companies.is_empty()).then(|| dice.pick(&known.companies));
        let mut target = path
            .split('/')
            .skip(1)
            .map(|part| format!("/{}", segment(dice, known, company, part)))
            .collect::<String>();
        for n in 0..dice.below(4) {
            target.push(if n == 0 { '?' } else { '&' });
            let name =
                if dice.once_in(9) { hostile::text(dice) } else { (*dice.pick(PARAMETERS)).to_owned() };
            let value = if dice.once_in(4) { id(dice, known) } else { hostile::text(dice) };
            target.push_str(&format!("{}={}", encoded(dice, &name), encoded(dice, &value)));
        }
        let restores = path.ends_with("snapshot") && dice.once_in(2);
        let method = if restores { "PUT" } else { dice.pick(METHODS) };
        let mut headers = vec![("host".to_owned(), host.as_bytes().to_vec())];
        if !dice.once_in(20) {
            headers.push(("authorization".to_owned(), authorization.as_bytes().to_vec()));
        }
        for _ in 0..dice.below(3) {
            headers.push(header(dice));
        }
        let body = match &known.snapshot {
            Some(snapshot) if restores => spoiled(dice, snapshot),
            Some(_) | None => hostile::body(dice),
        };
        Self { method: method.to_owned(), target, headers, body }
    }

    /// In short, for the one who reads why a run failed.
    pub(crate) fn line(&self) -> String {
        let start = String::from_utf8_lossy(&self.body[..self.body.len().min(200)]);
        format!("{} {} with {} bytes: {start}", self.method, self.target, self.body.len())
    }
}

fn segment(dice: &mut Dice, known: &Known, company: Option<&(String, Vec<String>)>, part: &str) -> String {
    if part.starts_with('{') && dice.once_in(15) {
        let text = hostile::text(dice);
        return encoded(dice, &text);
    }
    match part {
        "{company}" => company.map_or_else(|| id(dice, known), |(company, _)| company.clone()),
        "{id}" => match company {
            Some((_, its)) if !its.is_empty() && !dice.once_in(4) => dice.pick(its).clone(),
            Some(_) | None => id(dice, known),
        },
        "{type}" => (*dice.pick(TYPES)).to_owned(),
        "{any}" => {
            let text = if dice.once_in(3) { id(dice, known) } else { hostile::text(dice) };
            encoded(dice, &text)
        }
        fixed if dice.once_in(30) => fixed.to_ascii_uppercase(),
        fixed => fixed.to_owned(),
    }
}

fn id(dice: &mut Dice, known: &Known) -> String {
    if known.ids.is_empty() { (*dice.pick(hostile::TEXTS)).to_owned() } else { dice.pick(&known.ids).clone() }
}

/// As a client sends it; now and then as it is.
fn encoded(dice: &mut Dice, text: &str) -> String {
    if dice.once_in(5) { text.to_owned() } else { utf8_percent_encode(text, NON_ALPHANUMERIC).to_string() }
}

fn header(dice: &mut Dice) -> (String, Vec<u8>) {
    const NAMES: &[&str] = &[
        "content-type",
        "idempotency-key",
        "host",
        "authorization",
        "origin",
        "cookie",
        "accept",
        "accept-encoding",
        "range",
        "x-forwarded-host",
        "x-http-method-override",
        "if-none-match",
        "expect",
    ];
    const VALUES: &[&str] = &[
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain; charset=utf-16",
        "4f4d0d8a-3f3a-4d59-9e0a-0e5ab1b0a001",
        "Basic !!!!",
        "Basic ",
        "Bearer x",
        "http://evil.test",
        "null",
        "bytes=0-",
        "DELETE",
        "gzip",
        "127.0.0.1:8787, evil.test",
        "link=1; link=2; ;=;",
        "100-continue",
    ];
    let value = match dice.below(4) {
        0 => hostile::text(dice).into_bytes(),
        1 => (0..dice.below(40)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect(),
        _ => dice.pick(VALUES).as_bytes().to_vec(),
    };
    ((*dice.pick(NAMES)).to_owned(), value)
}

/// A snapshot with some of it changed: numbers, texts, or whole stretches.
fn spoiled(dice: &mut Dice, snapshot: &[u8]) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(snapshot).into_owned();
    for _ in 0..1 + dice.below(4) {
        match dice.below(4) {
            0 => {
                let digits: Vec<usize> =
                    text.match_indices(|it: char| it.is_ascii_digit()).map(|it| it.0).collect();
                if let Some(at) = digits.get(dice.below(digits.len())) {
                    text.replace_range(at..&(at + 1), dice.pick::<&str>(&["9", "0", "999999999999", "-1"]));
                }
            }
            1 => {
                let from = ["Linked", "null", "true", "2026", "lending", "gbol", "[]", "{}"];
                text = text.replacen(
                    dice.pick::<&str>(&from),
                    dice.pick::<&str>(&["Unlinked", "0", "9999", "", "zzzz", "{}"]),
                    1,
                );
            }
            2 => {
                let quoted: Vec<usize> = text.match_indices('"').map(|it| it.0).collect();
                if let Some(at) = quoted.get(dice.below(quoted.len())) {
                    text.insert_str(at + 1, dice.pick::<&str>(&["x", "\\u0000", "-"]));
                }
            }
            _ => {}
        }
    }
    text.into_bytes()
}
