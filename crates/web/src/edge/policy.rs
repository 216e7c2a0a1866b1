//! What the browser is forbidden: one strict policy for all pages, opened where a page needs it.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Put into an answer's extensions; an answer without one gets the strictest.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Who may show the page in a frame.
    ancestors: BTreeSet<String>,
    /// What the page may show in a frame, and where its forms may lead.
    frames: BTreeSet<String>,
    forms: BTreeSet<String>,
    is_checkout: bool,
    camera: bool,
}

const SELF: &str = "'self'";

impl Policy {
    /// The checkout: `origins` are the shop's, `challenges` where issuers ask. What is no origin is left out.
    #[must_use]
    pub fn checkout<'a>(
        origins: impl IntoIterator<Item = &'a str>,
        challenges: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let ours = || BTreeSet::from([SELF.to_owned()]);
        let mut policy = Self { ancestors: ours(), frames: ours(), is_checkout: true, ..Self::default() };
        policy.ancestors.extend(origins.into_iter().filter(|origin| crate::page::is_origin(origin)).map(str::to_owned));
        for challenge in challenges.into_iter().filter(|origin| crate::page::is_origin(origin)) {
            policy.frames.insert(challenge.to_owned());
            policy.forms.insert(challenge.to_owned());
        }
        policy
    }

    /// The payer app, which looks through the camera.
    #[must_use]
    pub fn payer() -> Self {
        Self { camera: true, ..Self::default() }
    }

    /// Shops and examples, which show the checkout in a frame.
    #[must_use]
    pub fn shop() -> Self {
        Self { frames: BTreeSet::from([SELF.to_owned()]), ..Self::default() }
    }

    pub(super) fn write(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::try_from(self.content()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, value);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        let permissions = if self.camera {
            "camera=(self), microphone=(), geolocation=(), browsing-topics=()"
        } else {
            "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        };
        headers.insert(PERMISSIONS, HeaderValue::from_static(permissions));
        // A shop's page that opened the checkout in a window has to hear from it.
        let opener = if self.is_checkout { "unsafe-none" } else { "same-origin-allow-popups" };
        headers.insert(OPENER, HeaderValue::from_static(opener));
    }

    fn content(&self) -> String {
        let mut policy = String::from(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
             font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'",
        );
        for origin in &self.forms {
            policy.push(' ');
            policy.push_str(origin);
        }
        policy.push_str("; base-uri 'none'; frame-ancestors ");
        policy.push_str(&listed(&self.ancestors));
        if !self.frames.is_empty() {
            policy.push_str("; frame-src ");
            policy.push_str(&listed(&self.frames));
        }
        policy
    }
}

fn listed(sources: &BTreeSet<String>) -> String {
    if sources.is_empty() {
        return String::from("'none'");
    }
    sources.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
        img-src 'self' data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; \
        base-uri 'none'; frame-ancestors 'none'";

    #[test]
    fn a_page_is_shut_unless_it_needs_more() {
        assert_eq!(Policy::default().content(), STRICT);
        assert_eq!(Policy::payer().content(), STRICT);
        assert_eq!(Policy::shop().content(), format!("{STRICT}; frame-src 'self'"));
    }

    #[test]
    fn the_checkout_is_framed_by_its_shop_and_frames_the_issuer() {
        let policy = Policy::checkout(["https://shop.example"], ["http://127.0.0.1:4000"]).content();
        assert!(policy.contains("; form-action 'self' http://127.0.0.1:4000;"), "{policy}");
        assert!(policy.contains("; frame-ancestors 'self' https://shop.example;"), "{policy}");
        assert!(policy.ends_with("; frame-src 'self' http://127.0.0.1:4000"), "{policy}");
    }

    #[test]
    fn what_is_no_origin_cannot_open_anything() {
        let policy = Policy::checkout(["*", "https://a.example; script-src *", "https://a b"], ["'unsafe-inline'"]);
        let content = policy.content();
        assert!(content.contains("frame-ancestors 'self'; frame-src 'self'"), "{content}");
        assert!(!content.contains('*'), "{content}");
    }

    #[test]
    fn only_the_payer_app_may_look_through_the_camera() {
        for (policy, camera, opener) in [
            (Policy::default(), "camera=()", "same-origin-allow-popups"),
            (Policy::payer(), "camera=(self)", "same-origin-allow-popups"),
            (Policy::checkout([], []), "camera=()", "unsafe-none"),
        ] {
            let mut headers = HeaderMap::new();
            policy.write(&mut headers);
            assert!(headers[PERMISSIONS].to_str().unwrap().starts_with(camera));
            assert_eq!(headers[OPENER], opener);
        }
    }
}
