//! Who may import whom, read from the sources: design.md §4. The compiler
//! guards the coarse rule (a bare build has no browser crate); this guards the
//! finer ones.

use std::path::Path;
use std::{fs, io};

/// The layers from the bottom up. A layer may name itself and those in its row.
const LAYERS: &[(&str, &[&str])] = &[
    ("engine", &[]),
    ("vision", &["engine"]),
    ("session", &["engine", "vision"]),
    ("protocol", &["engine", "session", "vision"]),
    // Its refusals are those the protocol can tell the page.
    ("codec", &["engine", "protocol"]),
    (
        "platform",
        &["engine", "codec", "vision", "session", "protocol"],
    ),
    (
        "ui",
        &["engine", "vision", "session", "protocol", "platform"],
    ),
    (
        "bin",
        &[
            "engine", "codec", "vision", "session", "protocol", "platform", "ui",
        ],
    ),
];

/// Browser and framework crates, and the layers that may name them.
const CRATES: &[(&str, &[&str])] = &[
    ("web_sys", &["platform", "ui", "bin"]),
    ("js_sys", &["platform", "ui", "bin"]),
    ("wasm_bindgen", &["platform", "ui", "bin"]),
    ("wasm_bindgen_futures", &["platform", "ui", "bin"]),
    ("leptos", &["ui", "bin"]),
    ("leptos_use", &["ui", "bin"]),
    ("reactive_stores", &["ui", "bin"]),
    ("image", &["codec"]),
];

/// Layers that are layered themselves, with the lists their modules stand in.
const ORDERED: &[(&str, &str)] = &[
    ("engine", include_str!("../src/engine/mod.rs")),
    ("vision", include_str!("../src/vision/mod.rs")),
];

/// The modules of such a layer from the bottom up, as its `mod.rs` declares
/// them: each may import those above it there, never those below.
fn order(declarations: &str) -> Vec<&str> {
    declarations
        .lines()
        .filter_map(|line| {
            let name = line.trim_start_matches("pub ").trim_start_matches("mod ");
            (name != line).then(|| name.trim_end_matches(';'))
        })
        .collect()
}

/// Every `use` of something forbidden in one file. `file` is its path below
/// `src`, with `/`.
fn violations(file: &str, source: &str) -> Vec<String> {
    let mut parts = file.trim_end_matches(".rs").split('/');
    let (layer, module) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    if layer == "lib" {
        return Vec::new();
    }
    let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!(
            "src/{file}: `{layer}` is no layer; give it a row in LAYERS of tests/layering.rs"
        )];
    };
    let mut found = Vec::new();
    let code = without_comments(source);
    for name in crate_roots(&code) {
        if LAYERS.iter().any(|(other, _)| *other == name) && name != layer && !below.contains(&name)
        {
            found.push(format!(
                "src/{file}: `{layer}` must not import `{name}` (allowed: {below:?})"
            ));
        }
    }
    for (name, allowed) in CRATES {
        if !allowed.contains(&layer) && names_crate(&code, name) {
            found.push(format!(
                "src/{file}: `{layer}` must not name the crate `{name}` (allowed in {allowed:?})"
            ));
        }
    }
    let ordered = ORDERED.iter().find(|(name, _)| *name == layer);
    if let Some((_, declarations)) = ordered.filter(|_| module != "mod") {
        found.extend(upward(file, layer, module, declarations, &code));
    }
    found
}

/// Imports of one module from those declared below it.
fn upward(file: &str, layer: &str, module: &str, declarations: &str, code: &str) -> Vec<String> {
    // `field_tests.rs` is the test half of `field.rs` and may see everything.
    if module.ends_with("_tests") {
        return Vec::new();
    }
    let order = order(declarations);
    let place = |name: &str| order.iter().position(|module| *module == name);
    let Some(own) = place(module) else {
        return vec![format!(
            "src/{file}: `{module}` is not declared in {layer}/mod.rs"
        )];
    };
    // In `engine/a/b.rs` super is `a` itself; crate paths are all that counts.
    let direct = file.split('/').count() == 2;
    let mut siblings = after(code, &format!("crate::{layer}::"));
    if direct {
        siblings.extend(after(code, "super::"));
    }
    let upwards = siblings
        .into_iter()
        .filter(|s| place(s).is_some_and(|there| there > own));
    upwards.map(|s| format!("src/{file}: `{layer}::{module}` must not import `{layer}::{s}`, which {layer}/mod.rs declares below it")).collect()
}

/// The modules at the crate's root that a file names, in either spelling.
fn crate_roots(code: &str) -> Vec<&str> {
    let mut names = after(code, "crate::");
    names.extend(after(code, "smp_visualizer::"));
    names
}

/// The first words after each `prefix`: one, or each one of a `{a, b::c}`.
fn after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let is_word_before = code[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_');
        if is_word_before {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(first_words(list)),
            None => names.push(word(rest)),
        }
    }
    names
}

/// The first word of each item up to the brace that closes the list.
fn first_words(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut words) = (0, 0, Vec::new());
    for (i, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                words.push(word(list[start..i].trim_start()));
                start = i + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    words
}

fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}

/// Whether `name::` or `use name` stands in the code as a path of its own.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let (before, rest) = (&code[..at], &code[at + name.len()..]);
        let starts = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let inside_a_path = before.ends_with("::")
            && before[..before.len() - 2].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let used = before.trim_end().ends_with("use") && rest.starts_with([';', ' ']);
        // `image::` may be our own module in a list: `use super::{image::Photo}`.
        let in_a_list = before.trim_end().ends_with(['{', ',']) && inside_braces_of_use(before);
        starts && !inside_a_path && !in_a_list && (rest.starts_with("::") || used)
    })
}

fn inside_braces_of_use(before: &str) -> bool {
    let statement = before.rsplit(';').next().unwrap_or_default();
    statement.rfind("use ").is_some_and(|at| {
        let list = &statement[at..];
        !list.starts_with("use {") && list.matches('{').count() > list.matches('}').count()
    })
}

fn without_comments(source: &str) -> String {
    let lines = source.lines().map(|line| {
        if line.trim_start().starts_with("//") {
            ""
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn rust_files(dir: &Path, below: &str, found: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let inside = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        if path.is_dir() {
            rust_files(&path, &inside, found)?;
        } else if inside.ends_with(".rs") {
            found.push((inside, fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

#[test]
fn nobody_imports_upwards() -> io::Result<()> {
    let mut files = Vec::new();
    rust_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        "",
        &mut files,
    )?;
    assert!(files.len() > 3, "src/** was not found");
    let found: Vec<String> = files
        .iter()
        .flat_map(|(file, source)| violations(file, source))
        .collect();
    assert!(found.is_empty(), "forbidden imports:\n{}", found.join("\n"));
    Ok(())
}

#[test]
fn the_checker_sees_what_is_forbidden() {
    for (file, source) in [
        ("engine/head.rs", "use crate::protocol::Request;"),
        ("engine/head.rs", "use crate::{engine::look, ui::App};"),
        ("engine/head.rs", "fn f() { web_sys::window(); }"),
        ("engine/head.rs", "use web_sys::window;"),
        ("engine/head.rs", "use ::js_sys::Array;"),
        ("engine/head.rs", "use super::render::Renderer;"),
        ("engine/head.rs", "use super::{camera::Camera, render};"),
        (
            "engine/head.rs",
            "use crate::engine::{\n    camera,\n    dots::{self, Dots},\n};",
        ),
        ("engine/head/pose.rs", "use crate::engine::render;"),
        ("engine/nowhere.rs", ""),
        ("vision/crop.rs", "use super::face::Face;"),
        ("engine/fit.rs", "use crate::vision::face;"),
        ("codec/mod.rs", "use crate::session::Plan;"),
        ("session/mod.rs", "use wasm_bindgen::prelude::*;"),
        ("session/mod.rs", "use crate::platform::storage;"),
        ("protocol.rs", "use crate::platform::storage;"),
        ("platform/mod.rs", "use leptos::prelude::*;"),
        ("platform/mod.rs", "use crate::ui;"),
        ("ui/mod.rs", "use crate::codec::decode;"),
        ("ui/mod.rs", "use image::Rgba;"),
        ("unknown/mod.rs", ""),
    ] {
        assert!(
            !violations(file, source).is_empty(),
            "not seen in {file}: {source}"
        );
    }
}

#[test]
fn the_checker_lets_the_rest_through() {
    for (file, source) in [
        ("lib.rs", "pub mod ui;"),
        ("engine/mod.rs", "pub mod render;"),
        (
            "engine/head.rs",
            "// use web_sys::window;\n/// like [`crate::ui`]\nuse super::camera::Camera;",
        ),
        (
            "engine/head.rs",
            "use crate::engine::{camera::Camera, params};\nuse std::f64;",
        ),
        ("engine/head/pose.rs", "use super::render_of_pose;"),
        (
            "engine/dots.rs",
            "use super::{image::Photo, field::Dots};\nuse crate::engine::image::Rect;",
        ),
        ("engine/field_tests.rs", "use super::render;"),
        (
            "codec/mod.rs",
            "use image::ImageReader;\nuse crate::engine::image::Photo;",
        ),
        ("session/mod.rs", "use crate::engine::look::Look;"),
        (
            "platform/mod.rs",
            "use crate::{protocol::Request, session::queue, codec};\nuse web_sys::Worker;",
        ),
        ("ui/mod.rs", "use leptos::prelude::*;\nuse crate::platform;"),
        ("bin/app.rs", "use smp_visualizer::ui;\nuse leptos::mount;"),
    ] {
        assert_eq!(
            violations(file, source),
            Vec::<String>::new(),
            "{file}: {source}"
        );
    }
}
