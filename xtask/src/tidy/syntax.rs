//! Rust files as tokens and as syntax.
//!
//! Rules that ask "is this written anywhere" read the tokens: they reach into macros, and a string
//! or a comment cannot mislead them.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::{Finding, Tree};

pub struct Source<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub tokens: TokenStream,
    pub syntax: syn::File,
}

impl Source<'_> {
    /// A rule that allows exceptions is answered on the line itself: `// tidy-allow: <reason>`.
    #[must_use]
    pub fn allows(&self, line: usize) -> bool {
        let nth = line.saturating_sub(1);
        self.text.lines().nth(nth).is_some_and(line_allows)
    }
}

/// An allowance without a reason is none.
#[must_use]
pub fn line_allows(line: &str) -> bool {
    line.split_once("tidy-allow:").is_some_and(|(_, reason)| !reason.trim().is_empty())
}

/// Parses every Rust file; one that does not parse is a finding and is left out.
#[must_use]
pub fn parse_all(tree: &Tree) -> (Vec<Source<'_>>, Vec<Finding>) {
    let mut sources = Vec::new();
    let mut findings = Vec::new();
    for (path, text) in tree.rust_files() {
        match parse(path, text) {
            Ok(source) => sources.push(source),
            Err(finding) => findings.push(finding),
        }
    }
    (sources, findings)
}

fn parse<'a>(path: &'a str, text: &'a str) -> Result<Source<'a>, Finding> {
    let tokens: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| {
        Finding::at(path, error.span().start().line, format!("does not parse: {error}"))
    })?;
    let syntax = syn::parse2(tokens.clone())
        .map_err(|error| Finding::at(path, error.span().start().line, format!("does not parse: {error}")))?;
    Ok(Source { path, text, tokens, syntax })
}

/// Test code by its place: a crate's `tests` folder, a `tests.rs`, or the crate that only tests use.
#[must_use]
pub fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.split('/').any(|part| part == "tests") || path.starts_with("crates/testkit/")
}

/// Calls `visit` with each token and the tokens beside it, at every depth.
pub fn for_each_run(tokens: &TokenStream, visit: &mut dyn FnMut(&[TokenTree])) {
    let run: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for token in &run {
        if let TokenTree::Group(group) = token {
            for_each_run(&group.stream(), visit);
        }
    }
    visit(&run);
}

#[must_use]
pub fn ident(token: Option<&TokenTree>) -> Option<&Ident> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident),
        Some(TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_)) | None => None,
    }
}

#[must_use]
pub fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        Some(TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_)) | None => None,
    }
}

#[must_use]
pub fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}
