//! Endpoints: who may ask what, on which terms. The terms are enforced by the edge and written into the
//! OpenAPI document from here, so the two cannot differ.

mod document;

use axum::{Router, handler::Handler, http::Uri};
use steelyard_app::{Code, Problem};
use steelyard_domain::merchant::Scope;
use utoipa::openapi::{OpenApi, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};

use crate::{
    Api,
    answer::Refusal,
    edge::{GateLayer, preflight},
    fault::shortened,
    idempotency::Keyed,
};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Anyone,
    /// A key with this scope.
    Holder(Scope),
}

/// Where its callers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callers {
    Servers,
    /// On pages of merchants' sites as well.
    Browsers,
}

/// The terms an endpoint answers on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) who: Who,
    pub(crate) keyed: Keyed,
    pub(crate) callers: Callers,
    /// Whether a ticket does in place of a key.
    pub(crate) tickets: bool,
    /// Whether it reads a query, which is what its operation says. Where it does not, there may be none.
    pub(crate) queried: bool,
    /// What it can be refused for besides what every endpoint can.
    pub(crate) codes: &'static [Code],
}

impl Terms {
    /// For anyone, without a key.
    pub(crate) const OPEN: Self = Self {
        who: Who::Anyone,
        keyed: Keyed::No,
        callers: Callers::Servers,
        tickets: false,
        queried: false,
        codes: &[],
    };

    pub(crate) const fn read(scope: Scope) -> Self {
        Self { who: Who::Holder(scope), ..Self::OPEN }
    }

    /// A write, that takes an `Idempotency-Key` as `keyed` says.
    pub(crate) const fn write(scope: Scope, keyed: Keyed) -> Self {
        Self { who: Who::Holder(scope), keyed, ..Self::OPEN }
    }

    pub(crate) const fn browsers_too(self) -> Self {
        Self { callers: Callers::Browsers, ..self }
    }

    pub(crate) const fn tickets_too(self) -> Self {
        Self { tickets: true, ..self }
    }

    pub(crate) const fn codes(self, codes: &'static [Code]) -> Self {
        Self { codes, ..self }
    }
}

/// All endpoints, with their document.
pub(crate) struct Endpoints {
    api: Api,
    router: OpenApiRouter<Api>,
}

impl Endpoints {
    pub(crate) fn new(api: Api, document: OpenApi) -> Self {
        Self { api, router: OpenApiRouter::with_openapi(document) }
    }

    /// Adds the one operation that `routes!(handler)` made.
    ///
    /// # Panics
    /// If there is not exactly one: terms are an operation's own.
    pub(crate) fn add(self, terms: Terms, (schemas, mut paths, methods): UtoipaMethodRouter<Api>) -> Self {
        let mut items = paths.paths.iter_mut();
        let (Some((path, item)), None) = (items.next(), items.next()) else {
            panic!("an endpoint is one operation on one path")
        };
        let (method, operation) = only_operation(item).expect("an endpoint is one operation on one path");
        let terms = Terms { queried: document::has_query(operation), ..terms };
        document::write_terms(operation, &terms, path);
        let route = path.clone();
        let gate = GateLayer::new(&self.api, terms, method, &route);
        let (schemas, paths, methods) = (schemas, paths, methods).layer(gate);
        let methods = match terms.callers {
            Callers::Servers => methods,
            Callers::Browsers => {
                let terms = Terms::OPEN.browsers_too();
                methods
                    .options(Handler::<_, Api>::layer(preflight, GateLayer::new(&self.api, terms, "options", &route)))
            }
        };
        Self { router: self.router.routes((schemas, paths, methods)), ..self }
    }

    /// The router, and the document of what is in it.
    pub(crate) fn split(self) -> (Router<Api>, OpenApi) {
        let gate = |route| GateLayer::new(&self.api, Terms::OPEN, "any", route);
        let (router, document) = self.router.split_for_parts();
        let router = router
            .fallback(Handler::<_, Api>::layer(no_such_address, gate("unmatched")))
            .method_not_allowed_fallback(Handler::<_, Api>::layer(other_methods, gate("methodNotAllowed")));
        (router, document)
    }
}

fn only_operation(item: &mut PathItem) -> Option<(&'static str, &mut utoipa::openapi::path::Operation)> {
    let operations = [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ];
    let mut operations = operations.into_iter().filter_map(|(name, operation)| Some((name, operation.as_mut()?)));
    let first = operations.next()?;
    operations.next().is_none().then_some(first)
}

async fn no_such_address(uri: Uri) -> Refusal {
    Problem::new(Code::NotFound).detail(shortened(uri.path())).into()
}

async fn other_methods() -> Refusal {
    Problem::new(Code::MethodNotAllowed).into()
}
