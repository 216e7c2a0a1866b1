//! `POST /callbacks/{connector}`: an acquirer tells something of its own accord. It is checked, noted, and then the
//! acquirer is asked: a notice says when to ask, and never what to believe.

use sha2::{Digest, Sha256};
use steelyard_connectors::simulator::{NoticeError, Simulator};
use steelyard_domain::{AttemptId, method::ConnectorName};
use steelyard_store::{
    notice::note_notice,
    payment::{attempt_link, attempts},
};
use uuid::Uuid;

use crate::{
    App,
    problem::{Code, Problem},
};

/// What came, and what it was signed with.
#[derive(Debug, Clone)]
pub struct SignedNotice {
    pub connector: ConnectorName,
    pub signature: String,
    pub timestamp: String,
    pub body: Vec<u8>,
}

impl App {
    /// Takes a notice. One that came before, or that is about nothing of ours, is as good as taken.
    ///
    /// # Errors
    /// `INVALID_SIGNATURE` for one that its acquirer did not sign, or not lately. Nothing is noted then.
    pub async fn take_notice(&self, notice: SignedNotice) -> Result<(), Problem> {
        let secret = self.notice_secret().ok_or_else(|| Problem::new(Code::InvalidSignature).detail("no secret"))?;
        if notice.connector != ConnectorName::Simulator {
            return Err(Problem::new(Code::NotFound).detail(notice.connector.as_str()));
        }
        let now = self.clock().now();
        let read = Simulator::read_notice(secret, &notice.signature, &notice.timestamp, &notice.body, now);
        let told = read.map_err(refused)?;
        let id = id_of(&notice.body);
        let (connector, reference) = (notice.connector, told.reference.clone());
        let noted = self
            .pipeline()
            .run(move |tx| Box::pin(async move { note_notice(&tx, id, connector, &reference, now).await }));
        if !noted.await.map_err(crate::read::unavailable)? {
            metrics::counter!("steelyard_notices_total", "outcome" => "repeated").increment(1);
        }
        // Asked even about one that came before: the first may have come when the acquirer could not be asked.
        self.follow_notice(&told.reference).await
    }

    async fn follow_notice(&self, reference: &str) -> Result<(), Problem> {
        let Ok(id) = AttemptId::parse(reference) else { return Ok(()) };
        let reader = self.reader().await?;
        let Some(link) = attempt_link(&reader, id).await.map_err(crate::read::unavailable)? else { return Ok(()) };
        let found = attempts(&reader, &[link.order]).await.map_err(crate::read::unavailable)?;
        drop(reader);
        match found.iter().find(|attempt| attempt.id == id) {
            Some(attempt) => self.look_for_deposit(attempt).await,
            None => Ok(()),
        }
    }
}

fn refused(error: NoticeError) -> Problem {
    metrics::counter!("steelyard_notices_total", "outcome" => "refused").increment(1);
    Problem::new(Code::InvalidSignature).detail(error.to_string())
}

/// The same bytes, the same notice.
fn id_of(body: &[u8]) -> Uuid {
    let mut bytes = [0; 16];
    for (into, byte) in bytes.iter_mut().zip(Sha256::digest(body)) {
        *into = byte;
    }
    Uuid::from_bytes(bytes)
}
