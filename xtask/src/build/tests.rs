use super::*;

fn message(name: &str, test: bool, executable: &str) -> String {
    format!(
        r#"{{"reason":"compiler-artifact","target":{{"name":"{name}"}},"profile":{{"test":{test}}},"executable":{executable}}}"#
    )
}

#[test]
fn the_binary_is_the_executable_that_is_no_test_harness() {
    let messages = [
        message("steelyard", true, "\"target/debug/deps/steelyard-1\""),
        message("xtask", false, "\"target/debug/xtask\""),
        "a line that is not JSON".to_owned(),
        message("steelyard", false, "\"target/debug/steelyard\""),
    ];
    let found = executable(&messages.join("\n"));
    assert_eq!(found, Some(PathBuf::from("target/debug/steelyard")));
}

#[test]
fn a_build_without_the_binary_has_none() {
    assert_eq!(executable(&message("steelyard", false, "null")), None);
    assert_eq!(executable(&message("steelyard", true, "\"deps/steelyard-1\"")), None);
    assert_eq!(executable(""), None);
}
