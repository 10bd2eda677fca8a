//! What only a socket can say: broken request lines, bodies that end early or never, two requests in one.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use sandbox::{Options, Sandbox};

use crate::{
    Replay,
    dice::Dice,
    requests::{Hostile, Known},
    seeds,
};

/// Requests of a run.
const REQUESTS: usize = 60;
/// How long one answer may take before it counts as a hang.
const DEADLINE: Duration = Duration::from_secs(60);
const BASIC: &str = "Basic c2FuZGJveA==";

async fn start(seed: u64) -> Sandbox {
    let now = "2026-11-23T09:00:00Z".parse().unwrap();
    let options = Options { port: 0, seed, time_scale: "0".parse().unwrap(), ..Options::default() };
    Sandbox::start(options, Arc::new(move || now)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_bytes_break_the_host() {
    for seed in seeds() {
        let sandbox = start(seed).await;
        let address = sandbox.address();
        let run = tokio::task::spawn_blocking(move || {
            let mut replay = Replay { seed, last: String::new() };
            let mut dice = Dice::new(seed ^ 0x7c9);
            for _ in 0..REQUESTS {
                let bytes = bytes(&mut dice, address);
                replay.last = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).into_owned();
                check(&exchange(address, &bytes, true));
                assert!(lives(address), "the sandbox still answers");
            }
        });
        run.await.unwrap();
        sandbox.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_stop_half_way_hold_up_nobody() {
    let sandbox = start(1).await;
    let address = sandbox.address();
    let run = tokio::task::spawn_blocking(move || {
        let halves = [
            "POST /companies HTTP/1.1\r\nHost: x\r\n".to_owned(),
            "G".to_owned(),
            String::new(),
            format!(
                "POST /companies HTTP/1.1\r\nHost: {address}\r\nAuthorization: {BASIC}\r\nContent-Length: 900000\r\n\r\n{{"
            ),
            format!(
                "POST /companies HTTP/1.1\r\nHost: {address}\r\nAuthorization: {BASIC}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{{\"na"
            ),
        ];
        let mut held = Vec::new();
        for half in halves.iter().cycle().take(200) {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(half.as_bytes()).unwrap();
            held.push(stream);
        }
        for _ in 0..20 {
            assert!(lives(address), "others are answered meanwhile");
        }
        drop(held);
        assert!(lives(address));
    });
    run.await.unwrap();
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_hidden_in_another_is_not_carried_out_unless_it_is_one() {
    let sandbox = start(1).await;
    let address = sandbox.address();
    let run = tokio::task::spawn_blocking(move || {
        let hidden = format!(
            "POST /companies HTTP/1.1\r\nHost: {address}\r\nAuthorization: {BASIC}\r\nContent-Length: 17\r\n\r\n{{\"name\":\"Hidden\"}}"
        );
        let inside = |headers: &str| {
            format!(
                "POST /companies HTTP/1.1\r\nHost: {address}\r\nAuthorization: {BASIC}\r\n{headers}\r\n\r\n{hidden}"
            )
        };
        let size = hidden.len();
        for headers in [
            format!("Content-Length: {size}"),
            format!("Content-Length: {size}\r\nContent-Length: 0"),
            format!("Content-Length: 0\r\nContent-Length: {size}"),
            format!("Content-Length: +{size}"),
            format!("Content-Length: {size}, 0"),
            "Transfer-Encoding: chunked, identity".to_owned(),
            "Transfer-Encoding: xchunked".to_owned(),
            format!("Transfer-Encoding : chunked\r\nContent-Length: {size}"),
        ] {
            check(&exchange(address, inside(&headers).as_bytes(), true));
            let listed = ask(address, "/companies?query=name%3DHidden");
            assert!(listed.contains("\"totalResults\":0"), "{headers}: {listed}");
        }
    });
    run.await.unwrap();
    sandbox.stop().await;
}

fn lives(address: SocketAddr) -> bool {
    ask(address, "/profile").starts_with("HTTP/1.1 200")
}

/// What a well-behaved client is answered.
fn ask(address: SocketAddr, target: &str) -> String {
    let head = format!(
        "GET {target} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {BASIC}\r\nConnection: close\r\n\r\n"
    );
    String::from_utf8_lossy(&exchange(address, head.as_bytes(), false)).into_owned()
}

/// Sends all of it, says if nothing more comes, and reads until the other side closes. Who says so may be
/// taken for gone, and not be answered.
fn exchange(address: SocketAddr, bytes: &[u8], ends: bool) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.set_write_timeout(Some(DEADLINE)).unwrap();
    // Whoever refuses may close before all of it was sent.
    let _ = stream.write_all(bytes);
    if ends {
        let _ = stream.shutdown(std::net::Shutdown::Write);
    }
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        use std::io::ErrorKind::{TimedOut, WouldBlock};
        assert!(![TimedOut, WouldBlock].contains(&error.kind()), "the connection hangs");
    }
    answer
}

/// Nothing, or HTTP of no 5xx.
fn check(answer: &[u8]) {
    let start = String::from_utf8_lossy(&answer[..answer.len().min(200)]).into_owned();
    assert!(answer.is_empty() || start.starts_with("HTTP/1."), "{start}");
    assert!(!start.starts_with("HTTP/1.1 5"), "{start}");
}

fn bytes(dice: &mut Dice, address: SocketAddr) -> Vec<u8> {
    let hostile = Hostile::new(dice, &Known::default(), &address.to_string(), BASIC);
    if hostile.target.to_ascii_lowercase().contains("faults") {
        // What was asked for on purpose is not what is looked for here.
        return Vec::new();
    }
    let mut whole = head(dice, &hostile);
    let body = &hostile.body;
    match dice.below(8) {
        0 => {
            whole.extend(b"Transfer-Encoding: chunked\r\n\r\n");
            for chunk in body.chunks(1 + dice.below(70_000)) {
                whole.extend(format!("{:x}\r\n", chunk.len()).bytes());
                whole.extend(chunk);
                whole.extend(b"\r\n");
            }
            if !dice.once_in(3) {
                whole.extend(b"0\r\n\r\n");
            }
        }
        1 => {
            whole.extend(b"Transfer-Encoding: chunked\r\n\r\n");
            whole.extend(
                dice.pick(&["zz\r\n", "ffffffffffffffffff\r\n", "-1\r\n", "5;x=\"\r\nab", "0\r\nA: b"])
                    .bytes(),
            );
        }
        2 => whole.extend(
            format!("Content-Length: {}\r\n\r\n", dice.pick(&["-1", "x", "18446744073709551616", "", "1 1"]))
                .bytes(),
        ),
        3 => {
            whole.extend(format!("Content-Length: {}\r\n\r\n", body.len() + 1 + dice.below(1_000)).bytes());
            whole.extend(body);
        }
        4 => {
            whole.extend(
                format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", body.len())
                    .bytes(),
            );
            whole.extend(body);
        }
        5 => {
            // Cut or spoiled anywhere.
            whole.extend(b"\r\n");
            for _ in 0..dice.below(4) {
                let at = dice.below(whole.len());
                whole[at] = u8::try_from(dice.below(256)).unwrap();
            }
            whole.truncate(dice.below(whole.len()));
        }
        _ => {
            whole.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
            whole.extend(body);
        }
    }
    whole
}

fn head(dice: &mut Dice, hostile: &Hostile) -> Vec<u8> {
    let version = if dice.once_in(8) {
        dice.pick(&["HTTP/1.0", "HTTP/2.0", "HTTP/9", "", "http/1.1"])
    } else {
        "HTTP/1.1"
    };
    let mut head = match dice.below(10) {
        0 => format!("{} http://{}{} {version}\r\n", hostile.method, "127.0.0.1", hostile.target),
        1 => format!("CONNECT 127.0.0.1:80 {version}\r\n"),
        2 => format!("{} * {version}\r\n", hostile.method),
        _ => format!("{} {} {version}\r\n", hostile.method, hostile.target),
    }
    .into_bytes();
    for (name, value) in &hostile.headers {
        head.extend(name.bytes());
        head.extend(b": ");
        head.extend(value);
        head.extend(b"\r\n");
    }
    match dice.below(12) {
        0 => (0..dice.below(300)).for_each(|n| head.extend(format!("x-{n}: {n}\r\n").bytes())),
        1 => head.extend(format!("x-long: {}\r\n", "y".repeat(dice.below(1_000_000))).bytes()),
        2 => head.extend(b" folded\r\n"),
        3 => head.extend(b"Host: evil.test\r\n"),
        4 => head.extend(b"Expect: 100-continue\r\n"),
        _ => {}
    }
    head
}
