//! Deep links: `portal-desktop://workspace/{id}/company/{companyId}/{part}/{within}`. Without `workspace/{id}`
//! a link is for any workspace that has the company.

use codat::CompanyId;

/// The registered URL scheme.
pub(crate) const SCHEME: &str = "portal-desktop";
/// The tabs of a company that a link can open.
const PARTS: [&str; 6] = ["summary", "connections", "data", "history", "files", "settings"];
/// The maximum length of a link, in bytes. Links of the app are shorter.
const MAX_LENGTH: usize = 2_048;
/// The maximum number of path segments after the part.
const MAX_DEPTH: usize = 4;

/// A parsed link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeepLink {
    pub(crate) workspace: Option<String>,
    pub(crate) company: CompanyId,
    /// The tab of the company.
    pub(crate) part: Option<&'static str>,
    /// The decoded path segments within the tab, outermost first.
    pub(crate) within: Vec<String>,
}

/// Parses a link. `None` if it is not a valid link of the app.
pub(crate) fn parse(link: &str) -> Option<DeepLink> {
    let link = link.trim();
    let (scheme, rest) = link.split_once("://")?;
    if link.len() > MAX_LENGTH
        || !scheme.eq_ignore_ascii_case(SCHEME)
        || !rest.chars().all(is_allowed_character)
    {
        return None;
    }
    let mut steps = rest.trim_end_matches('/').split('/');
    let mut kind = steps.next()?;
    let mut workspace = None;
    if kind.eq_ignore_ascii_case("workspace") {
        workspace = Some(steps.next().filter(|id| is_workspace_id(id))?.to_owned());
        kind = steps.next()?;
    }
    if !kind.eq_ignore_ascii_case("company") {
        return None;
    }
    let company = steps.next()?.parse().ok()?;
    let part = match steps.next() {
        None => None,
        Some(named) => Some(PARTS.into_iter().find(|part| part.eq_ignore_ascii_case(named))?),
    };
    let within = steps.map(decoded).collect::<Option<Vec<String>>>()?;
    (within.len() <= MAX_DEPTH).then_some(DeepLink { workspace, company, part, within })
}

/// Whether a text has the form of a workspace ID.
fn is_workspace_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// The percent-decoded segment. `None` if it is empty or not UTF-8.
fn decoded(step: &str) -> Option<String> {
    let text = percent_encoding::percent_decode_str(step).decode_utf8().ok()?;
    (!text.is_empty()).then(|| text.into_owned())
}

/// The characters of the app's own links. Others could have a special meaning elsewhere.
fn is_allowed_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/-_.%".contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*, sample::select};

    use super::*;

    const ID: &str = "0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10";

    #[test]
    fn a_link_names_a_company_a_part_of_it_and_something_in_it() {
        let link = |rest: &str| parse(&format!("portal-desktop://company/{ID}{rest}"));
        let company = ID.parse().unwrap();
        assert_eq!(link(""), Some(DeepLink { workspace: None, company, part: None, within: vec![] }));
        assert_eq!(link("/"), Some(DeepLink { workspace: None, company, part: None, within: vec![] }));
        assert_eq!(link("/history").unwrap().part, Some("history"));
        let within = link(&format!("/connections/{ID}")).unwrap();
        assert_eq!((within.part, within.within), (Some("connections"), vec![ID.to_owned()]));
        assert!(parse(&format!("PORTAL-DESKTOP://Company/{}", ID.to_uppercase())).is_some());
    }

    #[test]
    fn a_link_names_a_workspace_too() {
        let link = parse(&format!("portal-desktop://workspace/{ID}/company/{ID}/files")).unwrap();
        assert_eq!((link.workspace.as_deref(), link.part), (Some(ID), Some("files")));
        let sandbox = parse(&format!("portal-desktop://workspace/sandbox/company/{ID}")).unwrap();
        assert_eq!(sandbox.workspace.as_deref(), Some("sandbox"));
    }

    #[test]
    fn what_is_no_link_of_ours_leads_nowhere() {
        for link in [
            "",
            "portal-desktop:",
            "portal-desktop://",
            "portal-desktop://company",
            "portal-desktop://company/",
            "portal-desktop://company/7",
            "portal-desktop://settings/x",
            "portal-desktop://workspace/sandbox",
            "portal-desktop://workspace/sandbox/company",
            &format!("portal-desktop://workspace//company/{ID}"),
            &format!("portal-desktop://workspace/../company/{ID}"),
            &format!("portal-desktop://workspace/%41/company/{ID}"),
            &format!("https://company/{ID}"),
            &format!("portal-desktop://company/{ID}/delete"),
            &format!("portal-desktop://company/{ID}/data/a/b/c/d/e"),
            &format!("portal-desktop://company/{ID}/data//x"),
            &format!("portal-desktop://company/{ID}/data/%FF"),
            &format!("portal-desktop://company/{ID}/history?x=<script>"),
            &format!("portal-desktop://company/{ID}/history/{}", "a".repeat(3_000)),
            "--data-dir",
        ] {
            assert_eq!(parse(link), None, "{link}");
        }
    }

    /// A valid link and its parsed form.
    fn links() -> impl Strategy<Value = (String, DeepLink)> {
        let workspace = option::of("[a-zA-Z0-9-]{1,36}");
        let within = vec(".{1,12}", 0..=MAX_DEPTH);
        (workspace, any::<u128>(), option::of((select(&PARTS[..]), within))).prop_filter_map(
            "a link has a length",
            |(workspace, id, inside)| {
                let company = CompanyId(uuid::Uuid::from_u128(id));
                let (part, within) = inside.map_or((None, vec![]), |(part, within)| (Some(part), within));
                let mut link = format!("{SCHEME}://");
                if let Some(workspace) = &workspace {
                    link.push_str(&format!("workspace/{workspace}/"));
                }
                link.push_str(&format!("company/{company}"));
                for step in part.into_iter().chain(within.iter().map(String::as_str)) {
                    let step =
                        percent_encoding::utf8_percent_encode(step, percent_encoding::NON_ALPHANUMERIC);
                    link.push_str(&format!("/{step}"));
                }
                (link.len() <= MAX_LENGTH).then_some((link, DeepLink { workspace, company, part, within }))
            },
        )
    }

    proptest! {
        #[test]
        fn any_link_reads_back_as_what_it_leads_to((link, leads) in links()) {
            prop_assert_eq!(parse(&link), Some(leads));
        }

        #[test]
        fn no_text_ends_in_a_panic(text in any::<String>(), rest in "[/a-z0-9%._ -]{0,60}", link in links()) {
            let _ = parse(&text);
            let _ = parse(&format!("{SCHEME}://{text}"));
            let _ = parse(&format!("{SCHEME}://company/{ID}/{rest}"));
            let _ = parse(&format!("{}{text}", link.0));
        }

        #[test]
        fn whatever_is_read_names_a_part_and_steps_that_are_not_empty(
            text in "portal-desktop://(workspace/[a-z%0-9.-]{0,6}/)?company/0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10(/(data|history|files|x))?(/[a-z%0-9.-]{0,6}){0,5}",
        ) {
            if let Some(link) = parse(&text) {
                prop_assert!(link.within.len() <= MAX_DEPTH && link.within.iter().all(|step| !step.is_empty()));
                prop_assert!(link.part.is_some() || link.within.is_empty());
                prop_assert!(link.workspace.is_none_or(|id| is_workspace_id(&id)));
            }
        }
    }
}
