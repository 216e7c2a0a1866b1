use super::*;

fn history(before: &str, now: &str) -> Vec<String> {
    let tree = Tree::of(&[(PATH, now)]);
    check_history(&tree, Some(before)).into_iter().map(|finding| finding.message).collect()
}

#[test]
fn an_entry_has_a_key_a_number_and_a_reason() {
    let (debts, findings) = parse("# a remark\n\na.rs::pay 80 # one table\nb.rs 700 # one list\n");
    assert_eq!(findings, []);
    assert_eq!(debts.get("a.rs::pay"), Some(&80));
    assert_eq!(debts.get("b.rs"), Some(&700));
    assert_eq!(debts.len(), 2);
}

#[test]
fn an_entry_without_a_reason_is_refused() {
    for entry in ["a.rs::pay 80", "a.rs::pay 80 #", "a.rs::pay # why", "a.rs::pay x # why", "a 1 2 # why"] {
        let (debts, findings) = parse(entry);
        assert_eq!(findings.len(), 1, "{entry}");
        assert!(debts.is_empty(), "{entry}");
    }
}

#[test]
fn a_number_may_fall_and_never_rise() {
    assert_eq!(history("a.rs::pay 80 # why", "a.rs::pay 75 # why"), Vec::<String>::new());
    assert_eq!(history("a.rs::pay 80 # why", "a.rs::pay 80 # because"), Vec::<String>::new());
    assert_eq!(history("a.rs::pay 80 # why", ""), Vec::<String>::new());
    let rose = history("a.rs::pay 80 # why", "a.rs::pay 81 # why");
    assert!(rose[0].contains("was 80 lines and is now allowed 81"), "{}", rose[0]);
}
