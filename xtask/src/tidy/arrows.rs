//! Which crate may depend on which. What is absent here is forbidden.

use super::Finding;
use crate::workspace::{DependencyKind, Metadata, Package};

/// From each crate, the crates of ours that it may use outside its tests.
const ARROWS: [(&str, &[&str]); 10] = [
    (
        "steelyard",
        &[
            "steelyard-api",
            "steelyard-web",
            "steelyard-app",
            "steelyard-store",
            "steelyard-connectors",
            "steelyard-bus",
            "steelyard-domain",
        ],
    ),
    ("steelyard-api", &["steelyard-app", "steelyard-domain"]),
    ("steelyard-web", &["steelyard-app", "steelyard-domain"]),
    ("steelyard-app", &["steelyard-store", "steelyard-connectors", "steelyard-bus", "steelyard-domain"]),
    ("steelyard-store", &["steelyard-domain"]),
    ("steelyard-connectors", &["steelyard-domain"]),
    ("steelyard-bus", &["steelyard-domain"]),
    ("steelyard-domain", &[]),
    (
        "steelyard-testkit",
        &["steelyard-app", "steelyard-store", "steelyard-connectors", "steelyard-bus", "steelyard-domain"],
    ),
    ("xtask", &[]),
];

/// The core decides without input, output, clock or threads: these crates bring none.
const DOMAIN: &str = "steelyard-domain";
const DOMAIN_USES: [&str; 3] = ["thiserror", "uuid", "zeroize"];

pub fn check(metadata: &Metadata) -> Vec<Finding> {
    metadata.packages.iter().flat_map(|package| check_package(package, metadata)).collect()
}

fn check_package(package: &Package, metadata: &Metadata) -> Vec<Finding> {
    let name = package.name.as_str();
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        let message = "this crate is not on the map: draw its arrows in xtask/src/tidy/arrows.rs \
                       and in docs/ARCHITECTURE.md";
        return vec![Finding::in_file(name, message.to_owned())];
    };
    let mut findings = Vec::new();
    for dependency in &package.dependencies {
        if dependency.kind == Some(DependencyKind::Dev) {
            continue;
        }
        let to = dependency.name.as_str();
        let ours =
            metadata.packages.iter().any(|package| package.name == to) || ARROWS.iter().any(|(from, _)| *from == to);
        if ours && !allowed.contains(&to) {
            findings.push(Finding::in_file(name, forbidden_arrow(name, to, allowed)));
        }
        if !ours && name == DOMAIN && !DOMAIN_USES.contains(&to) {
            let message = format!(
                "forbidden dependency {name} → {to}: the core has no input, output, clock or \
                 threads; it may use {}",
                DOMAIN_USES.join(", ")
            );
            findings.push(Finding::in_file(name, message));
        }
    }
    findings
}

fn forbidden_arrow(from: &str, to: &str, allowed: &[&str]) -> String {
    let may = if allowed.is_empty() { "none of ours".to_owned() } else { allowed.join(", ") };
    if to == "steelyard-testkit" {
        format!("forbidden arrow {from} → {to}: it is for tests, a dev-dependency; {from} may use {may}")
    } else {
        format!("forbidden arrow {from} → {to}; {from} may use {may}")
    }
}

#[cfg(test)]
mod tests;
