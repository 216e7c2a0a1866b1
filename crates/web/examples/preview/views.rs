//! Views of every state a checkout session can be in, and of what strains its page.

use steelyard_app::view::{
    CheckoutAccountView, CheckoutBankView, CheckoutCardView, CheckoutChallengeView, CheckoutFailureView,
    CheckoutLineView, CheckoutMerchantView, CheckoutOrderView, CheckoutPaymentView, CheckoutQrView,
    CheckoutTransferView, CheckoutUnknownView, CheckoutView,
};

/// One state: what it is called in its address, and how it is reached.
pub type Case = (&'static str, fn(Language) -> CheckoutView);

/// The language that names of banks and sentences of failures are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Korean,
    English,
}

impl Language {
    fn of(self, korean: &str, english: &str) -> String {
        match self {
            Self::Korean => korean.to_owned(),
            Self::English => english.to_owned(),
        }
    }
}

pub const CASES: [Case; 25] = [
    ("open-qr", open_qr),
    ("open-no-qr", open),
    ("open-card-first", card_first),
    ("open-small", small),
    ("open-dollars", dollars),
    ("scanned", scanned),
    ("scanned-no-match", scanned_plain),
    ("confirming", confirming),
    ("declined", declined),
    ("challenge-failed", challenge_failed),
    ("outcome-in-doubt", in_doubt),
    ("provider-down", provider_down),
    ("all-down", all_down),
    ("authenticating", authenticating),
    ("processing", processing),
    ("unknown", unknown),
    ("deposit", deposit),
    ("authenticated", authenticated),
    ("paid-card", paid_card),
    ("paid-transfer", paid_transfer),
    ("paid-app", paid_app),
    ("expired", expired),
    ("canceled", canceled),
    ("long", long),
    ("second-door", second_door),
];

fn line(name: &str, kind: &str, quantity: i64, unit_price: i64) -> CheckoutLineView {
    CheckoutLineView {
        name: name.to_owned(),
        kind: kind.to_owned(),
        quantity,
        unit_price,
        amount: quantity * unit_price,
    }
}

fn banks(language: Language) -> Vec<CheckoutBankView> {
    let bank = |code: &str, korean: &str, english: &str| CheckoutBankView {
        code: code.to_owned(),
        name: language.of(korean, english),
    };
    vec![
        bank("kookmin", "KB국민", "KB Kookmin"),
        bank("shinhan", "신한", "Shinhan"),
        bank("woori", "우리", "Woori"),
        bank("hana", "하나", "Hana"),
        bank("nonghyup", "NH농협", "NH NongHyup"),
        bank("ibk", "IBK기업", "IBK"),
        bank("kakao", "카카오뱅크", "KakaoBank"),
        bank("toss", "토스뱅크", "Toss Bank"),
        bank("kbank", "케이뱅크", "K bank"),
        bank("sc", "SC제일", "SC First"),
        bank("busan", "부산", "Busan"),
        bank("im", "iM뱅크", "iM Bank"),
        bank("gwangju", "광주", "Gwangju"),
        bank("jeonbuk", "전북", "Jeonbuk"),
        bank("gyeongnam", "경남", "Kyongnam"),
        bank("jeju", "제주", "Jeju"),
        bank("suhyup", "수협", "Suhyup"),
        bank("post", "우체국", "Korea Post"),
        bank("saemaul", "새마을금고", "MG"),
        bank("shinhyup", "신협", "Shinhyup"),
    ]
}

pub fn open(language: Language) -> CheckoutView {
    CheckoutView {
        id: "cs_01kakw7v2hfq5r1w9v3n0m8x4c".to_owned(),
        mode: "test".to_owned(),
        purpose: "pay".to_owned(),
        locale: "auto".to_owned(),
        status: "open".to_owned(),
        merchant: CheckoutMerchantView { name: language.of("제주 감귤상회", "Jeju Citrus Co.") },
        order: CheckoutOrderView {
            id: "ord_01kakw7v2hfq5r1w9v3n0m8x4d".to_owned(),
            merchant_order_id: "A-20261121-0042".to_owned(),
            name: language.of("한라봉 5kg", "Hallabong 5 kg"),
            amount: 78_000,
            currency: "KRW".to_owned(),
            vat: 7_091,
            tax_free: 0,
            lines: vec![
                line(&language.of("한라봉 5kg", "Hallabong 5 kg"), "product", 2, 36_000),
                line(&language.of("배송비", "Shipping"), "shipping", 1, 6_000),
            ],
        },
        now: "2026-11-21T01:06:48Z".to_owned(),
        created_at: "2026-11-21T01:00:00Z".to_owned(),
        expires_at: "2026-11-21T01:15:00Z".to_owned(),
        extensions_left: 6,
        methods: ["app", "card", "transfer", "virtualAccount"].map(str::to_owned).to_vec(),
        installments: vec![0, 2, 3, 4, 5, 6, 10, 12],
        banks: banks(language),
        unavailable: Vec::new(),
        number_match: true,
        cancel_url: Some("/gallery?code=USER_CANCELED&order_id=ord_1".to_owned()),
        result_url: None,
        payment: None,
        payment_key: None,
        failure: None,
        qr: None,
        challenge: None,
        version: 1,
    }
}

/// A drawing of the size of a QR code, of which no reader makes anything.
fn qr(state: &str) -> CheckoutQrView {
    let mut path = String::new();
    let mut seed: u32 = 7;
    for y in 4..33_u32 {
        for x in 4..33_u32 {
            let corner = |left: u32, top: u32| {
                let (x, y) = (x.wrapping_sub(left), y.wrapping_sub(top));
                (x < 7 && y < 7)
                    .then(|| x == 0 || y == 0 || x == 6 || y == 6 || ((2..5).contains(&x) && (2..5).contains(&y)))
            };
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let dark = corner(4, 4).or_else(|| corner(26, 4)).or_else(|| corner(4, 26)).unwrap_or(seed >> 31 == 1);
            if dark {
                path.push_str(&format!("M{x} {y}h1v1h-1z"));
            }
        }
    }
    CheckoutQrView {
        svg: format!(
            "<svg viewBox=\"0 0 37 37\" xmlns=\"http://www.w3.org/2000/svg\"><path d=\"{path}\" fill=\"#000\"/></svg>"
        ),
        url: "https://pay.example/q/k7Qm2xVb9TnR4sYw".to_owned(),
        short_code: "48271936".to_owned(),
        number: Some(47),
        expires_at: "2026-11-21T01:09:29Z".to_owned(),
        state: state.to_owned(),
        payer: (state != "waiting").then(|| "김*수".to_owned()),
    }
}

fn payment(method: &str, status: &str) -> CheckoutPaymentView {
    CheckoutPaymentView {
        id: "pay_01kakw8c0rf6a9ph3m5t7d2q1z".to_owned(),
        status: status.to_owned(),
        method: method.to_owned(),
        card: None,
        transfer: None,
        account: None,
        approval_number: None,
        approved_at: None,
        unknown: None,
    }
}

fn card() -> CheckoutCardView {
    CheckoutCardView {
        brand: "visa".to_owned(),
        issuer: "shinhan".to_owned(),
        last4: "4242".to_owned(),
        installment_months: 3,
    }
}

fn failure(code: &str, decline: &str, message: String, moved: &str, next: String) -> CheckoutFailureView {
    CheckoutFailureView {
        code: code.to_owned(),
        decline_code: (!decline.is_empty()).then(|| decline.to_owned()),
        message,
        money_moved: moved.to_owned(),
        next,
        retryable: true,
    }
}

fn open_qr(language: Language) -> CheckoutView {
    CheckoutView { qr: Some(qr("waiting")), ..open(language) }
}

fn card_first(language: Language) -> CheckoutView {
    let methods = ["card", "transfer", "virtualAccount", "app"].map(str::to_owned).to_vec();
    CheckoutView { methods, mode: "live".to_owned(), ..open(language) }
}

fn small(language: Language) -> CheckoutView {
    let mut view = card_first(language);
    view.order.amount = 4_500;
    view.order.vat = 0;
    view.order.tax_free = 4_500;
    view.order.lines = vec![line(&language.of("감귤 한 봉지", "A bag of citrus"), "product", 1, 4_500)];
    view.installments = vec![0];
    view.extensions_left = 0;
    view
}

fn dollars(language: Language) -> CheckoutView {
    let mut view = card_first(language);
    view.order.currency = "USD".to_owned();
    view.order.amount = 129_950;
    view.order.vat = 0;
    view.order.lines = vec![line("Citrus box, 24 pieces", "product", 5, 25_990)];
    view.installments = vec![0];
    view.methods = vec!["card".to_owned()];
    view
}

fn scanned(language: Language) -> CheckoutView {
    CheckoutView { qr: Some(qr("scanned")), ..open(language) }
}

fn scanned_plain(language: Language) -> CheckoutView {
    CheckoutView { qr: Some(CheckoutQrView { number: None, ..qr("scanned") }), number_match: false, ..open(language) }
}

fn confirming(language: Language) -> CheckoutView {
    CheckoutView { qr: Some(qr("confirming")), ..open(language) }
}

fn declined(language: Language) -> CheckoutView {
    let message = language.of("카드 한도를 넘어서 거절됐어요.", "The card was declined: it is over its limit.");
    let next = language
        .of("다른 카드를 쓰거나 다른 결제 수단을 골라 주세요.", "Use another card, or choose another way to pay.");
    let failure = failure("PAYMENT_DECLINED", "INSUFFICIENT_LIMIT", message, "no", next);
    CheckoutView {
        failure: Some(failure),
        payment: Some(CheckoutPaymentView { card: Some(card()), ..payment("card", "ready") }),
        ..open(language)
    }
}

fn challenge_failed(language: Language) -> CheckoutView {
    let message = language.of("카드사 본인 확인을 마치지 못했어요.", "Your bank could not verify you.");
    let next =
        language.of("카드 정보를 다시 확인하고 한 번 더 시도해 주세요.", "Check the card details and try once more.");
    let failure = failure("AUTHENTICATION_FAILED", "", message, "no", next);
    CheckoutView { failure: Some(failure), payment: Some(payment("card", "ready")), ..open(language) }
}

fn in_doubt(language: Language) -> CheckoutView {
    let message = language.of("은행의 답이 없어요.", "The bank does not answer.");
    let next = language.of("확인이 끝날 때까지 기다려 주세요.", "Please wait until we have checked.");
    let failure = failure("OUTCOME_UNKNOWN", "", message, "unknown", next);
    CheckoutView { failure: Some(failure), payment: Some(payment("transfer", "ready")), ..open(language) }
}

fn provider_down(language: Language) -> CheckoutView {
    CheckoutView { unavailable: vec!["card".to_owned()], qr: Some(qr("waiting")), ..open(language) }
}

fn all_down(language: Language) -> CheckoutView {
    let view = open(language);
    CheckoutView { unavailable: view.methods.clone(), ..view }
}

fn authenticating(language: Language) -> CheckoutView {
    let challenge = CheckoutChallengeView { url: "/challenge".to_owned() };
    CheckoutView {
        status: "authenticating".to_owned(),
        payment: Some(CheckoutPaymentView { card: Some(card()), ..payment("card", "inProgress") }),
        challenge: Some(challenge),
        ..open(language)
    }
}

fn processing(language: Language) -> CheckoutView {
    CheckoutView { status: "processing".to_owned(), payment: Some(payment("card", "inProgress")), ..open(language) }
}

fn unknown(language: Language) -> CheckoutView {
    let unknown = CheckoutUnknownView {
        since: "2026-11-21T01:06:03Z".to_owned(),
        next_check_at: "2026-11-21T01:08:03Z".to_owned(),
        checks: 3,
    };
    let payment = CheckoutPaymentView { card: Some(card()), unknown: Some(unknown), ..payment("card", "unknown") };
    CheckoutView { status: "unknown".to_owned(), payment: Some(payment), ..open(language) }
}

fn deposit(language: Language) -> CheckoutView {
    let account = CheckoutAccountView {
        bank: "kookmin".to_owned(),
        bank_name: language.of("KB국민", "KB Kookmin"),
        number: "942-21-0123-4567".to_owned(),
        holder: language.of("제주감귤상회", "Jeju Citrus"),
        due_at: "2026-11-22T14:59:00Z".to_owned(),
    };
    let payment = CheckoutPaymentView { account: Some(account), ..payment("virtualAccount", "waitingForDeposit") };
    CheckoutView {
        status: "waitingForDeposit".to_owned(),
        payment: Some(payment),
        result_url: Some("/gallery?payment_id=pay_01kakw8c".to_owned()),
        ..open(language)
    }
}

fn done(status: &str, payment: CheckoutPaymentView, language: Language) -> CheckoutView {
    let payment = CheckoutPaymentView {
        approval_number: Some("30481927".to_owned()),
        approved_at: Some("2026-11-21T01:06:47Z".to_owned()),
        ..payment
    };
    CheckoutView {
        status: status.to_owned(),
        payment: Some(payment),
        result_url: Some("/gallery?payment_id=pay_01kakw8c".to_owned()),
        ..open(language)
    }
}

fn authenticated(language: Language) -> CheckoutView {
    let mut view =
        done("authenticated", CheckoutPaymentView { card: Some(card()), ..payment("card", "ready") }, language);
    view.purpose = "authenticate".to_owned();
    view.payment_key = Some("att_01kakw8c0rf6a9ph3m5t7d2q20".to_owned());
    if let Some(payment) = &mut view.payment {
        payment.approval_number = None;
        payment.approved_at = None;
    }
    view
}

fn paid_card(language: Language) -> CheckoutView {
    done("paid", CheckoutPaymentView { card: Some(card()), ..payment("card", "captured") }, language)
}

fn paid_transfer(language: Language) -> CheckoutView {
    let transfer = CheckoutTransferView {
        bank: "kookmin".to_owned(),
        bank_name: language.of("KB국민", "KB Kookmin"),
        last4: "3456".to_owned(),
    };
    done("paid", CheckoutPaymentView { transfer: Some(transfer), ..payment("transfer", "captured") }, language)
}

fn paid_app(language: Language) -> CheckoutView {
    done("paid", payment("wallet", "captured"), language)
}

fn ended(status: &str, language: Language) -> CheckoutView {
    CheckoutView {
        status: status.to_owned(),
        result_url: Some("/gallery?code=SESSION_EXPIRED".to_owned()),
        ..open(language)
    }
}

fn expired(language: Language) -> CheckoutView {
    ended("expired", language)
}

fn canceled(language: Language) -> CheckoutView {
    ended("canceled", language)
}

fn long(language: Language) -> CheckoutView {
    let mut view = open_qr(language);
    view.merchant.name = language.of(
        "주식회사 아주아주긴이름을가진농업회사법인제주감귤유통센터 서귀포직매장",
        "The Exceedingly Long Named Agricultural Corporation for Citrus of the Island of Jeju, Seogwipo Store",
    );
    view.order.merchant_order_id = "ORDER-2026-11-21-WITH-A-VERY-LONG-IDENTIFIER-0000000042".to_owned();
    view.order.amount = 1_000_000_000_000;
    view.order.vat = 90_909_090_909;
    view.order.lines = (1..=30)
        .map(|number| {
            let name = language
                .of("제주 서귀포 노지 감귤 가정용 선물세트", "Open-field citrus from Seogwipo, gift box for the home");
            line(&format!("{name} {number}"), "product", number, 1_234_500)
        })
        .collect();
    view
}

fn second_door(language: Language) -> CheckoutView {
    CheckoutView { purpose: "authenticate".to_owned(), ..card_first(language) }
}
