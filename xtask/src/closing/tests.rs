use super::*;

fn counts(passed: u64, failed: u64, skipped: u64) -> Option<Counts> {
    Some(Counts { passed, failed, skipped })
}

#[test]
fn nextest_closes_with_a_summary() {
    for (line, expected) in [
        ("     Summary [   0.015s] 3 tests run: 3 passed, 0 skipped", counts(3, 0, 0)),
        ("     Summary [   0.015s] 1 test run: 1 passed, 8 skipped", counts(1, 0, 8)),
        ("     Summary [  12.5s] 5/9 tests run: 3 passed, 2 failed, 4 skipped", counts(3, 2, 4)),
        (
            "     Summary [  12.5s] 9 tests run: 4 passed (2 slow, 1 leaky), 1 failed, \
             3 timed out, 1 exec failed, 0 skipped",
            counts(4, 5, 0),
        ),
        (
            "\u{1b}[32;1m     Summary\u{1b}[0m [   0.015s] \u{1b}[1m3\u{1b}[0m tests run: \
             \u{1b}[1m3\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m \u{1b}[33;1mskipped\u{1b}[0m",
            counts(3, 0, 0),
        ),
        ("    Starting 3 tests across 1 binary", None),
        ("Summary of the day", None),
    ] {
        assert_eq!(Runner::Nextest.counts(line), expected, "{line}");
    }
}

#[test]
fn libtest_closes_each_binary() {
    for (line, expected) in [
        (
            "test result: ok. 3 passed; 0 failed; 1 ignored; 2 measured; 4 filtered out; finished in 0.00s",
            counts(3, 0, 5),
        ),
        (
            "test result: \u{1b}[31mFAILED\u{1b}[0m. 3 passed; 2 failed; 0 ignored; 0 measured; \
             0 filtered out; finished in 1.50s",
            counts(3, 2, 0),
        ),
        ("test result: unknown", None),
        ("test tests::a ... ok", None),
    ] {
        assert_eq!(Runner::Libtest.counts(line), expected, "{line}");
    }
}

#[test]
fn a_runner_does_not_read_the_other_runners_closing_line() {
    let libtest = "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 9 filtered out";
    assert_eq!(Runner::Nextest.counts(libtest), None);
    assert_eq!(Runner::Libtest.counts("Summary [ 1s] 3 tests run: 3 passed, 0 skipped"), None);
}

#[test]
fn the_closing_line_names_the_skipped_only_if_there_are_any() {
    let mut sum = Counts { passed: 2, failed: 1, skipped: 0 };
    assert_eq!(sum.to_string(), "2 passed, 1 failed");
    sum += Counts { passed: 1, failed: 0, skipped: 4 };
    assert_eq!(sum.to_string(), "3 passed, 1 failed, 4 skipped");
}
