//! What a payer scans, looks at and approves.

use axum::extract::{Path, Request};
use steelyard_app::{
    Code, Problem,
    checkout::{Approval, PayerSource, QrAddress},
};
use steelyard_domain::{CheckoutSessionId, checkout::SHORT_CODE_DIGITS};

use super::{
    Answered, SignedIn,
    account::key,
    body::{ApproveBody, NothingBody, ResolveBody, Source, pin},
    whole,
};
use crate::{
    answer,
    checkout::{read_body, wrong},
};

/// Characters of a token at most.
const TOKEN_CHARS_MAX: usize = 64;

fn session(id: &str) -> Result<CheckoutSessionId, Problem> {
    CheckoutSessionId::parse(id).map_err(|_| Problem::new(Code::NotFound).detail("checkout"))
}

/// `김하늘` is shown as `김*늘`: enough to know one's own, too little to know a stranger.
fn masked(name: &str) -> String {
    let letters: Vec<char> = name.trim().chars().collect();
    match letters.as_slice() {
        [] => String::from("*"),
        [only] => only.to_string(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len().min(8))),
    }
}

pub(super) async fn resolve(payer: SignedIn, request: Request) -> Answered {
    let body: ResolveBody = read_body(request).await?;
    let address = match (body.token, body.code) {
        (Some(token), None) if (1..=TOKEN_CHARS_MAX).contains(&token.len()) => QrAddress::Token(token),
        (None, Some(code)) => {
            let digits: String = code.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
            if digits.len() != SHORT_CODE_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(wrong("code", "the code has 8 digits", "코드는 숫자 8자리예요").into());
            }
            QrAddress::ShortCode(digits)
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(wrong("token", "send either token or code", "token이나 code 중 하나만 보내 주세요").into());
        }
        (Some(_), None) => return Err(Problem::new(Code::QrExpired).into()),
    };
    let name = payer.app.payer_view(payer.visitor.payer).await?.name;
    let (visitor, language) = (payer.visitor, payer.language());
    let view = payer.app.scan(visitor.payer, visitor.mode, &masked(&name), &address, language).await?;
    Ok(answer::data(&payer.exchange, &view))
}

pub(super) async fn show(payer: SignedIn, Path(id): Path<String>) -> Answered {
    let view = payer.app.confirm_view(payer.visitor.payer, session(&id)?, payer.language()).await?;
    Ok(answer::data(&payer.exchange, &view))
}

pub(super) async fn touch(payer: SignedIn, Path(id): Path<String>, request: Request) -> Answered {
    let NothingBody {} = read_body(request).await?;
    let view = payer.app.stay(payer.visitor.payer, session(&id)?, payer.language()).await?;
    Ok(answer::data(&payer.exchange, &view))
}

pub(super) async fn leave(payer: SignedIn, Path(id): Path<String>, request: Request) -> Answered {
    let NothingBody {} = read_body(request).await?;
    payer.app.leave(payer.visitor.payer, session(&id)?).await?;
    Ok(answer::data(&payer.exchange, &serde_json::json!({})))
}

pub(super) async fn approve(payer: SignedIn, Path(id): Path<String>, request: Request) -> Answered {
    // The session pays once, whatever the key; it is asked for all the same, as of everything that moves money.
    key(request.headers())?;
    let body: ApproveBody = read_body(request).await?;
    let (id, source) = (session(&id)?, body.source.parsed()?);
    let (app, visitor, language) = (payer.app.clone(), payer.visitor, payer.language());
    app.check_pin(visitor.payer, pin(body.pin)).await?;
    let (shown_amount, match_number) = (body.shown_amount, body.number);
    let view = whole(async move {
        let source = match source {
            Source::Balance => PayerSource::Balance,
            Source::Card { id, installment_months } => {
                let (_, card) = app.open_card(visitor.payer, id).await?;
                PayerSource::Card { card, installment_months }
            }
            Source::Transfer { .. } => {
                let (english, korean) = ("pay by balance or card", "잔액이나 카드로 결제할 수 있어요");
                return Err(wrong("source.type", english, korean));
            }
        };
        let approval = Approval { shown_amount, match_number, source };
        app.approve_scanned(visitor.payer, id, approval, language).await
    });
    Ok(answer::data(&payer.exchange, &view.await?))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_name_shows_its_ends() {
        for (name, expected) in
            [("김하늘", "김*늘"), ("이수", "이*"), ("Kim", "K*m"), ("남궁민수정", "남***정"), ("", "*"), ("박", "박")]
        {
            assert_eq!(masked(name), expected);
        }
    }
}
