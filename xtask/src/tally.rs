//! Counting what passed and failed, and reading the counts out of what test
//! runners print.

use anyhow::{Context, Result};
use serde_json::Value;

/// How many passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Passed.
    pub(crate) passed: u64,
    /// Failed.
    pub(crate) failed: u64,
    /// Ignored or skipped.
    pub(crate) skipped: u64,
}

impl Tally {
    /// One check.
    pub(crate) fn one(ok: bool) -> Self {
        Self {
            passed: u64::from(ok),
            failed: u64::from(!ok),
            skipped: 0,
        }
    }

    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }

    /// The `test result:` lines of libtest. `ended_well` is the exit status: a
    /// run that ended badly without naming a failed test (it did not compile,
    /// or wasm trapped) counts as one failure, and so does one without tests.
    pub(crate) fn of_libtest(output: &str, ended_well: bool) -> Self {
        let lines = output
            .lines()
            .filter(|line| line.trim_start().starts_with("test result:"));
        Self::at_least_one(
            lines.map(libtest_line).fold(Self::default(), Self::plus),
            ended_well,
        )
    }

    /// Playwright's JSON report. A test that passed only at a second try
    /// counts as failed.
    pub(crate) fn of_playwright(json: &str, ended_well: bool) -> Result<Self> {
        let report: Value =
            serde_json::from_str(json).context("Playwright's report is not JSON")?;
        let count = |name: &str| {
            report["stats"][name]
                .as_u64()
                .with_context(|| format!("Playwright's report has no stats.{name}"))
        };
        let counted = Self {
            passed: count("expected")?,
            failed: count("unexpected")? + count("flaky")?,
            skipped: count("skipped")?,
        };
        Ok(Self::at_least_one(counted, ended_well))
    }

    fn at_least_one(counted: Self, ended_well: bool) -> Self {
        let lie = counted.failed == 0 && (!ended_well || counted.passed == 0);
        if lie {
            counted.plus(Self::one(false))
        } else {
            counted
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; ...`
fn libtest_line(line: &str) -> Tally {
    let words: Vec<&str> = line.split([' ', ';', '.']).collect();
    let before = |name: &str| {
        words
            .windows(2)
            .find(|w| w[1] == name)
            .and_then(|w| w[0].parse().ok())
            .unwrap_or(0)
    };
    Tally {
        passed: before("passed"),
        failed: before("failed"),
        skipped: before("ignored"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn libtest_lines_add_up() {
        let output = "running 4 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                      test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        assert_eq!(Tally::of_libtest(output, false), tally(15, 2, 1));
    }

    #[test]
    fn a_run_that_says_nothing_has_failed() {
        let none = "test result: ok. 0 passed; 0 failed; 0 ignored;\n";
        let some = "test result: ok. 5 passed; 0 failed; 0 ignored;\n";
        for (output, ended_well, expected) in [
            ("", true, tally(0, 1, 0)),
            ("error: could not compile", false, tally(0, 1, 0)),
            (none, true, tally(0, 1, 0)),
            (some, true, tally(5, 0, 0)),
            (some, false, tally(5, 1, 0)),
        ] {
            assert_eq!(Tally::of_libtest(output, ended_well), expected, "{output}");
        }
    }

    #[test]
    fn playwright_counts() {
        let json = |e, u, f, s| {
            format!(r#"{{"stats":{{"expected":{e},"unexpected":{u},"flaky":{f},"skipped":{s}}}}}"#)
        };
        assert_eq!(
            Tally::of_playwright(&json(4, 1, 1, 2), false).unwrap(),
            tally(4, 2, 2)
        );
        assert_eq!(
            Tally::of_playwright(&json(4, 0, 0, 0), false).unwrap(),
            tally(4, 1, 0)
        );
        assert_eq!(
            Tally::of_playwright(&json(0, 0, 0, 3), true).unwrap(),
            tally(0, 1, 3)
        );
        assert!(Tally::of_playwright("{}", true).is_err());
        assert!(Tally::of_playwright("", true).is_err());
    }

    #[test]
    fn the_last_line() {
        assert_eq!(tally(3, 0, 0).to_string(), "3 passed, 0 failed");
        assert_eq!(tally(3, 1, 2).to_string(), "3 passed, 1 failed, 2 skipped");
    }
}
