//! The whole service put together.

use actix_web::body::MessageBody;
use actix_web::dev::ServerHandle;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Bytes, Data, FormConfig, JsonConfig, PathConfig, QueryConfig};
use actix_web::{App, Error, HttpResponse, HttpServer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::{Store, StoreError};
use tenancy::Operator;
use utoipa_actix_web::AppExt;

use crate::config::{Config, ConfigError, Site};
use crate::problem::Problem;
use crate::state::AppState;
use crate::worker::Workers;
use crate::{body, headers, limits, openapi, origin, pages, routes};

/// The largest JSON body or form; files stream and have their own limit.
const LARGEST_BODY: usize = 2 * 1024 * 1024;
/// Seconds that requests get to end when the service stops.
const SHUTDOWN_SECONDS: u64 = 10;
/// How long the head of a request may take to arrive.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a line that was told to close may stay open.
const GOODBYE_TIME: Duration = Duration::from_secs(5);
/// How long a line stays open between requests: longer than proxies keep theirs.
const IDLE_TIME: Duration = Duration::from_secs(75);

/// Why the service ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It cannot be started so.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The databases cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address is taken, or another system call failed.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

/// The application of one service: used by the server and by tests.
pub fn app(
    state: Data<AppState>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let document = Bytes::from(serde_json::to_string(&openapi::document()).unwrap_or_default());
    let (app, _) = App::new().into_utoipa_app().configure(routes::configure).split_for_parts();
    app.app_data(state)
        .app_data(
            JsonConfig::default()
                .limit(LARGEST_BODY)
                .error_handler(|error, _| Problem::from(error).into()),
        )
        .app_data(
            FormConfig::default()
                .limit(LARGEST_BODY)
                .error_handler(|error, _| Problem::from(error).into()),
        )
        .app_data(PathConfig::default().error_handler(|error, _| Problem::from(error).into()))
        .app_data(QueryConfig::default().error_handler(|error, _| Problem::from(error).into()))
        .configure(routes::configure_watch)
        .configure(pages::configure)
        .service(web::resource(openapi::PATH).get(move || openapi_document(document.clone())))
        .default_service(web::to(nowhere))
        .wrap(from_fn(body::in_time))
        .wrap(from_fn(origin::check))
        .wrap(from_fn(limits::check))
        .wrap(from_fn(headers::problem_pages))
        .wrap(Compress::default())
        .wrap(from_fn(headers::outermost))
}

async fn openapi_document(document: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(document)
}

async fn nowhere() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

/// Opens the databases and makes what requests and workers share.
///
/// # Errors
/// When the service cannot be started so, or the databases cannot be opened.
pub fn prepare(config: &Config) -> Result<Arc<AppState>, ServeError> {
    let site = Site::of(config)?;
    let store = Store::open_at(&config.place)?;
    for (code, _) in store.put_aside(&Operator::from_command_line()) {
        tracing::error!(%code, "a Board is not served: its database is put aside");
    }
    let state = AppState::new(store, config.catalogue.clone(), site, config.unpacker()?);
    Ok(Arc::new(state.guarded(config.guard.clone())))
}

/// Serves until the process is told to stop. `ready` is called once with the address, when
/// requests are taken.
///
/// # Errors
/// When the service cannot be started so, or the address is taken.
pub fn serve(config: &Config, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let state = prepare(config)?;
    serve_state(config, state, ready)
}

/// Waits until the process is told to stop, and lets it go without losing a request: `/readyz`
/// says no at once, so that a proxy sends nobody more; requests are still answered for a while;
/// then nothing new is taken and what has begun is ended. Told twice, it does not wait.
async fn drain(state: Arc<AppState>, server: ServerHandle, patience: Duration) {
    told_to_stop().await;
    tracing::info!(seconds = patience.as_secs(), "told to stop: no longer ready");
    state.wake.leave();
    tokio::select! {
        () = actix_web::rt::time::sleep(patience) => {}
        () = told_to_stop() => {}
    }
    server.stop(true).await;
}

/// Waits for Ctrl-C or a service manager's signal.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    interrupted.await;
}

/// The same with databases that are open already.
///
/// # Errors
/// When the address is taken.
pub fn serve_state(
    config: &Config,
    state: Arc<AppState>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let workers = Workers::start(&state, config.job_threads)?;
    let shared = Data::from(Arc::clone(&state));
    let (leaving, patience) = (Arc::clone(&state), config.drain);
    let served = actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || app(shared.clone()))
            .client_request_timeout(HEAD_TIME)
            .client_disconnect_timeout(GOODBYE_TIME)
            .keep_alive(IDLE_TIME)
            .shutdown_timeout(SHUTDOWN_SECONDS)
            .disable_signals()
            .bind(config.listen)?;
        let address = server.addrs().first().copied().unwrap_or(config.listen);
        let running = server.run();
        actix_web::rt::spawn(drain(leaving, running.handle(), patience));
        ready(address);
        running.await
    });
    workers.stop();
    Ok(served?)
}
