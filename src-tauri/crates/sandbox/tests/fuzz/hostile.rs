//! Texts and bodies that nobody in their right mind sends.

use serde_json::{Map, Value, json};

use crate::dice::Dice;

/// Short texts that have broken programs before.
pub(crate) const TEXTS: &[&str] = &[
    "",
    " ",
    ".",
    "..",
    "...",
    "/",
    "\\",
    "%",
    "%%",
    "%0",
    "%00",
    "%ff",
    "\0",
    "\r\nX-Injected: 1",
    "null",
    "undefined",
    "true",
    "NaN",
    "-0",
    "0",
    "-1",
    "1",
    "2",
    "100",
    "1e999",
    "18446744073709551616",
    "-9223372036854775809",
    "340282366920938463463374607431768211456",
    "0x10",
    "١٢",
    "' OR 1=1 --",
    "\"><script>alert(1)</script>",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "{companyId}",
    "{",
    "}}",
    "&&",
    "||",
    "=",
    "!=",
    "name~~x",
    "name=a&&{created>2020||created<2030}",
    "{{{{{{{{name=a}}}}}}}}",
    "dataConnections.status=PendingAuth",
    "lineItems.unitAmount=1",
    "tags.a=b",
    "-name",
    "--name",
    "-",
    "é",
    "\u{202e}abc",
    "\u{feff}",
    "🧮🧮🧮",
    "Z̸̢a̵l̶g̵o",
    "00000000-0000-0000-0000-000000000000",
    "11111111-1111-1111-1111-111111111111",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "{11111111-1111-1111-1111-111111111111}",
    "2026-11-23",
    "2026-02-30",
    "23-11-2026",
    "9999-12-31T23:59:59Z",
    "-9999-01-01T00:00:00Z",
    "0000-00-00",
    "2026-11-23T09:00:00+99:99",
    "1w2d12h",
    "99999999999d",
    "mqjo",
    "gbol",
    "invoices",
    "all",
    "banking-accounts",
    "custom/x",
];

/// Names of fields that some route looks at.
const FIELDS: &[&str] = &[
    "name",
    "description",
    "tags",
    "status",
    "platformKey",
    "settings",
    "companyId",
    "clientId",
    "url",
    "overridesDefaults",
    "dataType",
    "fetchOnFirstLink",
    "syncSchedule",
    "syncOrder",
    "syncFromUtc",
    "syncFromWindow",
    "monthsToSync",
    "redirectUrl",
    "whiteListUrls",
    "logoUrl",
    "advance",
    "to",
    "route",
    "rate",
    "times",
    "delayMs",
    "bytesPerSecond",
    "cut",
    "allowedOrigins",
    "eventTypes",
    "companyTags",
    "disabled",
    "dataSource",
    "requiredData",
    "keyBy",
    "supplementalDataConfig",
    "pullData",
    "dataTypes",
    "statusCode",
    "statusText",
    "errorMessage",
    "oneTimeUrls",
    "version",
    "origin",
    "seed",
    "companies",
    "changes",
    "born",
    "faults",
];

/// Bodies that some route takes, to be spoiled.
const SOUND: &[&str] = &[
    r#"{"name":"A & B","description":"d","tags":{"a":"b"}}"#,
    r#"{"platformKey":"gbol"}"#,
    r#"{"platformKey":"mqjo"}"#,
    r#"{"platformKey":"exgd"}"#,
    r#"{"status":"Unlinked"}"#,
    r#"{"token":"x"}"#,
    r#"{"advance":"40d"}"#,
    r#"{"advance":"36500d"}"#,
    r#"{"to":"9999-12-30T22:00:00Z"}"#,
    r#"{"settings":[{"dataType":"invoices","fetchOnFirstLink":true,"syncSchedule":24,"syncOrder":1,"syncFromWindow":3}],"overridesDefaults":true}"#,
    r#"{"settings":[{"dataType":"profitAndLoss","fetchOnFirstLink":false,"syncSchedule":1,"syncOrder":0,"monthsToSync":120}],"overridesDefaults":true}"#,
    r#"{"name":"n","redirectUrl":"https://x.test/{companyId}","whiteListUrls":["https://x.test"]}"#,
    r#"{"allowedOrigins":["https://x.test"]}"#,
    r#"{"url":"http://127.0.0.1:9/hook","eventTypes":["company.created"],"companyTags":["a:b"],"disabled":false}"#,
    r#"{"dataSource":"api","requiredData":{"a":"$.a"},"keyBy":["$.a"]}"#,
    r#"{"supplementalDataConfig":{"a":{"dataSource":"/A","pullData":{"a":"b"},"pushData":{}}}}"#,
    r#"{"oneTimeUrls":true}"#,
    r#"{"statusCode":"503","statusText":"t","errorMessage":"m"}"#,
];

/// A text: short and known, or long.
pub(crate) fn text(dice: &mut Dice) -> String {
    match dice.below(12) {
        0 => dice.pick(TEXTS).repeat(1 + dice.below(40)),
        1 => "x".repeat(dice.below(5_000)),
        2 => (0..dice.below(30))
            .filter_map(|_| char::from_u32(dice.below(0x11_0000).try_into().ok()?))
            .collect(),
        _ => (*dice.pick(TEXTS)).to_owned(),
    }
}

/// A value of JSON, of fields that are known, not too deep.
pub(crate) fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 6 } else { 9 }) {
        0 => Value::Null,
        1 => json!(dice.once_in(2)),
        2 => json!(dice.below(200_000) as i64 - 1_000),
        3 => json!([0.1, 1e300, -1e-300, 9_007_199_254_740_993_i64 as f64][dice.below(4)]),
        4 => json!([u64::MAX, 0, 1 << 53, 24][dice.below(4)]),
        5 => Value::String(text(dice)),
        6 => (0..dice.below(4)).map(|_| value(dice, depth - 1)).collect(),
        _ => object(dice, depth - 1),
    }
}

fn object(dice: &mut Dice, depth: usize) -> Value {
    let mut fields = Map::new();
    for _ in 0..dice.below(5) {
        let name = if dice.once_in(8) { text(dice) } else { (*dice.pick(FIELDS)).to_owned() };
        fields.insert(name, value(dice, depth));
    }
    Value::Object(fields)
}

/// A body.
pub(crate) fn body(dice: &mut Dice) -> Vec<u8> {
    match dice.below(40) {
        0..=3 => Vec::new(),
        4 => b"{".repeat(1 + dice.below(100_000)),
        5 => b"[".repeat(1 + dice.below(100_000)),
        6 => format!("{{\"name\":\"{}\"}}", "x".repeat(dice.below(1_200_000))).into_bytes(),
        7 => long(dice),
        8 => vec![0xff; dice.below(3_000)],
        9 => b"{\"name\":\"\xc3\x28\"}".to_vec(),
        10 => b"{\"name\":\"a\",\"name\":\"b\"}".to_vec(),
        11 => b"{\"name\":1e999}".to_vec(),
        12 => b"\"\\ud800\"".to_vec(),
        13 => b"name=%ff&step=consent&next=%2e%2e&go=1".to_vec(),
        14 => multipart(dice),
        15 => {
            let mut whole = value(dice, 4).to_string().into_bytes();
            whole.truncate(dice.below(whole.len() + 1));
            whole
        }
        16 => {
            let mut whole = value(dice, 4).to_string().into_bytes();
            for _ in 0..dice.below(6) {
                let at = dice.below(whole.len());
                if let Some(byte) = whole.get_mut(at) {
                    *byte = u8::try_from(dice.below(256)).unwrap();
                }
            }
            whole
        }
        17..=26 => dice.pick(SOUND).as_bytes().to_vec(),
        27..=30 => {
            let mut text = (*dice.pick(SOUND)).to_owned();
            let quoted: Vec<usize> = text.match_indices('"').map(|it| it.0).collect();
            let at = *dice.pick(&quoted);
            text.insert_str(at + 1, dice.pick::<&str>(&["x", "\\u0000", "9", "é", "-"]));
            text.into_bytes()
        }
        31..=33 => value(dice, 5).to_string().into_bytes(),
        _ => object(dice, 4).to_string().into_bytes(),
    }
}

/// Up to 10 MB, which is as much as anything may take.
fn long(dice: &mut Dice) -> Vec<u8> {
    let size = 1 + dice.below(10_000_000);
    match dice.below(3) {
        0 => b" ".repeat(size),
        1 => [b"[", b"0,".repeat(size / 2).as_slice(), b"0]"].concat(),
        _ => [b"{\"name\":\"", b"\\u0041".repeat(size / 6).as_slice(), b"\"}"].concat(),
    }
}

fn multipart(dice: &mut Dice) -> Vec<u8> {
    let name = text(dice);
    let inner = text(dice);
    let mut whole = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n{inner}\r\n--x--\r\n"
    )
    .into_bytes();
    if dice.once_in(2) {
        whole.truncate(dice.below(whole.len()));
    }
    whole
}
