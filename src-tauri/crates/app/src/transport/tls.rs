//! TLS configuration, and the issuer of a certificate that is not trusted.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use rustls_platform_verifier::Verifier;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// A certificate whose issuer is not trusted.
#[derive(Debug, thiserror::Error)]
#[error("UnknownIssuer, signed by {}", issuer.as_deref().unwrap_or("an unnamed issuer"))]
pub(super) struct Untrusted {
    /// The common name of the issuer, or else its organization.
    pub(super) issuer: Option<String>,
}

/// TLS with the system's certificate store and these certificate authorities.
///
/// # Errors
/// If the certificate store cannot be used, or a certificate cannot be an authority.
pub(super) fn config(authorities: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(authorities.iter().cloned(), provider.clone())?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(IssuerNamingVerifier(verifier)))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The verifier of the platform. Its errors name the issuer of an untrusted certificate.
#[derive(Debug)]
struct IssuerNamingVerifier(Verifier);

impl ServerCertVerifier for IssuerNamingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        verified.map_err(|error| {
            if error != rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) {
                return error;
            }
            let untrusted = Untrusted { issuer: issuer(intermediates.last().unwrap_or(end_entity)) };
            CertificateError::Other(OtherError(Arc::new(untrusted))).into()
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

fn issuer(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let names = certificate.issuer().iter_common_name().chain(certificate.issuer().iter_organization());
    let name = names.filter_map(|name| name.as_str().ok()).find(|name| !name.trim().is_empty())?;
    Some(name.to_owned())
}
