//! Tests that wait for time to pass, and tests that do not run.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::Finding;
use super::syntax::{Source, for_each_run, group, ident, is_punct, is_test_file};

const SLEEPS: [&str; 2] = ["sleep", "sleep_until"];

pub fn check(sources: &[Source<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        for line in ignored_tests(&source.tokens) {
            let message = "an ignored test tests nothing: repair it, remove it, or let it read \
                           STEELYARD_TEST_LONG";
            findings.push(Finding::at(source.path, line, message.to_owned()));
        }
        for line in sleeps_in_tests(source) {
            if !source.allows(line) {
                let message = "a test that sleeps is slow or flaky: wait for the event itself, or \
                               say why on this line with `// tidy-allow: <reason>`";
                findings.push(Finding::at(source.path, line, message.to_owned()));
            }
        }
    }
    findings
}

fn sleeps_in_tests(source: &Source<'_>) -> Vec<usize> {
    let mut lines = sleeps(&source.tokens);
    if !is_test_file(source.path) {
        let mut walk = TestModules { ranges: Vec::new() };
        walk.visit_file(&source.syntax);
        lines.retain(|line| walk.ranges.iter().any(|range| range.contains(line)));
    }
    lines
}

/// Lines that call `sleep(…)`, by whatever path.
fn sleeps(tokens: &TokenStream) -> Vec<usize> {
    let mut lines = Vec::new();
    for_each_run(tokens, &mut |run| {
        for (index, token) in run.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| run.get(before));
            let after = index.checked_add(1).and_then(|after| run.get(after));
            let defines = ident(before).is_some_and(|word| word == "fn");
            let named = ident(Some(token)).is_some_and(|word| SLEEPS.iter().any(|sleep| word == sleep));
            if named && !defines && group(after, Delimiter::Parenthesis).is_some() {
                lines.push(token.span().start().line);
            }
        }
    });
    lines
}

/// Lines with `#[ignore…]` or `#[cfg_attr(…, ignore)]`.
fn ignored_tests(tokens: &TokenStream) -> Vec<usize> {
    let mut lines = Vec::new();
    for_each_run(tokens, &mut |run| {
        for pair in run.windows(2) {
            if let [hash, body] = pair
                && is_punct(Some(hash), '#')
                && let Some(attribute) = group(Some(body), Delimiter::Bracket)
                && is_ignore(attribute)
            {
                lines.push(hash.span().start().line);
            }
        }
    });
    lines
}

fn is_ignore(attribute: &Group) -> bool {
    let words: Vec<TokenTree> = attribute.stream().into_iter().collect();
    let Some(name) = ident(words.first()) else {
        return false;
    };
    if name == "ignore" {
        return true;
    }
    let arguments = group(words.get(1), Delimiter::Parenthesis);
    name == "cfg_attr"
        && arguments.is_some_and(|arguments| {
            arguments.stream().into_iter().any(|word| ident(Some(&word)).is_some_and(|word| word == "ignore"))
        })
}

/// The lines of modules under `#[cfg(test)]`.
struct TestModules {
    ranges: Vec<std::ops::RangeInclusive<usize>>,
}

impl<'ast> Visit<'ast> for TestModules {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // A test module in its own file is known by its place.
        if item.attrs.iter().any(is_cfg_test)
            && let Some((brace, _)) = &item.content
        {
            let first = item.mod_token.span.start().line;
            self.ranges.push(first..=brace.span.close().end().line);
        }
        visit::visit_item_mod(self, item);
    }
}

fn is_cfg_test(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
}

#[cfg(test)]
mod tests;
