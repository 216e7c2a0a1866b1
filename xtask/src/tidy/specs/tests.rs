use super::*;

fn findings(line: &str) -> Vec<String> {
    let tree = Tree::of(&[("web/tests/specs/a.spec.mjs", line)]);
    check(&tree).iter().map(ToString::to_string).collect()
}

#[test]
fn a_spec_that_waits_for_time_is_found() {
    let imported = "import { setTimeout as later } from 'node:timers/promises';";
    for line in ["await page.waitForTimeout(100);", "setTimeout(done, 5);", "waitUntil: 'networkidle'", imported] {
        let found = findings(line);
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert!(found[0].starts_with("web/tests/specs/a.spec.mjs:1: "), "{found:?}");
    }
    assert!(findings("await expect(done).toBeVisible();").is_empty());
    assert!(findings("test.setTimeout(120_000);").is_empty());
    assert!(findings("setTimeout(cut, 5); // tidy-allow: the network is slow here on purpose").is_empty());
}

#[test]
fn a_spec_that_hides_others_is_found() {
    assert_eq!(findings("test.only('one', …)").len(), 1);
    assert_eq!(findings("test.describe.only('some', …)").len(), 1);
    assert_eq!(findings("test.fixme('later', …)").len(), 1);
    assert_eq!(findings("test.skip('never', …)").len(), 1);
    assert_eq!(findings("test.describe.skip('none', …)").len(), 1);
}

#[test]
fn tests_of_single_modules_are_held_to_the_same() {
    for folder in ["payer-unit", "sdk"] {
        let path = format!("web/tests/{folder}/a.test.mjs");
        let tree = Tree::of(&[(path.as_str(), "setTimeout(done, 5);")]);
        assert_eq!(check(&tree).len(), 1, "{folder}");
    }
}

#[test]
fn other_scripts_may_wait() {
    for path in ["crates/web/assets/js/live.mjs", "web/tests/mock-shop.mjs"] {
        let tree = Tree::of(&[(path, "setTimeout(again, 3000);")]);
        assert!(check(&tree).is_empty(), "{path}");
    }
}
