//! How the certificate of a PostgreSQL is checked.

use std::sync::Arc;

use anyhow::{Context, ensure};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What a certificate must prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing: the connection is encrypted, perhaps with somebody else.
    Nothing,
    /// That a known authority signed it.
    Authority,
    /// That a known authority signed it for the host of the address.
    AuthorityAndName,
}

/// The maker of TLS connections that check certificates so. `root` is a PEM file, or `system`.
///
/// # Errors
/// When the root certificate cannot be read.
pub fn connector(check: Check, root: Option<&str>) -> anyhow::Result<MakeRustlsConnect> {
    let provider = Arc::new(ring::default_provider());
    let full = match root.filter(|_| check != Check::Nothing) {
        Some(root) => {
            let roots = Arc::new(roots(root)?);
            Some(WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build()?)
        }
        None => None,
    };
    let verifier: Arc<dyn ServerCertVerifier> = match full {
        Some(full) if check == Check::AuthorityAndName => full,
        authority => Arc::new(Lenient { provider: Arc::clone(&provider), authority }),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn roots(root: &str) -> anyhow::Result<RootCertStore> {
    let cannot = || format!("cannot read the root certificate {root}");
    let certificates = if root == "system" {
        rustls_native_certs::load_native_certs().certs
    } else {
        CertificateDer::pem_file_iter(root).with_context(cannot)?.collect::<Result<_, _>>().with_context(cannot)?
    };
    let mut store = RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(certificates);
    ensure!(added > 0, "the root certificate {root} contains no certificate");
    Ok(store)
}

/// Checks less than the whole. Without an authority it takes any certificate: `sslmode=require` asks for encryption only.
#[derive(Debug)]
struct Lenient {
    provider: Arc<CryptoProvider>,
    authority: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for Lenient {
    /// The name is checked last, so an error about it says that the rest was right.
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(authority) = &self.authority else { return Ok(ServerCertVerified::assertion()) };
        match authority.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            checked => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
