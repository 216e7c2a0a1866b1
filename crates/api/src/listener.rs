//! Serves a router on a listener: bounded connections, bounded heads, and a stop that finishes what has begun.

mod framing;

use std::{convert::Infallible, io, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
pub(crate) use framing::IllFramed;
use framing::Watched;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
};
use tower::Service;

use crate::Limits;

/// When nothing can be accepted (too many open files), asking again at once would only spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Bytes of one head that are read at all. The edge refuses less than this with a body that says so.
const HEAD_BYTES_MAX: usize = 65_536;

/// In every request: becomes true when the server is told to stop, for answers that would never end by themselves.
#[derive(Clone)]
pub(crate) struct Closing(pub(crate) watch::Receiver<bool>);

/// Serves until `shutdown` ends, then lets begun requests end, for `limits.drain` at most, and returns.
///
/// # Errors
/// The listener itself is broken. What is wrong with one connection, or passes, is not an error.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
    limits: Limits,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let permits = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    let (close, closing) = watch::channel(false);
    let mut shutdown = pin!(shutdown);
    let mut http = http1::Builder::new();
    // Without a timer hyper's header timeout does nothing.
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout).max_buf_size(HEAD_BYTES_MAX);
    loop {
        let (stream, permit) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &permits) => accepted?,
        };
        while connections.try_join_next().is_some() {}
        let (router, closing) = (router.clone(), Closing(closing.clone()));
        let peer = stream.peer_addr().ok();
        let (stream, heads) = Watched::new(stream);
        let service = service_fn(move |mut request: Request<Incoming>| {
            if heads.is_ill_framed() {
                request.extensions_mut().insert(IllFramed);
            }
            if let Some(peer) = peer {
                request.extensions_mut().insert(ConnectInfo(peer));
            }
            request.extensions_mut().insert(closing.clone());
            answer(router.clone(), request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
            drop(permit);
        });
    }
    // New callers are refused from here on, which proves to them that nothing was sent.
    drop(listener);
    let _ = close.send(true);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections still open when the server stopped");
    }
    Ok(())
}

async fn answer(mut router: Router, request: Request<Incoming>) -> Result<Response, Infallible> {
    router.call(request.map(Body::new)).await
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> io::Result<(TcpStream, Option<OwnedSemaphorePermit>)> {
    // The semaphore is never closed, so there is always a permit in the end.
    let permit = Arc::clone(permits).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "no TCP_NODELAY");
                }
                return Ok((stream, permit));
            }
            // The socket does not listen, and waiting will not make it.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
