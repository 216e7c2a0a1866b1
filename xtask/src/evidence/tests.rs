use super::*;

#[test]
fn commands_stand_in_evidence_blocks() {
    let text = "# Batching\n\n\
                ```sh evidence\n# 256 callers\nsteelyard bench \\\n  --callers 256\n\n\
                DATABASE_URL=$STEELYARD_TEST_POSTGRES steelyard bench\n```\n\n\
                ```sh\nrm -rf everything\n```\n\n\
                ```text\nsteelyard bench: 10 000/s\n```\n";
    assert_eq!(
        commands("batching.md", text).unwrap(),
        ["steelyard bench --callers 256", "DATABASE_URL=$STEELYARD_TEST_POSTGRES steelyard bench"]
    );
}

#[test]
fn a_document_that_nobody_can_repeat_is_refused() {
    let refused = commands("batching.md", "10 000/s, believe me\n").unwrap_err();
    assert!(matches!(refused, XtaskError::NoEvidence { .. }), "{refused}");
}

#[test]
fn a_command_that_is_not_ours_is_refused() {
    for command in ["curl example.com", "steelyards bench", "A=1 B=2 sh run"] {
        let text = format!("```sh evidence\n{command}\n```\n");
        let refused = commands("batching.md", &text).unwrap_err();
        assert!(matches!(refused, XtaskError::NotOurCommand { .. }), "{refused}");
    }
}
