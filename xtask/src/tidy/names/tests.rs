use super::*;
use crate::tidy::syntax::parse_all;

fn findings(path: &str, text: &str) -> Vec<String> {
    let tree = Tree::of(&[(path, text)]);
    let (sources, _) = parse_all(&tree);
    check(&tree, &sources).into_iter().map(|finding| finding.message).collect()
}

#[test]
fn a_file_is_named_after_its_subject() {
    for path in ["crates/domain/src/refund/allocation.rs", "crates/app/src/commonwealth.rs"] {
        assert_eq!(findings(path, ""), Vec::<String>::new(), "{path}");
    }
    for path in [
        "crates/domain/src/utils.rs",
        "crates/domain/src/utils/money.rs",
        "crates/domain/src/money_helpers.rs",
        "crates/api/tests/common/mod.rs",
        "crates/app/src/session_manager.rs",
        "crates/app/src/misc.sql",
    ] {
        assert_eq!(findings(path, "").len(), 1, "{path}");
    }
}

#[test]
fn folders_of_other_formats_have_their_own_names() {
    assert_eq!(findings("deploy/grafana/common.json", ""), Vec::<String>::new());
}

#[test]
fn a_module_inside_a_file_is_named_after_its_subject() {
    assert_eq!(findings("crates/app/src/pay.rs", "mod rounding {}"), Vec::<String>::new());
    assert_eq!(findings("crates/app/src/pay.rs", "mod outer { mod helpers {} }").len(), 1);
}

#[test]
fn a_type_is_named_after_what_it_is() {
    for text in ["struct Refund;", "enum Implied {}", "impl Refund {}", "// struct RefundImpl;"] {
        assert_eq!(findings("crates/app/src/pay.rs", text), Vec::<String>::new(), "{text}");
    }
    for text in [
        "struct RefundRepositoryImpl;",
        "enum RefundImpl {}",
        "trait RefundManager {}",
        "type RefundHelper = u8;",
        "mod inner { struct RefundUtils; }",
    ] {
        assert_eq!(findings("crates/app/src/pay.rs", text).len(), 1, "{text}");
    }
}
