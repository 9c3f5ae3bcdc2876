//! A body arrives in time, or is not waited for.

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, web};
use futures_util::stream::{self, Stream, StreamExt};
use std::io::ErrorKind;
use std::time::Duration;
use tokio::time::{Instant, timeout};

use crate::state::AppState;

/// Gives up on a body that comes too slowly: forms and JSON have as long as a request may take,
/// files longer; and none may pause for long.
///
/// # Errors
/// What the handler says.
pub async fn in_time<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let limits = request.app_data::<web::Data<AppState>>().map(|state| state.guard.limits);
    if let Some(limits) = limits {
        let whole = if is_read_at_once(&request) { limits.request } else { limits.upload };
        let payload = request.take_payload();
        if !matches!(payload, Payload::None) {
            let payload = Box::pin(timed(payload, whole, limits.pause));
            request.set_payload(Payload::Stream { payload });
        }
    }
    next.call(request).await
}

/// Forms and JSON are read into memory; anything else streams to disk.
fn is_read_at_once(request: &ServiceRequest) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/x-www-form-urlencoded" || kind.ends_with("json")
}

fn timed(
    payload: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
    whole: Duration,
    pause: Duration,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let until = Instant::now() + whole;
    let pieces = stream::unfold(Some(payload), move |payload| async move {
        let mut payload = payload?;
        let left = until.saturating_duration_since(Instant::now()).min(pause);
        // A piece that is there already would beat a time that is over.
        let next = timeout(left, payload.next()).await.ok().filter(|_| !left.is_zero());
        match next {
            Some(item) => Some((item?, Some(payload))),
            None => Some((Err(PayloadError::Io(ErrorKind::TimedOut.into())), None)),
        }
    });
    // Who reads a form asks again after its end.
    pieces.fuse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn nobody_waits_for_the_rest_of_a_body() {
        let piece = |text: &'static str| Ok(Bytes::from_static(text.as_bytes()));
        let slow = stream::iter([piece("a"), piece("b")]).chain(stream::pending());
        let (whole, pause) = (Duration::from_secs(600), Duration::from_millis(1));
        let read: Vec<_> = timed(slow, whole, pause).collect().await;
        let texts: Vec<_> = read.iter().map(|it| it.as_ref().ok().cloned()).collect();
        assert_eq!(texts, [Some("a".into()), Some("b".into()), None], "and then it ends");
        assert!(
            matches!(read.last(), Some(Err(PayloadError::Io(it))) if it.kind() == ErrorKind::TimedOut)
        );

        let drip = stream::repeat_with(|| piece("a"));
        let read: Vec<_> = timed(drip, Duration::ZERO, pause).collect().await;
        assert_eq!(read.len(), 1, "however many small pieces come");
    }
}
