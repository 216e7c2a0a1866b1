use std::env;

use super::*;

#[test]
fn the_report_is_read_as_numbers_and_a_second_try_is_a_failure() {
    let json = r#"{"suites":[],"stats":{"startTime":"2026-11-21T00:00:00Z","duration":1.5,
        "expected":7,"skipped":2,"unexpected":1,"flaky":1}}"#;
    assert_eq!(counts(json), Some(Counts { passed: 7, failed: 2, skipped: 2 }));
    assert_eq!(counts("{}"), None);
}

#[test]
fn the_closing_lines_of_module_tests_are_read_as_numbers() {
    let tap = "TAP version 13\n# pass 9 is what a test printed\nok 1 - a\n1..4\n# tests 4\n# suites 0\n# pass 1\n# fail 1\n\
               # cancelled 1\n# skipped 1\n# todo 0\n# duration_ms 5.1\n";
    assert_eq!(modules::counts(tap), Some(Counts { passed: 1, failed: 2, skipped: 1 }));
    assert_eq!(modules::counts("TAP version 13\n"), None);
}

#[test]
fn whatever_failed_of_both_has_failed_and_nothing_at_all_is_no_success() {
    let passed = Counts { passed: 2, failed: 0, skipped: 0 };
    let none = Counts::default();
    let good = || Ok((Outcome::Done, passed));
    assert_eq!(together(good(), good(), &[]).0, Outcome::Done);
    assert_eq!(together(good(), Ok((Outcome::Done, none)), &[]), (Outcome::Done, passed));
    assert_eq!(together(Ok((Outcome::Failed, passed)), good(), &[]).0, Outcome::Failed);
    assert_eq!(together(Err(XtaskError::NoExecutable { name: "x" }), good(), &[]).0, Outcome::Failed);
    let nothing = together(Ok((Outcome::Done, none)), Ok((Outcome::Done, none)), &["typo".to_owned()]);
    assert_eq!(nothing.0, Outcome::Failed);
}

#[test]
fn the_version_is_read_from_what_node_says() {
    for (text, version) in [("v20.20.2\n", Some((20, 20))), ("v8.1.0", Some((8, 1))), ("20.1.0", None), ("", None)] {
        assert_eq!(programs::version_of_node(text), version, "{text}");
    }
}

/// A root with one spec, and a target folder beside it.
struct Fixture {
    folder: PathBuf,
}

impl Fixture {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("web/tests/specs")).unwrap();
        fs::create_dir_all(folder.join("crates")).unwrap();
        fs::write(folder.join("crates/seen"), "seen").unwrap();
        fs::write(folder.join("web/tests/package-lock.json"), "{}").unwrap();
        fs::write(folder.join("web/tests/specs/one.spec.mjs"), "one").unwrap();
        Self { folder }
    }

    fn take(&self) -> Place {
        Place::take(&self.folder, &self.folder.join("target/debug/steelyard")).unwrap()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

#[test]
fn a_spec_that_was_removed_is_gone_from_the_copy_and_packages_stay() {
    let fixture = Fixture::new("web-tests");
    let place = fixture.take();
    assert_eq!(place.tests, fixture.folder.join("target/web-tests/web/tests"));
    assert_eq!(fs::read_to_string(place.tests.join("specs/one.spec.mjs")).unwrap(), "one");
    assert_eq!(fs::read_to_string(place.tests.join("../../crates/seen")).unwrap(), "seen");
    for packages in ["node_modules", "specs/node_modules"] {
        fs::create_dir(place.tests.join(packages)).unwrap();
        fs::write(place.tests.join(packages).join("there"), "").unwrap();
    }
    drop(place);

    fs::remove_file(fixture.folder.join("web/tests/specs/one.spec.mjs")).unwrap();
    fs::write(fixture.folder.join("web/tests/specs/two.spec.mjs"), "two").unwrap();
    let place = fixture.take();
    assert!(!place.tests.join("specs/one.spec.mjs").exists());
    assert!(place.tests.join("specs/two.spec.mjs").exists());
    assert!(place.tests.join("node_modules/there").exists());
    assert!(place.tests.join("specs/node_modules/there").exists());
    assert_eq!(fs::read_to_string(fixture.folder.join("crates/seen")).unwrap(), "seen");
    assert!(!fixture.folder.join("web/tests/node_modules").exists());
}

#[test]
fn packages_are_installed_once_for_a_lock_file() {
    use std::os::unix::fs::PermissionsExt;

    let fixture = Fixture::new("web-packages");
    let npm = fixture.folder.join("npm");
    fs::write(&npm, "#!/bin/sh\nmkdir -p node_modules && echo \"$@\" >>node_modules/calls\n").unwrap();
    fs::set_permissions(&npm, fs::Permissions::from_mode(0o755)).unwrap();
    let [node, chromium, shell] = ["node", "chromium", "shell"].map(PathBuf::from);
    let programs = Programs { node, npm, chromium, shell };
    let calls =
        |place: &Place| fs::read_to_string(place.tests.join("node_modules/calls")).unwrap_or_default().lines().count();

    let place = fixture.take();
    place.install(&programs).unwrap();
    place.install(&programs).unwrap();
    assert_eq!(calls(&place), 1);
    drop(place);

    fs::write(fixture.folder.join("web/tests/package-lock.json"), "{\"lockfileVersion\":3}").unwrap();
    let place = fixture.take();
    place.install(&programs).unwrap();
    assert_eq!(calls(&place), 2);
}
