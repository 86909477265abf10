//! `cargo xtask serve`: the built site behind the production headers.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::ACCEPT_ENCODING;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;

use crate::build::{self, Mode};
use crate::bundle;
use crate::site::{Answer, Site};
use crate::tools::{at, fingerprint, no_more, take_flag, take_value};

const PORT: &str = "8080";
const WATCH_SCRIPT: &str = "/__watch.js";
const WATCH_VERSION: &str = "/__watch";
/// Asks for the build's number and reloads when it has risen.
const WATCH_SOURCE: &str = "\
let seen;
setInterval(async () => {
  const now = await fetch('/__watch').then((r) => r.text(), () => seen);
  if (seen !== undefined && now !== seen) location.reload();
  seen = now;
}, 700);
";

/// `cargo xtask serve [--port N] [--watch]`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut args = args.to_vec();
    let watch = take_flag(&mut args, "--watch");
    let port = take_value(&mut args, "--port")?.unwrap_or_else(|| PORT.to_owned());
    let port: u16 = port
        .parse()
        .with_context(|| format!("not a port: {port}"))?;
    no_more(&args)?;
    let dist = build::site(if watch { Mode::Dev } else { Mode::Release })?;
    let build_number = watch.then(|| Arc::new(AtomicU64::new(0)));
    let port = start(&dist, port, build_number.clone())?;
    println!("http://127.0.0.1:{port}/");
    io::stdout().flush()?;
    match build_number {
        Some(number) => rebuild_on_change(&number),
        None => loop {
            thread::park();
        },
    }
}

/// Serves `dist` from a thread of its own until the program ends; the port
/// (a free one for 0). A build number stands for watching.
pub(crate) fn start(dist: &Path, port: u16, build_number: Option<Arc<AtomicU64>>) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .with_context(|| format!("cannot listen on port {port}; choose another with --port N"))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let served = Arc::new(Served {
        site: Site::open(dist)?,
        build_number,
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let listener = runtime.block_on(async { tokio::net::TcpListener::from_std(listener) })?;
    thread::spawn(move || runtime.block_on(accept(listener, served)));
    Ok(port)
}

/// What is served, and the build's number while watching.
struct Served {
    site: Site,
    build_number: Option<Arc<AtomicU64>>,
}

async fn accept(listener: tokio::net::TcpListener, served: Arc<Served>) {
    loop {
        // A connection that ended before it was taken is no error of ours.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let served = Arc::clone(&served);
        let answering = service_fn(move |request| {
            let answer = served.answer(&request);
            async { Ok::<_, Infallible>(response(answer)) }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answering);
        tokio::spawn(async move {
            // Nor is a browser that went away.
            let _ = connection.await;
        });
    }
}

impl Served {
    fn answer<B>(&self, request: &Request<B>) -> Answer {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Answer::text(405, "only GET\n", "text/plain; charset=utf-8");
        }
        let encodings = request.headers().get(ACCEPT_ENCODING);
        let encodings = encodings.and_then(|value| value.to_str().ok());
        match &self.build_number {
            None => self
                .site
                .get(request.uri().path(), encodings.unwrap_or_default()),
            Some(number) => watched(&self.site, request.uri().path(), number),
        }
    }
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response
        .body(Full::from(answer.body))
        .unwrap_or_else(|error| {
            // A header line that is none, in the site's own `_headers`.
            let mut response = Response::new(Full::from(error.to_string()));
            *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
            response
        })
}

/// While watching, the page asks for the build's number by a script of its
/// own file, which the content security policy lets in.
fn watched(site: &Site, url: &str, build_number: &AtomicU64) -> Answer {
    match url {
        WATCH_VERSION => Answer::text(
            200,
            &build_number.load(Ordering::Relaxed).to_string(),
            "text/plain",
        ),
        WATCH_SCRIPT => Answer::text(200, WATCH_SOURCE, "text/javascript"),
        _ => {
            let mut answer = site.get(url, "identity");
            if answer
                .headers
                .iter()
                .any(|(_, value)| value.starts_with("text/html"))
            {
                answer
                    .body
                    .extend(format!("<script src=\"{WATCH_SCRIPT}\"></script>\n").bytes());
            }
            answer
        }
    }
}

/// Rebuilds for ever; a build that fails leaves the old site standing.
fn rebuild_on_change(build_number: &AtomicU64) -> Result<()> {
    let mut inputs = bundle::sources();
    inputs.extend(["src", "Cargo.toml", "Cargo.lock"].map(at));
    let mut built = fingerprint(&inputs, "")?;
    println!("watching for changes; Ctrl-C ends it");
    loop {
        thread::sleep(Duration::from_millis(500));
        let now = fingerprint(&inputs, "")?;
        if now == built {
            continue;
        }
        built = now;
        match build::site(Mode::Dev) {
            Ok(_) => {
                build_number.fetch_add(1, Ordering::Relaxed);
                println!("rebuilt");
            }
            Err(error) => println!("{error:#}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Read;
    use std::net::TcpStream;

    fn exchange(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(stream, "{request}\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn answers_over_http() {
        let dist = at("target/tmp/serve-test");
        fs::create_dir_all(&dist).unwrap();
        fs::copy(at("public/_headers"), dist.join("_headers")).unwrap();
        fs::write(dist.join("index.html"), "shell").unwrap();
        let port = start(&dist, 0, None).unwrap();
        let shell = exchange(port, "GET / HTTP/1.1");
        assert!(shell.starts_with("HTTP/1.1 200"), "{shell}");
        assert!(
            shell.ends_with("shell") && shell.contains("require-trusted-types-for"),
            "{shell}"
        );
        assert!(exchange(port, "GET /nothing HTTP/1.1").starts_with("HTTP/1.1 404"));
        assert!(exchange(port, "POST / HTTP/1.1").starts_with("HTTP/1.1 405"));
        assert!(!exchange(port, "HEAD / HTTP/1.1").ends_with("shell"));
        // Browsers keep connections open and idle; the next must not wait.
        let idle: Vec<TcpStream> = (0..40)
            .map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap())
            .collect();
        assert!(exchange(port, "GET / HTTP/1.1").ends_with("shell"));
        drop(idle);
        assert!(
            start(&dist, port, None).is_err(),
            "a taken port is an error"
        );

        let number = Arc::new(AtomicU64::new(7));
        let watching = start(&dist, 0, Some(number)).unwrap();
        assert!(exchange(watching, "GET / HTTP/1.1").contains("<script src=\"/__watch.js\">"));
        assert!(exchange(watching, "GET /__watch HTTP/1.1").ends_with('7'));
        assert!(exchange(port, "GET /__watch HTTP/1.1").starts_with("HTTP/1.1 404"));
    }
}
