//! The hosting headers, read from `public/_headers`: what is tested here is
//! what a host is given.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Which headers go with which paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Headers {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    pattern: String,
    headers: Vec<(String, String)>,
}

impl Headers {
    /// Reads the file that a build has put into the site.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        Self::parse(
            &fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?,
        )
    }

    /// Lines that start at the margin name a path (`*` at its end stands for
    /// anything); indented ones are headers for it; `#` begins a comment.
    fn parse(text: &str) -> Result<Self> {
        let mut rules: Vec<Rule> = Vec::new();
        for line in text
            .lines()
            .filter(|l| !l.trim().is_empty() && !l.starts_with('#'))
        {
            if line.starts_with([' ', '\t']) {
                let (name, value) = line
                    .split_once(':')
                    .with_context(|| format!("not a header: {line}"))?;
                let rule = rules
                    .last_mut()
                    .with_context(|| format!("header before any path: {line}"))?;
                rule.headers
                    .push((name.trim().to_owned(), value.trim().to_owned()));
            } else {
                rules.push(Rule {
                    pattern: line.trim().to_owned(),
                    headers: Vec::new(),
                });
            }
        }
        Ok(Self { rules })
    }

    /// The headers for an address's path.
    pub(crate) fn for_path<'a>(
        &'a self,
        path: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let fits = move |rule: &&Rule| match rule.pattern.strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix),
            None => path == rule.pattern,
        };
        self.rules
            .iter()
            .filter(fits)
            .flat_map(|rule| rule.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::at;

    #[test]
    fn paths_get_the_headers_of_every_rule_that_fits() {
        let headers =
            Headers::parse("# note\n/*\n  A: 1\n  B: x: y\n/assets/*\n  C: 3\n/\n  D: 4\n")
                .unwrap();
        let names = |path| headers.for_path(path).map(|(n, _)| n).collect::<String>();
        assert_eq!(names("/"), "ABD");
        assert_eq!(names("/assets/a.js"), "ABC");
        assert_eq!(names("/other"), "AB");
        assert!(headers.for_path("/x").any(|h| h == ("B", "x: y")));
        assert!(Headers::parse("  A: 1").is_err());
        assert!(Headers::parse("/*\n  nonsense").is_err());
    }

    #[test]
    fn the_policy_lets_nothing_out_and_nothing_foreign_in() {
        let headers = Headers::read(&at("public/_headers")).unwrap();
        let of = |path, name| {
            headers
                .for_path(path)
                .filter(|h| h.0 == name)
                .map(|h| h.1)
                .collect::<Vec<_>>()
        };
        let [policy] = of("/", "Content-Security-Policy")[..] else {
            panic!("one policy wanted")
        };
        let mut directives: Vec<&str> = policy.split("; ").collect();
        for wanted in [
            "default-src 'none'",
            "connect-src 'self'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(directives.contains(&wanted), "{wanted} is missing");
        }
        directives.retain(|d| {
            d.contains("unsafe-inline")
                || d.contains("'unsafe-eval'")
                || d.contains("http")
                || d.contains('*')
        });
        assert!(directives.is_empty(), "{directives:?}");
        assert_eq!(of("/", "Cache-Control"), ["no-cache"]);
        assert_eq!(
            of("/assets/a-1.js", "Cache-Control"),
            ["public, max-age=31536000, immutable"]
        );
    }
}
