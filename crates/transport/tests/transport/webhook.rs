//! A stand-in for Slack's incoming webhooks: its status and word for each path, over real TCP.
//!
//! The pairs are those that Slack documents ("Handling errors" of incoming webhooks). What it
//! cannot show is whether the real Slack would render a message.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
pub struct Request {
    pub head: String,
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Seen {
    requests: Vec<Request>,
    elsewhere: String,
}

pub struct Webhook {
    port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Webhook {
    pub async fn open() -> Webhook {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, shared.clone()));
            }
        });
        Webhook { port, seen }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Where `/moved` sends its visitors.
    pub fn redirects_to(&self, url: String) {
        self.seen.lock().expect("no panic before").elsewhere = url;
    }

    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().expect("no panic before").requests.clone()
    }
}

async fn answer(mut stream: TcpStream, seen: Arc<Mutex<Seen>>) {
    let Some(request) = read(&mut stream).await else { return };
    let path = request.head.split(' ').nth(1).unwrap_or_default().to_owned();
    let elsewhere = {
        let mut seen = seen.lock().expect("no panic before");
        seen.requests.push(request);
        seen.elsewhere.clone()
    };
    let (status, word) = match path.as_str() {
        "/ok" => ("200 OK", "ok"),
        "/invalid" => ("400 Bad Request", "invalid_payload"),
        "/forbidden" => ("403 Forbidden", "action_prohibited"),
        "/gone" => ("404 Not Found", "no_service"),
        "/busy" => ("429 Too Many Requests", "rate_limited"),
        "/broken" => ("500 Internal Server Error", "rollup_error"),
        "/moved" => ("302 Found", ""),
        "/flood" => return flood(stream).await,
        _ => return,
    };
    let length = word.len();
    let text = format!(
        "HTTP/1.1 {status}\r\nRetry-After: 30\r\nLocation: {elsewhere}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{word}"
    );
    // Whoever asked may be gone; that is for the asking side to notice.
    let _ = stream.write_all(text.as_bytes()).await;
}

/// Answers without end, until the other side has had enough.
async fn flood(mut stream: TcpStream) {
    let head = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n";
    let mut sent = stream.write_all(head.as_bytes()).await;
    while sent.is_ok() {
        sent = stream.write_all(&[b'x'; 8 * 1024]).await;
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end + 2]).into_owned();
            let length = content_length(&head);
            if bytes.len() >= end + 4 + length {
                return Some(Request { head, body: bytes[end + 4..].to_vec() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn content_length(head: &str) -> usize {
    let lower = head.to_lowercase();
    let line = lower.lines().find_map(|line| line.strip_prefix("content-length:"));
    line.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}
