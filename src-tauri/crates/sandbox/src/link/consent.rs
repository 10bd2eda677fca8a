//! The customer's consent in five sections (§1.9).

use http::StatusCode;
use maud::html;

use super::{
    outcome, view,
    visit::{Visit, field, see_other},
};
use crate::{
    context::HandlerResult,
    data_type,
    record::{ConnectionRecord, Status},
};

pub(super) fn form_page(visit: &Visit<'_>, connection: &ConnectionRecord) -> HandlerResult {
    if connection.status == Status::Linked {
        return outcome::already(visit, connection);
    }
    let Some(platform) = connection.platform().filter(|it| it.enabled()) else {
        return outcome::unsupported(visit);
    };
    let (client, company) = (&visit.cx.state.profile.name, &visit.company.name);
    let types = data_type::supported(platform.kind).iter().copied();
    let title = format!("Connect {}", platform.name);
    let body = html! {
        (view::back(&visit.company_page("/choose"), "Choose something else"))
        h1.with-mark { (view::mark(platform)) (title) }
        p { "Please review what you’re agreeing to for " strong { bdi { (company) } } "." }
        section {
            h2 { "Purpose" }
            p { bdi { (client) } " uses the data to understand how your business is doing." }
        }
        section {
            h2 { "Access" }
            p {
                "We read data when you connect, and regularly after that, until you or "
                bdi { (client) } " end it."
            }
        }
        section {
            h2 { "Account information" }
            p { "We store the name and the identifier of your account at " (platform.name) "." }
        }
        section {
            h2 { "Platform data" }
            details {
                summary { "Data we read from " (platform.name) }
                ul.columns { @for name in types { li { (words(name)) } } }
            }
        }
        section {
            h2 { "Retention" }
            p { "We store this data until the connection or the company is deleted." }
        }
        form.actions method="post" action=(visit.connection_page(connection.id, "")) {
            (view::token(&visit.token()))
            button.primary type="submit" name="answer" value="agree" { "Agree and continue" }
            button type="submit" name="answer" value="cancel" { "Cancel" }
        }
    };
    visit.show(StatusCode::OK, &title, &body)
}

/// Handles the form.
pub(super) fn submit(visit: &Visit<'_>, connection: &ConnectionRecord) -> HandlerResult {
    let Some(fields) = visit.form() else { return visit.expired_form() };
    match field(&fields, "answer") {
        Some("agree") => {
            let page = format!("/authorize?link.consent={}", seal(visit, connection));
            see_other(&visit.connection_page(connection.id, &page), Vec::new())
        }
        Some(_) | None => outcome::cancel(visit, connection),
    }
}

/// Whether the URL proves that the customer agreed on the page before.
pub(super) fn is_given(visit: &Visit<'_>, connection: &ConnectionRecord) -> bool {
    let given = visit.cx.request.parameter("link.consent");
    given == Some(seal(visit, connection).as_str())
}

/// The proof of the consent for URLs.
pub(super) fn seal(visit: &Visit<'_>, connection: &ConnectionRecord) -> String {
    visit.cx.state.seal("consent", &connection.id.to_string())
}

/// `banking-accountBalances` becomes "Account balances".
fn words(key: &str) -> String {
    let name = key.rsplit_once('-').map_or(key, |(_, name)| name);
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        match letter {
            _ if words.is_empty() => words.extend(letter.to_uppercase()),
            'A'..='Z' => {
                words.push(' ');
                words.extend(letter.to_lowercase());
            }
            other => words.push(other),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_of_data_types_are_told_in_words() {
        assert_eq!(super::words("banking-accountBalances"), "Account balances");
        assert_eq!(super::words("profitAndLoss"), "Profit and loss");
        assert_eq!(super::words("bills"), "Bills");
    }
}
