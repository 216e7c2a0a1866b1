//! Names that say nothing: a homeless function names a missing concept.

use syn::visit::{self, Visit};

use super::syntax::Source;
use super::tree::is_foreign;
use super::{Finding, Tree};

const BANNED_WORDS: [&str; 9] =
    ["util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "miscellaneous"];

/// `Impl` says that the trait before it has one implementation and should not be a trait.
const BANNED_ENDINGS: [&str; 6] = ["Impl", "Manager", "Helper", "Helpers", "Util", "Utils"];

pub fn check(tree: &Tree, sources: &[Source<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &tree.files {
        if !is_foreign(path, text) && is_ours(path) {
            findings.extend(banned_word_of_path(path).map(|word| {
                let message = format!("`{word}` names no subject: name the file after what it is about");
                Finding::in_file(path, message)
            }));
        }
    }
    for source in sources {
        let mut walk = Walk { path: source.path, findings: Vec::new() };
        walk.visit_file(&source.syntax);
        findings.extend(walk.findings);
    }
    findings
}

/// Other people's formats fix the names outside these folders.
fn is_ours(path: &str) -> bool {
    path.starts_with("crates/") || path.starts_with("xtask/")
}

fn banned_word_of_path(path: &str) -> Option<&'static str> {
    path.split('/').find_map(|part| banned_word(part.split('.').next().unwrap_or(part)))
}

fn banned_word(name: &str) -> Option<&'static str> {
    BANNED_WORDS.into_iter().find(|banned| name.split(['_', '-']).any(|word| word == *banned))
}

struct Walk<'a> {
    path: &'a str,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    fn kind(&mut self, name: &syn::Ident) {
        let text = name.to_string();
        if let Some(ending) = BANNED_ENDINGS.into_iter().find(|ending| text.ends_with(ending)) {
            let message = format!("`{text}` ends in `{ending}`: name the type after what it is");
            self.findings.push(Finding::at(self.path, name.span().start().line, message));
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // A module in its own file is found by its path.
        if item.content.is_some()
            && let Some(word) = banned_word(&item.ident.to_string())
        {
            let message = format!("module `{}`: `{word}` names no subject", item.ident);
            self.findings.push(Finding::at(self.path, item.ident.span().start().line, message));
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.kind(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.kind(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.kind(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.kind(&item.ident);
    }
}

#[cfg(test)]
mod tests;
