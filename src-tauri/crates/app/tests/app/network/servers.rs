//! A network for tests: certificates of a private authority, TLS servers, and a proxy with a password.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, copy_bidirectional, split},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// A certificate authority that no computer trusts.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate in PEM.
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A TLS configuration with a certificate for a host name.
    pub(crate) fn certify(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Forwards decrypted TLS connections to a server.
pub(crate) async fn encrypted(tls: TlsAcceptor, server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let tls = tls.clone();
            tokio::spawn(async move {
                if let Ok(stream) = tls.accept(stream).await {
                    pass_on(stream, server).await;
                }
            });
        }
    });
    address
}

/// Forwards IPv6 connections to a server.
pub(crate) async fn over_ipv6(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(pass_on(stream, server));
        }
    });
    address
}

/// A server that sends the same response to every request, and counts connections.
pub(crate) async fn always(answer: String) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::AcqRel);
            let answer = answer.clone();
            tokio::spawn(async move {
                head(&mut stream).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (address, count)
}

/// A proxy that tunnels every client with the right password to one server, whatever the requested address.
/// Counts the tunnels.
pub(crate) async fn proxy(user: &str, password: &str, server: SocketAddr) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let login = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{user}:{password}"));
    let (login, counted) = (format!("Basic {login}"), count.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (login, counted) = (login.clone(), counted.clone());
            tokio::spawn(async move {
                let head = head(&mut stream).await;
                if !head.starts_with("CONNECT ") {
                    let _ = stream.write_all(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n").await;
                } else if !head.contains(&login) {
                    let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\n\
                                   Proxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n\r\n";
                    let _ = stream.write_all(refusal.as_bytes()).await;
                } else {
                    counted.fetch_add(1, Ordering::AcqRel);
                    let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await;
                    if let Ok(mut there) = TcpStream::connect(server).await {
                        let _ = copy_bidirectional(&mut stream, &mut there).await;
                    }
                }
            });
        }
    });
    (address, count)
}

/// Reads the head of a request.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Forwards requests, with the server's address as host: the sandbox accepts only that. Each head is sent in
/// one write.
async fn pass_on(stream: impl AsyncRead + AsyncWrite, server: SocketAddr) {
    let Ok(there) = TcpStream::connect(server).await else { return };
    let ((mut requests, mut answers), (mut from, mut to)) = (split(stream), there.into_split());
    let forward = async {
        let mut piece = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = requests.read(&mut piece).await {
            let text = String::from_utf8_lossy(&piece[..read]).into_owned();
            let readdressed: String = text
                .split_inclusive("\r\n")
                .map(|line| match line.starts_with("host: ") {
                    true => format!("host: {server}\r\n"),
                    false => line.to_owned(),
                })
                .collect();
            if to.write_all(readdressed.as_bytes()).await.is_err() {
                break;
            }
        }
    };
    let _ = tokio::join!(forward, copy(&mut from, &mut answers));
}
