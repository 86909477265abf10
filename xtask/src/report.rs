//! Figures for people and for machines: a table on the terminal and the same
//! figures as JSON under `target/reports/`.

use std::fs;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::tools::at;

/// A table of figures: one row per thing measured, a name and then one value
/// per column.
pub(crate) struct Report {
    name: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<(String, Vec<Value>)>,
}

impl Report {
    /// An empty table; `name` is the file's, columns carry their units.
    pub(crate) fn new(name: &'static str, columns: &[&'static str]) -> Self {
        Self {
            name,
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; missing values are left empty.
    pub(crate) fn row(&mut self, name: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.rows.push((name.into(), values.into_iter().collect()));
    }

    /// Prints the table and writes `target/reports/NAME.json`.
    pub(crate) fn publish(&self) -> Result<()> {
        print!("{}", self.table());
        let dir = at("target/reports");
        fs::create_dir_all(&dir)?;
        let file = dir.join(format!("{}.json", self.name));
        fs::write(&file, serde_json::to_string_pretty(&self.json())? + "\n")?;
        println!("(the same in target/reports/{}.json)", self.name);
        Ok(())
    }

    fn json(&self) -> Value {
        let rows = self.rows.iter().map(|(name, values)| {
            let mut row = Map::new();
            row.insert("name".to_owned(), Value::from(name.as_str()));
            row.extend(
                self.columns
                    .iter()
                    .zip(values)
                    .map(|(c, v)| ((*c).to_owned(), v.clone())),
            );
            Value::Object(row)
        });
        Value::Array(rows.collect())
    }

    fn table(&self) -> String {
        let header = std::iter::once(self.name)
            .chain(self.columns.iter().copied())
            .map(str::to_owned)
            .collect();
        let mut lines: Vec<Vec<String>> = vec![header];
        lines.extend(self.rows.iter().map(|(name, values)| {
            std::iter::once(name.clone())
                .chain(values.iter().map(cell))
                .collect()
        }));
        let width = |column: usize| {
            lines
                .iter()
                .filter_map(|line| line.get(column))
                .map(|c| c.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..=self.columns.len()).map(width).collect();
        let mut text = String::new();
        for line in &lines {
            for (i, (cell, &width)) in line.iter().zip(&widths).enumerate() {
                // Names to the left, figures to the right.
                text += &if i == 0 {
                    format!("{cell:width$}")
                } else {
                    format!("  {cell:>width$}")
                };
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(f) if number.is_f64() => format!("{f:.2}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_and_json_hold_the_same_figures() {
        let mut report = Report::new("size", &["raw B", "note"]);
        report.row("page", [Value::from(1200), Value::from("ok")]);
        report.row("é", [Value::from(1.234), Value::Null]);
        assert_eq!(
            report.table(),
            "size  raw B  note\npage   1200    ok\né      1.23\n"
        );
        assert_eq!(report.json()[0]["raw B"], 1200);
        assert_eq!(report.json()[1]["name"], "é");
    }
}
