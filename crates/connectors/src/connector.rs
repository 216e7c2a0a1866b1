//! The seam: one enum, one match per question. A protocol brings an answer for each, or says by its
//! capabilities that it cannot.

use std::time::Duration;

use steelyard_domain::{Span, method::ConnectorName};

use crate::{Answer, Inquiry, NetCancel, Request, card_mock::CardMock, simulator::Simulator, stub::Stub};

/// What a protocol can do, as data: the flow asks this and never who the connector is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    pub manual_capture: bool,
    pub cancel: bool,
    pub partial_cancel: bool,
    /// Whether a transaction can be asked for by our own reference.
    pub inquiry: bool,
    pub net_cancel: bool,
    /// Whether the buyer can authenticate first, to be charged later.
    pub authentication: bool,
    /// Whether a payer's own account can be charged.
    pub transfer: bool,
    /// Whether accounts can be issued for deposits.
    pub virtual_account: bool,
    /// How long after its sending a request may still take effect.
    pub delay_max: Span,
}

/// An acquirer that can be asked. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Connector {
    Simulator(Simulator),
    CardMock(CardMock),
    Stub(Stub),
}

impl Connector {
    #[must_use]
    pub const fn name(&self) -> ConnectorName {
        match self {
            Self::Simulator(_) => ConnectorName::Simulator,
            Self::CardMock(_) => ConnectorName::CardMock,
            Self::Stub(_) => ConnectorName::Stub,
        }
    }

    #[must_use]
    pub const fn capabilities(&self) -> Capabilities {
        match self {
            Self::Simulator(_) => Simulator::CAPABILITIES,
            Self::CardMock(_) => CardMock::CAPABILITIES,
            Self::Stub(_) => Stub::CAPABILITIES,
        }
    }

    /// Sends one request and waits at most `patience` for the answer.
    pub async fn send(&self, request: &Request, patience: Duration) -> Answer {
        match self {
            Self::Simulator(simulator) => simulator.send(request, patience).await,
            Self::CardMock(mock) => mock.send(request, patience).await,
            Self::Stub(stub) => stub.send(request),
        }
    }

    /// Asks what became of one of our references.
    pub async fn inquire(&self, reference: &str, patience: Duration) -> Inquiry {
        match self {
            Self::Simulator(simulator) => simulator.inquire(reference, patience).await,
            Self::CardMock(mock) => mock.inquire(reference),
            Self::Stub(stub) => stub.inquire(reference),
        }
    }

    /// Undoes whatever happened to one of our references, and forbids that it still happens.
    pub async fn net_cancel(&self, reference: &str, patience: Duration) -> NetCancel {
        match self {
            Self::Simulator(simulator) => simulator.net_cancel(reference, patience).await,
            Self::CardMock(mock) => mock.net_cancel(reference),
            Self::Stub(stub) => stub.net_cancel(reference),
        }
    }

    /// Has the buyer's card authenticated without charging it. `Ok` is a token of the acquirer's.
    pub async fn authenticate(
        &self,
        request: &crate::request::Authentication,
        patience: Duration,
    ) -> crate::answer::AuthenticationAnswer {
        match self {
            Self::Simulator(simulator) => simulator.authenticate(request, patience).await,
            Self::CardMock(mock) => mock.authenticate(request),
            Self::Stub(stub) => stub.authenticate(request),
        }
    }
}
