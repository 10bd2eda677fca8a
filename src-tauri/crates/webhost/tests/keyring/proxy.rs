//! Requests use the proxy that the environment names.

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::mpsc,
};

use crate::session::{DesktopSession, KEY};

/// A proxy that refuses every request. Returns its address and the first line of each request.
async fn refusing_proxy() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, lines) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            let _ = stream.read_line(&mut line).await;
            let _ = sender.send(line.trim().to_owned());
            let _ = stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await;
        }
    });
    (address, lines)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_of_the_environment_is_asked_unless_the_environment_excepts_the_server() {
    let desktop = DesktopSession::with_keyring().await;
    let add = json!({ "name": "Prod", "key": KEY, "color": "blue", "sessionOnly": true });
    // The name does not exist, so only the proxy can receive the request.
    let codat = "https://codat.invalid";

    let (proxy, mut lines) = refusing_proxy().await;
    let program = desktop.start_with(codat, &[("HTTPS_PROXY", &proxy)]).await;
    program.call("addWorkspace", add.clone()).await.unwrap_err();
    assert_eq!(lines.try_recv().unwrap(), "CONNECT codat.invalid:443 HTTP/1.1");
    program.end().await;

    let (proxy, mut lines) = refusing_proxy().await;
    let variables = [("HTTPS_PROXY", proxy.as_str()), ("NO_PROXY", "codat.invalid")];
    let program = desktop.start_with(codat, &variables).await;
    program.call("addWorkspace", add).await.unwrap_err();
    assert!(lines.try_recv().is_err(), "the proxy is not asked");
    program.end().await;
}
