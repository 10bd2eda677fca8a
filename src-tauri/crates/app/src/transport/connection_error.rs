//! Explains in plain sentences why a connection failed, with advice.

use std::{error::Error, io, iter};

use jiff::Timestamp;
use rustls::{CertificateError, pki_types::UnixTime};

use super::tls::Untrusted;

/// The proxy requires a user name and a password (407).
pub(crate) const PROXY_PASSWORD: &str =
    "The proxy asks for a user name and password (407). Enter or correct them in Settings, Network.";

/// Texts of library errors whose types are private, and their explanations, from the outermost cause to the
/// innermost.
const TEXTS: [(&str, &str); 4] = [
    ("proxy authorization required", PROXY_PASSWORD),
    (
        "failed to create underlying connection",
        "We can’t reach the proxy. Check its address in Settings, Network, and that you’re on its network.",
    ),
    (
        "tunnel error: unsuccessful",
        "The proxy doesn’t allow connections to Codat. Ask your IT department to allow them.",
    ),
    (
        "dns error",
        "We couldn’t find the server by its name. Check the network. If you need a proxy, enter it in \
         Settings, Network.",
    ),
];

/// The explanation of a connection error, if it is known.
pub(super) fn explain(error: &(dyn Error + 'static)) -> Option<String> {
    let certificate = causes(error).find_map(|cause| {
        let rustls::Error::InvalidCertificate(problem) = cause.downcast_ref()? else { return None };
        Some(certificate(problem))
    });
    certificate.or_else(|| causes(error).find_map(|cause| sentence(cause).map(str::to_owned)))
}

fn sentence(cause: &(dyn Error + 'static)) -> Option<&'static str> {
    let text = cause.to_string();
    if let Some((_, sentence)) = TEXTS.iter().find(|(known, _)| text.contains(known)) {
        return Some(sentence);
    }
    let is_refused = cause.downcast_ref::<io::Error>()?.kind() == io::ErrorKind::ConnectionRefused;
    is_refused.then_some(
        "The server refused the connection. A firewall may block it. Check the network and try again.",
    )
}

/// An error and its causes. The cause of an I/O error is the error that it wraps.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    iter::successors(Some(error), |error| {
        let error: &'e (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}

/// The explanation of a certificate error.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library may name more of them")]
fn certificate(problem: &CertificateError) -> String {
    match problem {
        CertificateError::Expired => {
            "The server’s certificate has expired. Check this computer’s clock.".to_owned()
        }
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("The server’s certificate expired on {}. Check this computer’s clock.", day(*not_after))
        }
        CertificateError::NotValidYet => {
            "The server’s certificate isn’t valid yet. Check this computer’s clock.".to_owned()
        }
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "The server’s certificate isn’t valid before {}. Check this computer’s clock.",
            day(*not_before)
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => format!(
            "The server’s certificate is for another name{}. A proxy or a network’s sign-in page may be answering: \
             open a web page in your browser and sign in, or ask your IT department.",
            presented_names(problem)
        ),
        CertificateError::UnknownIssuer => untrusted(None),
        CertificateError::Other(other) => match other.0.downcast_ref::<Untrusted>() {
            Some(Untrusted { issuer }) => untrusted(issuer.as_deref()),
            None => invalid(problem),
        },
        CertificateError::Revoked => {
            "The issuer revoked the server’s certificate. Ask your IT department whether this network is \
             safe."
                .to_owned()
        }
        CertificateError::UnknownRevocationStatus
        | CertificateError::ExpiredRevocationList
        | CertificateError::ExpiredRevocationListContext { .. } => {
            "This computer couldn’t check whether the server’s certificate is revoked. Check the network \
             and try again."
                .to_owned()
        }
        _ => invalid(problem),
    }
}

fn untrusted(issuer: Option<&str>) -> String {
    let by = issuer.map_or_else(|| "an issuer".to_owned(), |issuer| format!("“{issuer}”"));
    format!(
        "The server’s certificate is signed by {by}, which this computer doesn’t trust. A company firewall \
         may re-sign connections: ask your IT department for its CA file and enter it in Settings, Network."
    )
}

fn invalid(problem: &CertificateError) -> String {
    format!(
        "The server’s certificate isn’t valid ({problem}). Ask your IT department whether this network is \
         safe."
    )
}

/// The names in the certificate and the expected one, if the error has them.
fn presented_names(problem: &CertificateError) -> String {
    let CertificateError::NotValidForNameContext { expected, presented } = problem else {
        return String::new();
    };
    let presented: Vec<_> = presented.iter().map(|name| unwrapped_name(name)).collect();
    if presented.is_empty() {
        return String::new();
    }
    format!(": {}, not {}", presented.join(", "), expected.to_str())
}

/// A name without the wrapper of the library, such as `DnsName("example.com")`.
fn unwrapped_name(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

fn day(time: UnixTime) -> String {
    let time = i64::try_from(time.as_secs()).ok().and_then(|secs| Timestamp::from_second(secs).ok());
    time.unwrap_or(Timestamp::MAX).strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_problem_of_a_certificate_says_what_is_wrong_and_what_to_do() {
        let time = UnixTime::since_unix_epoch(Duration::from_secs(1_767_225_600));
        for (problem, wrong, to_do) in [
            (CertificateError::Expired, "has expired", "clock"),
            (CertificateError::ExpiredContext { time, not_after: time }, "expired on 2026-01-01", "clock"),
            (CertificateError::NotValidYet, "isn’t valid yet", "clock"),
            (
                CertificateError::NotValidYetContext { time, not_before: time },
                "valid before 2026-01-01",
                "clock",
            ),
            (CertificateError::UnknownIssuer, "doesn’t trust", "CA file"),
            (CertificateError::NotValidForName, "another name", "sign in"),
            (CertificateError::Revoked, "revoked", "IT department"),
            (CertificateError::UnknownRevocationStatus, "couldn’t check", "try again"),
            (CertificateError::BadSignature, "BadSignature", "IT department"),
        ] {
            let sentence = certificate(&problem);
            assert!(sentence.contains(wrong) && sentence.contains(to_do), "{problem:?}: {sentence}");
            let wrapped = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::from(problem));
            assert_eq!(explain(&wrapped), Some(sentence));
        }
    }
}
