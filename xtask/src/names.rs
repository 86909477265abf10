//! Shorter names for what wasm and its glue call each other: wasm-bindgen's end in
//! 16 random digits each, which no compressor makes smaller, in both files.

use std::collections::HashMap;

use wasm_bindgen_cli_support::Output;

/// What wasm-bindgen's names begin with; what does not may be anybody's.
const THEIRS: [&str; 3] = ["__wbg_", "__wbindgen_", "wasm_bindgen_"];

/// Old names and new ones.
#[derive(Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// Gives imports and exports short names. The glue has to be told:
    /// [`Names::in_glue`].
    pub(crate) fn shorten(output: &mut Output) -> Self {
        let mut names = Self::default();
        let module = output.wasm_mut();
        for import in module.imports.iter_mut() {
            names.rename(&mut import.name);
        }
        for export in module.exports.iter_mut() {
            names.rename(&mut export.name);
        }
        names
    }

    fn rename(&mut self, name: &mut String) {
        if !THEIRS.iter().any(|start| name.starts_with(start)) {
            return;
        }
        let next = format!("w{}", self.0.len());
        let new = self.0.entry(std::mem::take(name)).or_insert(next);
        name.clone_from(new);
    }

    /// The glue with the new names.
    pub(crate) fn in_glue(&self, glue: &str) -> String {
        let mut text = String::with_capacity(glue.len());
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        for part in glue.split_inclusive(|c| !is_of_name(c)) {
            let name = part.trim_end_matches(|c| !is_of_name(c));
            text += self.0.get(name).map_or(name, String::as_str);
            text += part.get(name.len()..).unwrap_or_default();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glue_says_the_new_names_and_leaves_all_else() {
        let mut names = Names::default();
        let renamed = [
            "__wbg_key_76125a528069feff",
            "memory",
            "__wbg_key_76125a528069feff",
            "__wbindgen_free",
        ]
        .map(|name| {
            let mut name = name.to_owned();
            names.rename(&mut name);
            name
        });
        assert_eq!(renamed, ["w0", "memory", "w0", "w1"]);
        let glue = "f(__wbg_key_76125a528069feff, wasm.__wbindgen_free);\nx.__wbg_keys = memory";
        assert_eq!(
            names.in_glue(glue),
            "f(w0, wasm.w1);\nx.__wbg_keys = memory"
        );
    }
}
