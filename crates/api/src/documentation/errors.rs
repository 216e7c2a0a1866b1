//! `/docs/errors`: a page without scripts, so that it can be read from anywhere.

use std::fmt::Write;

use steelyard_app::Code;

use super::remedy::remedy;

const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;\
color:#1d2733;background:#fff}h1{font-size:1.6rem}section{border-top:1px solid #d5dce4;padding:.8rem 0}\
section:target{background:#fff7d6}h2{font:600 1.05rem ui-monospace,monospace;margin:.2rem 0}\
h2 a{color:inherit;text-decoration:none}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;\
margin:.3rem 0}dt{color:#5b6875}dd{margin:0}p{margin:.3rem 0}\
@media(prefers-color-scheme:dark){body{color:#e4e9ee;background:#12171d}section{border-color:#2c3641}\
section:target{background:#3a3413}dt{color:#98a5b3}}";

/// The whole page.
pub(super) fn page() -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>Steelyard: problem codes</title><style>{STYLE}</style></head><body>\
         <h1>Problem codes <span lang=\"ko\">· 오류 코드</span></h1>\
         <p>A code, once shipped, keeps its meaning. <b>Money moved</b> is <code>error.outcome</code>; \
         <b>Again</b> is <code>error.retryable</code>: whether the same request may succeed later.</p>\
         <p lang=\"ko\">코드의 뜻은 바뀌지 않아요. <b>Money moved</b>는 <code>error.outcome</code>, \
         <b>Again</b>은 <code>error.retryable</code>(같은 요청이 나중에 성공할 수 있는지)이에요.</p>"
    );
    for code in Code::ALL {
        write_code(&mut page, *code);
    }
    page.push_str("</body></html>");
    page
}

fn write_code(page: &mut String, code: Code) {
    let facts = code.facts();
    let name = facts.name;
    let (english, korean) = (cause(facts.english), cause(facts.korean));
    let fix = remedy(code);
    let again = if facts.retryable { "yes" } else { "no" };
    // Writing to a `String` cannot fail.
    let _ = write!(
        page,
        "<section id=\"{name}\"><h2><a href=\"#{name}\">{name}</a></h2>\
         <dl><dt>Status</dt><dd>{status}</dd><dt>Type</dt><dd>{kind}</dd><dt>Money moved</dt><dd>{outcome}</dd>\
         <dt>Again</dt><dd>{again}</dd></dl>\
         <p>{english}</p><p><b>What to do:</b> {fix_english}</p>\
         <div lang=\"ko\"><p>{korean}</p><p><b>해결 방법:</b> {fix_korean}</p></div></section>",
        status = facts.status,
        kind = facts.kind.as_str(),
        outcome = facts.outcome.as_str(),
        fix_english = escaped(fix.english),
        fix_korean = escaped(fix.korean),
    );
}

/// The sentence of the catalogue, where an answer puts the names and numbers of the broken rule.
fn cause(sentence: &str) -> String {
    escaped(sentence).replace("{detail}", "<var>…</var>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_an_anchor_a_cause_and_a_remedy_in_both_languages_and_no_script() {
        let page = page();
        for code in Code::ALL {
            let facts = code.facts();
            assert!(page.contains(&format!("<section id=\"{}\">", facts.name)), "{}", facts.name);
            assert!(page.contains(&cause(facts.english)) && page.contains(&cause(facts.korean)), "{}", facts.name);
            let fix = remedy(*code);
            assert!(fix.english.is_ascii() || fix.english.contains('…'), "{}", facts.name);
            assert!(fix.korean.chars().any(|letter| ('가'..='힣').contains(&letter)), "{}", facts.name);
        }
        assert!(!page.contains("<script") && !page.contains("{detail}"));
    }
}
