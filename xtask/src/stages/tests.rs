use super::*;

fn run_of(outcome: Outcome, counts: Counts) -> bool {
    let mut run = Run::default();
    run.stage("a check", || (Outcome::Done, ()));
    run.tests("some tests", || (outcome, counts));
    run.close()
}

#[test]
fn a_run_is_good_if_no_stage_and_no_test_failed() {
    let passed = Counts { passed: 3, failed: 0, skipped: 1 };
    let failed = Counts { passed: 3, failed: 1, skipped: 0 };
    assert!(run_of(Outcome::Done, passed));
    assert!(run_of(Outcome::Missing, passed));
    assert!(!run_of(Outcome::Failed, passed));
    assert!(!run_of(Outcome::Failed, failed));
    assert!(!run_of(Outcome::Done, failed));
}
