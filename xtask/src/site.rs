//! Which bytes answer which request: pure but for reading the site's files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::headers::Headers;

/// A finished answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Header names and values.
    pub(crate) headers: Vec<(String, String)>,
    /// Body, empty for errors.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A short text.
    pub(crate) fn text(status: u16, body: &str, kind: &str) -> Self {
        Self {
            status,
            headers: vec![pair("Content-Type", kind)],
            body: body.as_bytes().to_vec(),
        }
    }
}

/// A built site with its hosting headers.
pub(crate) struct Site {
    dist: PathBuf,
    headers: Headers,
}

impl Site {
    /// The site in `dist`, which holds its `_headers`.
    pub(crate) fn open(dist: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            dist: dist.to_owned(),
            headers: Headers::read(&dist.join("_headers"))?,
        })
    }

    /// Answers a GET for `url` from a browser that takes `encodings`.
    pub(crate) fn get(&self, url: &str, encodings: &str) -> Answer {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let mut answer = self.file(path, encodings);
        answer
            .headers
            .extend(self.headers.for_path(path).map(|(n, v)| pair(n, v)));
        answer
    }

    /// A missing file is a 404, never `index.html`: HTML served as a script is
    /// a white page (ux.md §3.5).
    fn file(&self, path: &str, encodings: &str) -> Answer {
        let Some(file) = self.find(path) else {
            return Answer::text(404, "not found\n", "text/plain; charset=utf-8");
        };
        let (encoding, bytes) = encoded(&file, encodings);
        let Some(body) = bytes.or_else(|| fs::read(&file).ok()) else {
            return Answer::text(500, "cannot be read\n", "text/plain; charset=utf-8");
        };
        let mut headers = vec![
            pair("Content-Type", mime(&file)),
            pair("Vary", "Accept-Encoding"),
        ];
        if let Some(encoding) = encoding {
            headers.push(pair("Content-Encoding", encoding));
        }
        Answer {
            status: 200,
            headers,
            body,
        }
    }

    fn find(&self, path: &str) -> Option<PathBuf> {
        let path = decoded(path)?;
        let mut file = self.dist.clone();
        for part in path.strip_prefix('/')?.split('/') {
            // No way up, nothing hidden, no host's own files.
            if part.starts_with(['.', '_']) || part.contains(['\\', ':', '\0']) {
                return None;
            }
            file.push(part);
        }
        if path.ends_with('/') {
            file.push("index.html");
        }
        file.is_file().then_some(file)
    }
}

/// The compressed twin that the browser takes, if there is one.
fn encoded(file: &Path, accepted: &str) -> (Option<&'static str>, Option<Vec<u8>>) {
    let takes = |name: &str| {
        accepted.split(',').any(|item| {
            let mut words = item.split(';').map(str::trim);
            words.next() == Some(name)
                && !words.any(|w| matches!(w, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    };
    for (name, ending) in [("br", ".br"), ("gzip", ".gz")] {
        let mut twin = file.as_os_str().to_owned();
        twin.push(ending);
        if takes(name)
            && let Ok(bytes) = fs::read(twin)
        {
            return (Some(name), Some(bytes));
        }
    }
    (None, None)
}

fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%' {
            let (digits, tail) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

fn mime(file: &Path) -> &'static str {
    match file
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "txt" | "md" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::at;

    fn site(name: &str) -> Site {
        let dist = at("target/tmp").join(name);
        let _ = fs::remove_dir_all(&dist);
        fs::create_dir_all(dist.join("assets")).unwrap();
        fs::copy(at("public/_headers"), dist.join("_headers")).unwrap();
        for (file, text) in [
            ("index.html", "shell"),
            (".stamp", "x"),
            ("assets/a b.wasm", "wasm"),
            ("assets/a b.wasm.br", "brotli"),
            ("assets/a b.wasm.gz", "gzip"),
        ] {
            fs::write(dist.join(file), text).unwrap();
        }
        Site::open(&dist).unwrap()
    }

    fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
        answer
            .headers
            .iter()
            .find(|h| h.0 == name)
            .map(|h| h.1.as_str())
    }

    #[test]
    fn the_shell_comes_with_the_production_headers() {
        let answer = site("site-shell").get("/?x=1", "");
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (200, b"shell".as_slice())
        );
        assert_eq!(
            header(&answer, "Content-Type"),
            Some("text/html; charset=utf-8")
        );
        assert!(
            header(&answer, "Content-Security-Policy")
                .unwrap()
                .contains("default-src 'none'")
        );
        assert_eq!(header(&answer, "Cache-Control"), Some("no-cache"));
    }

    #[test]
    fn the_browser_gets_the_best_encoding_it_takes() {
        let site = site("site-encoding");
        for (accepted, encoding, body) in [
            ("gzip, deflate, br", Some("br"), "brotli"),
            ("gzip, br;q=0", Some("gzip"), "gzip"),
            ("identity", None, "wasm"),
        ] {
            let answer = site.get("/assets/a%20b.wasm", accepted);
            assert_eq!(header(&answer, "Content-Encoding"), encoding);
            assert_eq!(answer.body, body.as_bytes());
            assert_eq!(header(&answer, "Content-Type"), Some("application/wasm"));
        }
    }

    #[test]
    fn nothing_else_is_served() {
        let site = site("site-missing");
        for url in [
            "/missing",
            "/assets/missing.js",
            "/assets",
            "/.stamp",
            "/_headers",
            "/../site-missing/index.html",
            "/%2e%2e/site-missing/index.html",
            "/%zz",
            "/%",
            "//etc/passwd",
            "index.html",
            "",
        ] {
            assert_eq!(site.get(url, "br").status, 404, "{url}");
        }
    }
}
