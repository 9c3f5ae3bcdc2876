//! How far a run is, told as it goes (server-sent events).

use actix_web::http::header::{CONTENT_ENCODING, HeaderName};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpResponse, get};
use futures_util::stream::{self, Stream};
use std::time::Duration;
use store::{RunId, RunState};
use tenancy::{Permitted, demand};
use tokio::time::{Instant, sleep};

use crate::actions::runs;
use crate::extract::May;
use crate::problem::{Problem, ProblemBody};
use crate::shapes::RunStatusJson;
use crate::state::{AppState, blocking};

/// How often the run is looked at.
const LOOK: Duration = Duration::from_millis(400);
/// Something is said at least this often, so that no proxy closes the line.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Browsers come back by themselves after this long.
const LONGEST: Duration = Duration::from_secs(10 * 60);

const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// How far a run is, as server-sent events: `status` on every change, until it has ended.
#[utoipa::path(tag = "runs", params(("id" = String, Path)), responses(
    (status = 200, content_type = "text/event-stream", body = String),
    (status = 404, body = ProblemBody, content_type = "application/problem+json")))]
#[get("/runs/{id}/events")]
pub(super) async fn events(
    state: Data<AppState>,
    who: May<demand::ReadBook>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: RunId = id.parse()?;
    let watch = Watch::new(state, who.0, id);
    watch.look().await?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        // Neither compressed here nor buffered by a proxy.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header((BUFFERING, "no"))
        .streaming(told(watch)))
}

struct Watch {
    state: Data<AppState>,
    who: Permitted<demand::ReadBook>,
    id: RunId,
    began: Instant,
    spoke: Instant,
    last: String,
    number: u64,
    over: bool,
}

impl Watch {
    fn new(state: Data<AppState>, who: Permitted<demand::ReadBook>, id: RunId) -> Self {
        let now = Instant::now();
        Self { state, who, id, began: now, spoke: now, last: String::new(), number: 0, over: false }
    }

    async fn look(&self) -> Result<RunStatusJson, Problem> {
        let (who, id) = (self.who.clone(), self.id.clone());
        Ok(blocking(&self.state, move |state| runs::status(state, &who, &id)).await?.into())
    }

    /// The next thing to say; nothing once the run has ended.
    async fn next(&mut self) -> Option<Bytes> {
        while !self.over && self.began.elapsed() < LONGEST && !self.state.wake.is_stopping() {
            if self.number > 0 {
                sleep(LOOK).await;
            }
            let status = self.look().await.ok()?;
            self.over = status.state != name_of(RunState::Waiting);
            let text = serde_json::to_string(&status).ok()?;
            if text != self.last {
                self.number = self.number.saturating_add(1);
                self.spoke = Instant::now();
                let event = format!("id: {}\nevent: status\ndata: {text}\n\n", self.number);
                self.last = text;
                return Some(event.into());
            }
            if self.spoke.elapsed() >= KEEP_ALIVE {
                self.spoke = Instant::now();
                return Some(Bytes::from_static(b": still here\n\n"));
            }
        }
        None
    }
}

const fn name_of(state: RunState) -> &'static str {
    match state {
        RunState::Waiting => "waiting",
        RunState::Done => "done",
        RunState::Failed => "failed",
    }
}

fn told(watch: Watch) -> impl Stream<Item = Result<Bytes, Problem>> {
    stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok(event), watch))
    })
}
