//! Pages whose scripts say the rest: the payer app and the examples. Their JSON has routes of its own.

use askama::Template;
use axum::{
    Extension, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use serde::Serialize;
use steelyard_app::{Code, Problem};

use crate::{
    DemoPayer, Web, answer,
    answer::Refusal,
    assets,
    edge::{Exchange, Policy},
    page::{Frame, Theme},
    words,
};

/// Characters of a QR code's token at most.
const TOKEN_CHARS_MAX: usize = 64;

type Answered = Result<Response, Refusal>;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/app", get(async || Redirect::permanent("/app/")))
        .route("/app/", get(payer))
        .route("/q/{token}", get(scanned))
        .route("/examples", get(examples))
        .route("/examples/", get(examples))
}

/// What the templates of scripted pages are filled with.
macro_rules! shell {
    ($name:ident, $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            lang: &'static str,
            /// Empty where the page follows the system.
            theme: &'static str,
            /// `/assets/<hash>`
            assets: &'a str,
            /// JSON for the page's script.
            config: &'a str,
        }

        impl $name<'_> {
            fn page(exchange: &Exchange, config: &impl Serialize, policy: Policy) -> Answered {
                let frame = Frame::new(&exchange.wish, exchange.language);
                let (assets, config) = (assets::root(), words::json(config));
                let theme = frame.theme.map_or("", Theme::as_str);
                let html = $name { lang: frame.lang(), theme, assets: &assets, config: &config }.render()?;
                Ok(answer::page(StatusCode::OK, html, policy))
            }
        }
    };
}

shell!(Payer, "payer.html");
shell!(Examples, "examples.html");

/// What the payer app is told before it asks for anything.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PayerConfig<'a> {
    /// Hosts besides the page's own whose codes are ours.
    hosts: Vec<String>,
    /// The mode that a sign-in begins with.
    mode: &'static str,
    /// Who may look around, in a demonstration.
    demo: &'a [DemoPayer],
}

async fn payer(State(web): State<Web>, Extension(exchange): Extension<Exchange>) -> Answered {
    let public = web.options().public_url.as_deref().and_then(|url| url.split_once("://"));
    let hosts = public.map(|(_, host)| host.trim_end_matches('/').to_owned()).into_iter().collect();
    let config = PayerConfig { hosts, mode: web.options().payer_mode.as_str(), demo: &web.options().demo_payers };
    Payer::page(&exchange, &config, Policy::payer())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExamplesConfig<'a> {
    publishable_key: &'a str,
    /// Where the shop is that they buy from.
    shop: &'static str,
}

/// Without a merchant to show them with there are no examples.
async fn examples(State(web): State<Web>, Extension(exchange): Extension<Exchange>) -> Answered {
    let shop = web.options().shop.as_ref().ok_or_else(|| Problem::new(Code::NotFound))?;
    let config = ExamplesConfig { publishable_key: &shop.publishable_key, shop: "/shop" };
    Examples::page(&exchange, &config, Policy::shop())
}

/// Where a phone's camera leads: the app reads the token behind the `#`, which no server's log has.
async fn scanned(Path(token): Path<String>) -> Answered {
    let is_token = (1..=TOKEN_CHARS_MAX).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !is_token {
        return Err(Problem::new(Code::NotFound).into());
    }
    Ok(Redirect::to(&format!("/app/#/q/{token}")).into_response())
}
