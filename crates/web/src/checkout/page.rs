//! The page of a checkout session: a pure function of its view. The browser's script shows the same page again
//! whenever the view changes, so there is one template and nothing to keep in step.

use askama::Template;
use serde::Serialize;
use steelyard_app::{
    Language, Outcome, Problem,
    view::{
        CheckoutAccountView, CheckoutFailureView, CheckoutLineView, CheckoutPaymentView, CheckoutQrView,
        CheckoutUnknownView, CheckoutView,
    },
};

use super::in_app::Escape;
use crate::{
    format,
    page::Frame,
    words::{self, Told, Words},
};

/// Modules that the first view runs, so that they load side by side.
const MODULES: [&str; 11] = [
    "js/bank.mjs",
    "js/card.mjs",
    "js/checkout.mjs",
    "js/countdown.mjs",
    "js/embed.mjs",
    "js/follow.mjs",
    "js/format.mjs",
    "js/forms.mjs",
    "js/key.mjs",
    "js/live.mjs",
    "js/morph.mjs",
];
/// Lines of an order that are shown at once; the others are one press away, so that a phone shows how to pay.
const LINES_SHOWN: usize = 4;
/// Seconds a QR code lives.
const QR_LIFE: i64 = 180;
/// Where the beam's weight stands when all of the time is left, in units of its drawing, from 0.
const BEAM: i64 = 390;

/// Where a session stands. A status of a later version than this one is something on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Open,
    Authenticating,
    Processing,
    Unknown,
    WaitingForDeposit,
    Authenticated,
    Paid,
    Canceled,
    Expired,
}

impl Stage {
    #[must_use]
    pub fn of(status: &str) -> Self {
        match status {
            "open" => Self::Open,
            "authenticating" => Self::Authenticating,
            "unknown" => Self::Unknown,
            "waitingForDeposit" => Self::WaitingForDeposit,
            "authenticated" => Self::Authenticated,
            "paid" => Self::Paid,
            "canceled" => Self::Canceled,
            "expired" => Self::Expired,
            _ => Self::Processing,
        }
    }

    /// Whether the buyer's time runs.
    const fn is_timed(self) -> bool {
        match self {
            Self::Open | Self::Authenticating => true,
            Self::Processing
            | Self::Unknown
            | Self::WaitingForDeposit
            | Self::Authenticated
            | Self::Paid
            | Self::Canceled
            | Self::Expired => false,
        }
    }
}

/// A length of time as the beam shows it.
#[derive(Debug)]
struct Beam<'a> {
    from: &'a str,
    until: &'a str,
    x: i64,
    left: String,
    label: String,
}

/// Where the card's bank may show its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankPage {
    /// In a frame, as far as our own policy goes; the bank's says the rest, to the browser alone.
    Framed,
    /// As a whole page only: our own policy lets no frame show it.
    Whole,
}

/// What a buyer is told about a form that was refused.
#[derive(Debug, Clone)]
pub struct Alert {
    pub title: String,
    pub money: String,
    pub next: String,
    /// Whether money may have moved.
    pub in_doubt: bool,
}

impl Alert {
    #[must_use]
    pub fn of(problem: &Problem, language: Language) -> Self {
        let Told { title, money, next } = words::told(problem, problem.outcome(), language);
        let in_doubt = problem.outcome() == Outcome::Unknown;
        Self { title: title.to_owned(), money: money.to_owned(), next: next.to_owned(), in_doubt }
    }
}

/// Around the view, what the page needs to know.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub frame: Frame,
    /// What the page's own address has behind `/c/`.
    pub secret: String,
    /// A fresh key for each form that moves money.
    pub key: String,
    /// The page that is to hear of what happens here, if it may.
    pub listener: Option<String>,
    pub escape: Option<Escape>,
    pub bank: BankPage,
    pub alert: Option<Alert>,
}

struct Offer {
    method: &'static str,
    name: &'static str,
    note: &'static str,
    chosen: bool,
    shaky: bool,
}

#[derive(Template)]
#[template(path = "checkout.html")]
struct Page<'a> {
    view: &'a CheckoutView,
    frame: &'a Frame,
    words: &'static Words,
    stage: Stage,
    secret: &'a str,
    key: &'a str,
    listener: Option<&'a str>,
    escape: Option<&'a Escape>,
    bank: BankPage,
    alert: Option<&'a Alert>,
    amount: (String, &'static str),
    session: Option<Beam<'a>>,
    qr_life: Option<Beam<'a>>,
}

/// What the script has to know and the view does not say.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settings<'a> {
    base: String,
    query: String,
    lang: &'static str,
    embed: Option<&'static str>,
    listener: Option<&'a str>,
    qr_life: i64,
}

/// The whole page.
///
/// # Errors
/// A template cannot be filled, which its own tests rule out.
pub fn render(view: &CheckoutView, surroundings: &Surroundings) -> Result<String, askama::Error> {
    let frame = &surroundings.frame;
    let words = Words::of(frame.language);
    let stage = Stage::of(&view.status);
    let measured = |from, until, label: &str| beam(from, until, &view.now, label, words);
    let session = stage.is_timed().then(|| measured(&view.created_at, &view.expires_at, words.left_label));
    let waiting = view.qr.as_ref().filter(|qr| qr.state == "waiting");
    let page = Page {
        view,
        frame,
        words,
        stage,
        secret: &surroundings.secret,
        key: &surroundings.key,
        listener: surroundings.listener.as_deref(),
        escape: surroundings.escape.as_ref().filter(|_| stage.is_timed()),
        bank: surroundings.bank,
        alert: surroundings.alert.as_ref(),
        amount: format::parts(view.order.amount, &view.order.currency, frame.language),
        session: session.flatten(),
        qr_life: waiting.and_then(|qr| measured("", &qr.expires_at, words.qr_life)),
    };
    page.render()
}

/// `None` where a time cannot be read: better no measure than a wrong one. Without `from` it is a QR code's life.
fn beam<'a>(from: &'a str, until: &'a str, now: &str, label: &str, words: &Words) -> Option<Beam<'a>> {
    let left = format::seconds_between(now, until)?.max(0);
    let whole = if from.is_empty() { QR_LIFE } else { format::seconds_between(from, until)?.max(1) };
    let x = left.min(whole).saturating_mul(BEAM) / whole;
    let label = format::fill(label, &[("time", &format::spoken(left, words))]);
    Some(Beam { from, until, x, left: format::left(left), label })
}

impl Page<'_> {
    fn title(&self) -> String {
        self.say(self.words.title, "merchant", &self.view.merchant.name)
    }

    fn modules(&self) -> [&'static str; 11] {
        MODULES
    }

    fn say(&self, sentence: &str, name: &str, value: &str) -> String {
        format::fill(sentence, &[(name, value)])
    }

    /// Templates hand over places in the view as references.
    fn money(&self, amount: impl std::borrow::Borrow<i64>) -> String {
        format::money(*amount.borrow(), &self.view.order.currency, self.frame.language)
    }

    fn moment(&self, time: &str) -> String {
        format::moment(time, self.frame.language)
    }

    fn left_until(&self, time: &str) -> String {
        format::seconds_between(&self.view.now, time).map(format::left).unwrap_or_default()
    }

    fn here(&self) -> String {
        format!("/c/{}", self.secret)
    }

    fn action(&self, what: &str) -> String {
        format!("/c/{}/{what}{}", self.secret, self.frame.query())
    }

    fn split_lines(&self) -> (&[CheckoutLineView], &[CheckoutLineView]) {
        let lines = &self.view.order.lines;
        // One more than the limit is shown as well: to hide a single line saves nothing.
        let shown = if lines.len() <= LINES_SHOWN + 1 { lines.len() } else { LINES_SHOWN };
        lines.split_at(shown)
    }

    fn first_lines(&self) -> &[CheckoutLineView] {
        self.split_lines().0
    }

    fn other_lines(&self) -> &[CheckoutLineView] {
        self.split_lines().1
    }

    fn describe(&self, method: &str) -> Option<(&'static str, &'static str, &'static str)> {
        let words = self.words;
        match method {
            "app" => Some(("app", words.app, words.app_note)),
            "card" => Some(("card", words.card, words.card_note)),
            "transfer" => Some(("transfer", words.transfer, words.transfer_note)),
            "virtualAccount" => Some(("virtualAccount", words.virtual_account, words.virtual_account_note)),
            _ => None,
        }
    }

    fn is_shaky(&self, method: &str) -> bool {
        self.view.unavailable.iter().any(|unavailable| unavailable == method)
    }

    /// The methods in their order. Chosen is the one that was tried last, else the first that works; none while an
    /// issuer is asked.
    fn offers(&self) -> Vec<Offer> {
        let tried = self.view.payment.as_ref().map(|payment| payment.method.as_str());
        // A code that is there was chosen last, unless another way was declined since: then no payer holds it.
        let qr = self.view.qr.as_ref().filter(|qr| qr.payer.is_some() || self.view.failure.is_none());
        let tried = if qr.is_some() || tried == Some("wallet") { Some("app") } else { tried };
        let works = |method: &&String| !self.is_shaky(method) && self.describe(method).is_some();
        let candidates = || self.view.methods.iter().filter(works);
        let chosen = candidates().find(|method| tried == Some(method.as_str())).or_else(|| candidates().next());
        let offer = |method: &String| {
            let (method, name, note) = self.describe(method)?;
            let is_chosen = chosen.is_some_and(|chosen| chosen == method) && self.stage == Stage::Open;
            Some(Offer { method, name, note, chosen: is_chosen, shaky: self.is_shaky(method) })
        };
        self.view.methods.iter().filter_map(offer).collect()
    }

    /// Whether nobody has tried a way to pay here.
    fn is_fresh(&self) -> bool {
        let view = self.view;
        self.stage == Stage::Open && view.payment.is_none() && view.qr.is_none() && view.failure.is_none()
    }

    /// What does not work now, and what does.
    fn shaky(&self) -> Option<Alert> {
        let offers = self.offers();
        let first = offers.iter().find(|offer| offer.shaky)?;
        let next = match offers.iter().find(|offer| !offer.shaky) {
            Some(other) => self.say(self.words.unavailable_next, "method", other.name),
            None => self.words.unavailable_all.to_owned(),
        };
        let title = self.say(self.words.unavailable_title, "method", first.name);
        Some(Alert { title, money: self.words.unavailable_money.to_owned(), next, in_doubt: false })
    }

    fn money_line(&self, failure: &CheckoutFailureView) -> &'static str {
        if failure.money_moved == "no" { self.words.no_money } else { self.words.maybe_money }
    }

    fn pay_label(&self) -> String {
        let label = if self.view.purpose == "authenticate" { self.words.prepare } else { self.words.pay };
        self.say(label, "amount", &self.money(self.view.order.amount))
    }

    fn short_code(&self, qr: &CheckoutQrView) -> String {
        format::code(&qr.short_code)
    }

    fn around_code(&self) -> (&'static str, &'static str) {
        self.words.qr_code.split_once("{code}").unwrap_or((self.words.qr_code, ""))
    }

    fn before_code(&self) -> &'static str {
        self.around_code().0
    }

    fn after_code(&self) -> &'static str {
        self.around_code().1
    }

    fn unknown(&self) -> Option<&CheckoutUnknownView> {
        self.view.payment.as_ref()?.unknown.as_ref()
    }

    fn account(&self) -> Option<&CheckoutAccountView> {
        self.view.payment.as_ref()?.account.as_ref()
    }

    /// The kind, and what may be shown of the card or the account.
    fn method_line(&self, payment: &CheckoutPaymentView) -> String {
        let words = self.words;
        if let Some(card) = &payment.card {
            let months = match card.installment_months {
                0 => words.at_once.to_owned(),
                months => self.say(words.months, "n", &months.to_string()),
            };
            return format!("{} ···· {} · {months}", words.brand(&card.brand), card.last4);
        }
        if let Some(transfer) = &payment.transfer {
            return format!("{} · {} ···· {}", words.transfer, transfer.bank_name, transfer.last4);
        }
        if let Some(account) = &payment.account {
            return format!("{} · {} {}", words.virtual_account, account.bank_name, account.number);
        }
        if payment.method == "wallet" {
            return words.wallet.to_owned();
        }
        self.describe(&payment.method).map_or_else(|| payment.method.clone(), |(_, name, _)| name.to_owned())
    }

    fn ended_tag(&self) -> &'static str {
        if self.stage == Stage::Expired { self.words.expired } else { self.words.canceled }
    }

    fn ended_title(&self) -> &'static str {
        if self.stage == Stage::Expired { self.words.expired_title } else { self.words.canceled_title }
    }

    fn way_out(&self) -> &'static str {
        if self.frame.embed.is_some() { self.words.close } else { self.words.back }
    }

    /// The picture of the code is on the page, and is long.
    fn view_json(&self) -> String {
        let mut view = self.view.clone();
        if let Some(qr) = &mut view.qr {
            qr.svg.clear();
        }
        words::json(&view)
    }

    fn script_words(&self) -> String {
        words::script_words(self.frame.language)
    }

    fn settings_json(&self) -> String {
        words::json(&Settings {
            base: self.here(),
            query: self.frame.query(),
            lang: self.frame.lang(),
            embed: self.frame.embed.map(crate::page::Embed::as_str),
            listener: self.listener,
            qr_life: QR_LIFE,
        })
    }
}

#[derive(Template)]
#[template(path = "returned.html")]
struct Returned<'a> {
    frame: &'a Frame,
    words: &'static Words,
    back: &'a str,
}

/// What the issuer's frame shows when the buyer comes back in it; the page around it moves on by itself.
///
/// # Errors
/// A template cannot be filled, which its own tests rule out.
pub fn returned(frame: &Frame, back: &str) -> Result<String, askama::Error> {
    Returned { frame, words: Words::of(frame.language), back }.render()
}
