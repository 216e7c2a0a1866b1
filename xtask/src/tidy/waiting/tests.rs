use super::*;
use crate::tidy::Tree;
use crate::tidy::syntax::parse_all;

fn lines(path: &str, text: &str) -> Vec<usize> {
    let tree = Tree::of(&[(path, text)]);
    let (sources, broken) = parse_all(&tree);
    assert_eq!(broken, [], "the fixture must parse");
    check(&sources).into_iter().filter_map(|finding| finding.line).collect()
}

const TEST_FILES: [&str; 3] =
    ["crates/app/tests/pay.rs", "crates/app/src/pay/tests.rs", "crates/testkit/src/server.rs"];

#[test]
fn a_test_does_not_sleep() {
    for path in TEST_FILES {
        assert_eq!(lines(path, "fn a() {\n    std::thread::sleep(ONE_SECOND);\n}"), [2], "{path}");
        assert_eq!(lines(path, "fn a() { sleep_until(later); }"), [1], "{path}");
        assert_eq!(lines(path, "fn a() { wait_for_the_event(); }"), [0; 0], "{path}");
    }
}

#[test]
fn a_sleep_inside_a_macro_is_found() {
    let text = "fn a() {\n    tokio::select! {\n        () = sleep(time) => {}\n    }\n}";
    assert_eq!(lines(TEST_FILES[0], text), [3]);
}

#[test]
fn words_that_only_look_like_a_sleep_are_none() {
    for text in [
        "fn a() { let text = \"sleep(1)\"; }",
        "// sleep(1)\nfn a() {}",
        "fn a() { asleep(1); }",
        "fn sleep(time: u64) {}",
        "use std::thread::sleep;",
    ] {
        assert_eq!(lines(TEST_FILES[0], text), [0; 0], "{text}");
    }
}

#[test]
fn a_reason_on_the_line_allows_a_sleep() {
    let allowed = "fn a() { sleep(time); } // tidy-allow: the peer is a real process without a signal";
    assert_eq!(lines(TEST_FILES[0], allowed), [0; 0]);
    assert_eq!(lines(TEST_FILES[0], "fn a() { sleep(time); } // tidy-allow:"), [1]);
}

#[test]
fn code_that_serves_may_sleep_and_its_test_module_may_not() {
    let text = "fn a() { sleep(time); }\n#[cfg(test)]\nmod tests {\n    fn b() { sleep(time); }\n}";
    assert_eq!(lines("crates/app/src/pay.rs", text), [4]);
}

#[test]
fn a_test_is_not_ignored() {
    let path = "crates/app/src/pay.rs";
    assert_eq!(lines(path, "#[test]\n#[ignore]\nfn a() {}"), [2]);
    assert_eq!(lines(path, "#[test]\n#[ignore = \"slow\"]\nfn a() {}"), [2]);
    assert_eq!(lines(path, "#[cfg_attr(windows, ignore)]\nfn a() {}"), [1]);
    assert_eq!(lines(path, "proptest! {\n    #[ignore]\n    fn a(x in 0..1) {}\n}"), [2]);
    assert_eq!(lines(path, "#[test]\nfn ignore() { let text = \"#[ignore]\"; }"), [0; 0]);
}
