//! One subject a file, one thought a function: how long either may be.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};

use super::ratchet::{self, Debts};
use super::syntax::{Source, is_test_file};
use super::{Finding, Tree};

const FILE_LINES_MAX: usize = 600;
const TEST_FILE_LINES_MAX: usize = 900;
const FUNCTION_LINES_MAX: usize = 70;

/// Everything that is too long must be owed in `xtask/ratchet.txt` at exactly its length.
pub fn check(tree: &Tree, sources: &[Source<'_>]) -> Vec<Finding> {
    let mut too_long = BTreeMap::new();
    for (path, text) in tree.rust_files() {
        let limit = if is_test_file(path) { TEST_FILE_LINES_MAX } else { FILE_LINES_MAX };
        let lines = text.lines().count();
        if lines > limit {
            too_long.insert(path.to_owned(), Length { line: None, lines, limit });
        }
    }
    for source in sources {
        for function in functions(source) {
            if function.lines > FUNCTION_LINES_MAX {
                let length = Length { line: Some(function.line), lines: function.lines, limit: FUNCTION_LINES_MAX };
                // Two functions of one name in one file share an entry; the longer one is owed.
                let entry = too_long.entry(function.key).or_insert(length);
                if length.lines > entry.lines {
                    *entry = length;
                }
            }
        }
    }
    let (debts, mut findings) = ratchet::read(tree);
    findings.extend(settle(&too_long, &debts));
    findings
}

#[derive(Clone, Copy, Debug)]
struct Length {
    line: Option<usize>,
    lines: usize,
    limit: usize,
}

fn settle(too_long: &BTreeMap<String, Length>, debts: &Debts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, length) in too_long {
        let Length { line, lines, limit } = *length;
        let path = key.split("::").next().unwrap_or(key);
        let message = match debts.get(key) {
            None => format!("{key} has {lines} lines, the limit is {limit}: split it by subject"),
            Some(owed) if lines > *owed => {
                format!("{key} grew from {owed} to {lines} lines: the ratchet only goes down")
            }
            Some(owed) if lines < *owed => {
                format!("{key} shrank to {lines} lines: lower its {owed} in {}", ratchet::PATH)
            }
            Some(_) => continue,
        };
        findings.push(Finding { path: path.to_owned(), line, message });
    }
    for key in debts.keys().filter(|key| !too_long.contains_key(*key)) {
        let message = format!("{key} is within its limit or gone: remove the entry");
        findings.push(Finding::in_file(ratchet::PATH, message));
    }
    findings
}

struct Function {
    key: String,
    line: usize,
    lines: usize,
}

fn functions(source: &Source<'_>) -> Vec<Function> {
    let mut walk = Walk { names: vec![source.path.to_owned()], found: Vec::new() };
    walk.visit_file(&source.syntax);
    walk.found
}

/// Keys read `path::module::Type::function`.
struct Walk {
    names: Vec<String>,
    found: Vec<Function>,
}

impl Walk {
    /// From the line of `fn` to the closing brace; attributes and docs are free.
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let line = signature.fn_token.span.start().line;
        let last = block.brace_token.span.close().end().line;
        let lines = last.saturating_sub(line).saturating_add(1);
        let key = format!("{}::{}", self.names.join("::"), signature.ident);
        self.found.push(Function { key, line, lines });
    }

    fn within(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        self.names.push(name);
        visit(self);
        self.names.pop();
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.within(item.ident.to_string(), |walk| visit::visit_item_mod(walk, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let name = last_segment(&item.self_ty).unwrap_or_else(|| "impl".to_owned());
        self.within(name, |walk| visit::visit_item_impl(walk, item));
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.within(item.ident.to_string(), |walk| visit::visit_item_trait(walk, item));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig, &item.block);
        self.within(item.sig.ident.to_string(), |walk| visit::visit_item_fn(walk, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig, &item.block);
        self.within(item.sig.ident.to_string(), |walk| visit::visit_impl_item_fn(walk, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block);
        }
        self.within(item.sig.ident.to_string(), |walk| visit::visit_trait_item_fn(walk, item));
    }
}

/// `Tx` for `store::Tx<'_>`, `&mut Tx` and `Option<…>` alike only by its own last word.
#[expect(clippy::wildcard_enum_match_arm, reason = "syn's `Type` is open: most of its kinds have no name at all")]
pub fn last_segment(kind: &syn::Type) -> Option<String> {
    match kind {
        syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        syn::Type::Reference(reference) => last_segment(&reference.elem),
        syn::Type::Paren(inner) => last_segment(&inner.elem),
        syn::Type::Group(inner) => last_segment(&inner.elem),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
