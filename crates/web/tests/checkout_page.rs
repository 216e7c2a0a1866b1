//! The checkout's page, in every state and both languages, as its server makes it.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "../examples/preview/views.rs"]
mod views;

use std::{collections::BTreeSet, fmt::Write as _};

use steelyard_app::{Language, view::CheckoutView};
use steelyard_web::{
    assets::{self, Encoding},
    checkout::{Alert, BankPage, Surroundings, escape, render, returned},
    page::{Frame, Wish},
};

const LANGUAGES: [(Language, views::Language); 2] =
    [(Language::Korean, views::Language::Korean), (Language::English, views::Language::English)];
/// Bytes of everything the first view loads, compressed with gzip.
const BUDGET: usize = 60 * 1024;

fn surroundings(language: Language) -> Surroundings {
    Surroundings {
        frame: Frame::new(&Wish::default(), language),
        secret: "cs_1_secret_2".to_owned(),
        key: "key".to_owned(),
        listener: None,
        escape: None,
        bank: BankPage::Framed,
        alert: None,
    }
}

fn page(view: &CheckoutView, language: Language) -> String {
    render(view, &surroundings(language)).unwrap()
}

fn pages() -> Vec<(String, Language, CheckoutView, String)> {
    let mut pages = Vec::new();
    for (name, make) in views::CASES {
        for (language, of_views) in LANGUAGES {
            let view = make(of_views);
            let html = page(&view, language);
            pages.push((format!("{name}-{language:?}"), language, view, html));
        }
    }
    pages
}

/// What a person reads: no script, no markup, nothing that only holds a place, one line a block.
fn text(html: &str) -> String {
    let (_, body) = html.split_once("<body>").unwrap();
    let mut out = String::new();
    let mut rest = body;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap();
        let name = tag.split_whitespace().next().unwrap_or_default();
        rest = match name {
            "script" => after.split_once("</script>").map_or("", |(_, after)| after),
            "svg" => after.split_once("</svg>").map_or("", |(_, after)| after),
            _ if tag.contains("aria-hidden=\"true\"") => {
                after.split_once(&format!("</{name}>")).map_or("", |(_, after)| after)
            }
            _ => after,
        };
        let block =
            ["p", "div", "li", "dt", "dd", "h1", "h2", "label", "button", "summary", "option", "legend", "form", "br"];
        if block.contains(&name.trim_start_matches('/')) {
            out.push('\n');
        }
    }
    let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}

#[test]
fn every_state_reads_as_it_should_in_both_languages() {
    for (language, _) in LANGUAGES {
        let mut all = String::new();
        for (name, of, _, html) in pages() {
            if of == language && !name.starts_with("long") {
                let _ = write!(all, "===== {name}\n{}\n", text(&html));
            }
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("checkout-{language:?}").to_lowercase(), all);
        });
    }
}

#[test]
fn no_page_has_what_its_policy_forbids() {
    for (name, _, _, html) in pages() {
        for forbidden in [" style=", " onclick=", " onload=", " onsubmit=", "javascript:", "<style"] {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
        for script in html.split("<script").skip(1) {
            let (attributes, _) = script.split_once('>').unwrap();
            let inert = attributes.contains("type=\"application/json\"");
            let ours = attributes.contains("src=\"/assets/");
            assert!(inert || ours, "{name}: {attributes}");
        }
    }
}

#[test]
fn every_page_has_one_heading_one_main_and_a_title_and_says_its_language() {
    for (name, language, view, html) in pages() {
        for once in ["<h1", "<main", "<title", "data-testid=\"checkout\""] {
            assert_eq!(html.matches(once).count(), 1, "{name}: {once}");
        }
        let lang = if language == Language::Korean { "<html lang=\"ko\"" } else { "<html lang=\"en\"" };
        assert!(html.contains(lang), "{name}");
        assert!(html.contains(&format!("data-status=\"{}\"", view.status)), "{name}");
        let unfilled = text(&html).lines().any(|line| line.contains('{') || line.contains('}'));
        assert!(!unfilled, "{name} has a place that nothing was put in");
    }
}

#[test]
fn ids_are_unique_and_what_names_one_finds_it() {
    for (name, _, _, html) in pages() {
        let values = |attribute: &str| -> Vec<String> {
            let before = format!(" {attribute}=\"");
            html.split(before.as_str()).skip(1).map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
        };
        let ids = values("id");
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: {ids:?}");
        for reference in ["for", "aria-labelledby", "aria-describedby"] {
            for id in values(reference).iter().flat_map(|ids| ids.split_whitespace()) {
                assert!(unique.contains(&id.to_owned()), "{name}: {reference} names {id}");
            }
        }
    }
}

#[test]
fn every_file_a_page_names_is_there() {
    let mut seen = 0;
    for (name, _, _, html) in pages() {
        for rest in html.split("\"/assets/").skip(1) {
            let (address, _) = rest.split_once('"').unwrap();
            let (_, path) = address.split_once('/').unwrap();
            assert!(assets::find(path).is_some(), "{name}: {path}");
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn names_of_a_shop_cannot_leave_their_place() {
    let mut view = views::open(views::Language::Korean);
    view.merchant.name = "</script><script>alert(1)</script>\"'<b>".to_owned();
    view.cancel_url = Some("https://shop.example/?a=1&b=\"><script>".to_owned());
    let html = page(&view, Language::Korean);
    assert!(!html.contains("<script>"), "{html}");
    assert!(!html.contains("<b>\""));
}

#[test]
fn where_the_shop_gave_no_address_there_is_no_link_to_it() {
    for (name, language, mut view, _) in pages() {
        (view.cancel_url, view.result_url) = (None, None);
        let html = page(&view, language);
        assert!(!html.contains("href=\"\"") && !html.contains("data-cancel"), "{name}: {html}");
        assert!(!html.contains("data-testid=\"return-now\""), "{name}");
        let embed = Wish { embed: Some("overlay".to_owned()), ..Wish::default() };
        let framed = Surroundings { frame: Frame::new(&embed, language), ..surroundings(language) };
        let framed = render(&view, &framed).unwrap();
        let ends = framed.contains("<button class=\"btn p l\" type=\"button\" data-testid=\"return-now\" data-done>")
            || framed.contains("<button class=\"btn\" type=\"button\" data-testid=\"return-now\" data-done>");
        let over =
            matches!(view.status.as_str(), "paid" | "authenticated" | "waitingForDeposit" | "canceled" | "expired");
        assert_eq!(ends, over, "{name}: a frame can always be closed");
    }
}

#[test]
fn while_nobody_knows_the_outcome_nothing_can_be_paid() {
    for (name, _, view, html) in pages() {
        let payable =
            matches!(view.status.as_str(), "open" | "authenticating") && view.unavailable.len() < view.methods.len();
        assert_eq!(html.contains("data-testid=\"pay\""), payable, "{name}");
    }
}

#[test]
fn a_failure_says_what_whether_money_moved_and_what_to_do() {
    for (name, language, view, html) in pages() {
        let Some(failure) = view.failure else { continue };
        let text = text(&html);
        let money = match (failure.money_moved.as_str(), language) {
            ("no", Language::Korean) => "돈은 빠져나가지 않았어요.",
            ("no", Language::English) => "No money moved.",
            (_, Language::Korean) => "돈이 나갔을 수 있어요.",
            (_, Language::English) => "Money may have moved.",
        };
        for sentence in [failure.message.as_str(), failure.next.as_str(), money] {
            assert!(text.contains(sentence), "{name}: {sentence}");
        }
        assert!(
            html.contains(&format!("data-testid=\"money-moved\" data-state=\"{}\"", failure.money_moved)),
            "{name}"
        );
    }
}

#[test]
fn a_refused_form_is_shown_again_with_its_reason() {
    let alert = Alert {
        title: "카드 번호가 맞지 않아요".to_owned(),
        money: "돈은 빠져나가지 않았어요.".to_owned(),
        next: "한 자리씩 다시 확인해 주세요.".to_owned(),
        in_doubt: false,
    };
    let surroundings = Surroundings { alert: Some(alert), ..surroundings(Language::Korean) };
    let html = render(&views::open(views::Language::Korean), &surroundings).unwrap();
    let told = "role=\"alert\"><b>카드 번호가 맞지 않아요</b><p class=\"money\">돈은 빠져나가지 않았어요.</p>\
                <p>한 자리씩 다시 확인해 주세요.</p>";
    assert!(html.contains(told), "{html}");
}

#[test]
fn inside_another_app_the_way_out_is_shown_as_long_as_there_is_something_to_pay() {
    let shown = |case: &str| {
        let (_, make) = views::CASES.into_iter().find(|(name, _)| *name == case).unwrap();
        let escape = escape("Mozilla/5.0 (Linux; Android 14) KAKAOTALK 10.8", "https://pay.example/c/cs_1");
        let surroundings = Surroundings { escape, ..surroundings(Language::Korean) };
        render(&make(views::Language::Korean), &surroundings).unwrap().contains("kakaotalk://web/openExternal?url=")
    };
    assert!(shown("open-qr"));
    assert!(!shown("paid-card"));
}

#[test]
fn the_banks_step_is_named_and_has_a_way_out_of_its_frame_or_no_frame() {
    let view = views::CASES.into_iter().find(|(name, _)| *name == "authenticating").unwrap().1;
    for (language, of_views) in LANGUAGES {
        let shown = |bank| render(&view(of_views), &Surroundings { bank, ..surroundings(language) }).unwrap();
        let (framed, whole) = (shown(BankPage::Framed), shown(BankPage::Whole));
        for html in [&framed, &whole] {
            assert!(html.contains("aria-current=\"step\"") && html.contains("target=\"_top\""), "{html}");
            assert_eq!(html.matches("data-testid=\"challenge\"").count(), 1);
        }
        assert!(framed.contains("<iframe") && framed.contains("data-testid=\"challenge-top\""));
        assert!(!framed.contains("data-lead"), "what may be framed is not left for at once");
        assert!(!whole.contains("<iframe") && whole.contains("data-lead"));
    }
}

#[test]
fn in_the_issuers_frame_the_way_back_leads_out_of_it() {
    let html = returned(&Frame::new(&Wish::default(), Language::Korean), "/c/cs_1").unwrap();
    assert!(html.contains("<a href=\"/c/cs_1\" target=\"_top\">"));
}

#[test]
fn the_first_view_is_within_its_budget() {
    let html = page(&views::open(views::Language::Korean), Language::Korean);
    let mut paths: BTreeSet<String> = BTreeSet::new();
    for rest in html.split("\"/assets/").skip(1) {
        let (address, _) = rest.split_once('"').unwrap();
        paths.insert(address.split_once('/').unwrap().1.to_owned());
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut gzip, html.as_bytes()).unwrap();
    let mut total = gzip.finish().unwrap().len();
    println!("{total:>7}  the page itself");
    for path in paths {
        let (_, bytes) = assets::find(&path).unwrap().encoded(Encoding::Gzip);
        println!("{:>7}  {path}", bytes.len());
        total += bytes.len();
    }
    println!("{total:>7}  of {BUDGET} bytes, gzip");
    assert!(total <= BUDGET, "{total} bytes");
}

#[test]
fn the_method_tried_last_is_chosen() {
    let of = |wanted: &str| views::CASES.into_iter().find(|(name, _)| *name == wanted).unwrap().1;
    let declined = of("declined")(views::Language::English);
    let code = of("open-qr")(views::Language::English).qr;
    let held = code.clone().map(|mut qr| {
        qr.payer = Some("김*수".to_owned());
        qr
    });
    let checked = |method: &str| format!("value=\"{method}\" checked");
    for (qr, method) in [(None, "card"), (code, "card"), (held, "app")] {
        let html = page(&CheckoutView { qr, ..declined.clone() }, Language::English);
        assert!(html.contains(&checked(method)), "{method}");
    }
}
