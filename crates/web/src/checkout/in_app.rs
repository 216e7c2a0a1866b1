//! Browsers inside other apps, where an issuer's page often does not open, and the way out of them.

use crate::page::escaped;

/// An app that shows the page, and an address that opens it elsewhere, where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escape {
    pub app: &'static str,
    pub url: Option<String>,
}

/// By what they write into their `User-Agent`.
const APPS: [(&str, &str); 9] = [
    ("KAKAOTALK", "KakaoTalk"),
    ("NAVER(inapp", "NAVER"),
    ("Instagram", "Instagram"),
    (" Line/", "LINE"),
    ("FBAN/", "Facebook"),
    ("FBAV/", "Facebook"),
    ("DaumApps", "Daum"),
    ("BAND/", "BAND"),
    ("everytimeApp", "Everytime"),
];

/// `url` is this page's own, with its scheme.
#[must_use]
pub fn escape(user_agent: &str, url: &str) -> Option<Escape> {
    let (_, app) = APPS.into_iter().find(|(sign, _)| user_agent.contains(sign))?;
    let address = match app {
        // KakaoTalk opens it in the system's browser, on any phone.
        "KakaoTalk" => Some(format!("kakaotalk://web/openExternal?url={}", escaped(url))),
        "LINE" => Some(format!("{url}{}openExternalBrowser=1", if url.contains('?') { '&' } else { '?' })),
        _ if user_agent.contains("Android") => intent(url),
        // On iOS nothing but the app's own menu leads out.
        _ => None,
    };
    Some(Escape { app, url: address })
}

/// Android gives it to whatever browser the phone prefers.
fn intent(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    Some(format!(
        "intent://{rest}#Intent;scheme={scheme};action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_app_has_its_way_out_and_a_browser_needs_none() {
        let url = "https://pay.example/c/cs_1?lang=ko";
        let android = "Mozilla/5.0 (Linux; Android 14; SM-S921N) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
        let kakao = escape(&format!("{phone} KAKAOTALK 10.8.0"), url).unwrap();
        assert_eq!(
            kakao.url.as_deref(),
            Some("kakaotalk://web/openExternal?url=https%3A%2F%2Fpay.example%2Fc%2Fcs_1%3Flang%3Dko")
        );
        let line = escape(&format!("{phone} Safari Line/14.9.1"), url).unwrap();
        assert_eq!(line.url.unwrap(), format!("{url}&openExternalBrowser=1"));
        let naver = escape(&format!("{android} NAVER(inapp; search; 1000; 12.5.1)"), url).unwrap();
        assert!(naver.url.unwrap().starts_with("intent://pay.example/c/cs_1?lang=ko#Intent;scheme=https;"));
        let instagram = escape(&format!("{phone} Instagram 334.0"), url).unwrap();
        assert_eq!((instagram.app, instagram.url), ("Instagram", None));
        assert_eq!(escape(android, url), None);
        assert_eq!(escape("", url), None);
    }
}
