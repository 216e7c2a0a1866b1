//! Every function of the store that touches a database is in the suite that runs on both engines.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::Finding;
use super::sizes::last_segment;
use super::syntax::{Source, ident, is_punct};

const STORE: &str = "crates/store/src/";
const SUITE: &str = "crates/store/tests/";

/// What a function is given when it is to speak to a database.
const HANDLES: [&str; 3] = ["Tx", "Reader", "Snapshot"];

pub fn check(sources: &[Source<'_>]) -> Vec<Finding> {
    let mut functions = Vec::new();
    let mut named = Named::default();
    for source in sources {
        if source.path.starts_with(STORE) {
            functions.extend(public_functions(source));
        } else if source.path.starts_with(SUITE) {
            named.read(&source.tokens, None);
        }
    }
    let mut homes: BTreeMap<&str, BTreeSet<&[String]>> = BTreeMap::new();
    for function in &functions {
        homes.entry(&function.name).or_default().insert(&function.modules);
    }
    let is_shared = |name: &str| homes.get(name).is_some_and(|homes| homes.len() > 1);
    functions
        .iter()
        .filter(|function| !named.covers(function, is_shared(&function.name)))
        .map(|function| {
            let name = function
                .modules
                .last()
                .map_or_else(|| function.name.clone(), |module| format!("{module}::{}", function.name));
            let message = format!("`{name}` is named nowhere in {SUITE}: run it on both engines");
            Finding::at(&function.path, function.line, message)
        })
        .collect()
}

struct Function {
    path: String,
    line: usize,
    /// From the file's place: `payment/attempt.rs` gives `payment`, `attempt`.
    modules: Vec<String>,
    name: String,
}

fn public_functions(source: &Source<'_>) -> Vec<Function> {
    let place = source.path.strip_prefix(STORE).unwrap_or(source.path);
    let place = place.strip_suffix(".rs").unwrap_or(place);
    let modules = place.split('/').filter(|part| !matches!(*part, "lib" | "mod")).map(str::to_owned).collect();
    let mut walk = Walk { path: source.path, modules, found: Vec::new() };
    walk.visit_file(&source.syntax);
    walk.found
}

struct Walk<'a> {
    path: &'a str,
    modules: Vec<String>,
    found: Vec<Function>,
}

impl Walk<'_> {
    fn function(&mut self, visibility: &syn::Visibility, signature: &syn::Signature) {
        if matches!(visibility, syn::Visibility::Public(_)) && takes_a_handle(signature) {
            self.found.push(Function {
                path: self.path.to_owned(),
                line: signature.ident.span().start().line,
                modules: self.modules.clone(),
                name: signature.ident.to_string(),
            });
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.modules.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.modules.pop();
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.modules.extend(last_segment(&item.self_ty));
        visit::visit_item_impl(self, item);
        if last_segment(&item.self_ty).is_some() {
            self.modules.pop();
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.vis, &item.sig);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.vis, &item.sig);
    }
}

fn takes_a_handle(signature: &syn::Signature) -> bool {
    signature.inputs.iter().any(|input| match input {
        syn::FnArg::Receiver(_) => false,
        syn::FnArg::Typed(argument) => last_segment(&argument.ty).is_some_and(|name| HANDLES.contains(&name.as_str())),
    })
}

/// The words of the suite, and the word before `::` in front of each.
#[derive(Default)]
struct Named {
    words: BTreeSet<String>,
    paths: BTreeSet<(String, String)>,
}

impl Named {
    /// `within` is the path before a braced group: in `payment::{insert}` it is `payment`.
    fn read(&mut self, tokens: &TokenStream, within: Option<&str>) {
        let run: Vec<TokenTree> = tokens.clone().into_iter().collect();
        for (index, token) in run.iter().enumerate() {
            let back = |steps: usize| index.checked_sub(steps).and_then(|at| run.get(at));
            let after_colons = is_punct(back(1), ':') && is_punct(back(2), ':');
            let parent = if after_colons { ident(back(3)).map(ToString::to_string) } else { within.map(str::to_owned) };
            match token {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    if let Some(parent) = parent {
                        self.paths.insert((parent, word.clone()));
                    }
                    self.words.insert(word);
                }
                TokenTree::Group(group) => {
                    let braced = group.delimiter() == Delimiter::Brace && after_colons;
                    self.read(&group.stream(), parent.as_deref().filter(|_| braced));
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// A name that several modules use counts only with its module before it.
    fn covers(&self, function: &Function, shared: bool) -> bool {
        if shared {
            let within = |module: &String| self.paths.contains(&(module.clone(), function.name.clone()));
            function.modules.last().is_some_and(within)
        } else {
            self.words.contains(&function.name)
        }
    }
}

#[cfg(test)]
mod tests;
