//! How the service is set up, checked once at its start.

use openbook::workbook::Unpacker;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use store::Place;

use crate::guard::Guard;
use crate::models::Catalogue;

/// What a service is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub place: Place,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that people type; needed when listening beyond this machine.
    pub public_url: Option<String>,
    /// How many threads work on jobs.
    pub job_threads: usize,
    /// How long requests are still taken after the process has been told to stop.
    pub drain: Duration,
    /// The definitions under `models/`.
    pub catalogue: Catalogue,
    /// The `valuebook` program, which reads workbooks in a process of its own; the one that runs
    /// unless told.
    pub program: Option<PathBuf>,
    /// How it is guarded.
    pub guard: Guard,
}

impl Config {
    /// What reads workbooks.
    ///
    /// # Errors
    /// When the program that runs cannot be found.
    pub fn unpacker(&self) -> std::io::Result<Unpacker> {
        let program = self.program.clone().map_or_else(std::env::current_exe, Ok)?;
        Ok(Unpacker::new(program))
    }
}

/// Why a service cannot be started so.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Open to the network without encryption.
    #[error(
        "listening on {0} is open to the network: give --public-url https://… and put a TLS proxy \
         in front, or listen on 127.0.0.1"
    )]
    NotEncrypted(SocketAddr),
    /// Not an address of a site.
    #[error("--public-url {0} is not of the form https://name or https://name:port")]
    PublicUrl(String),
}

/// The site as browsers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `https://name`, where a public address is given.
    origin: Option<String>,
}

impl Site {
    /// Checks what the service is started with.
    ///
    /// # Errors
    /// When it would be open to the network without encryption.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let origin = config.public_url.as_deref().map(origin).transpose()?;
        let encrypted = origin.as_ref().is_some_and(|origin| origin.starts_with("https://"));
        if config.listen.ip().is_loopback() || encrypted {
            Ok(Self { origin })
        } else {
            Err(ConfigError::NotEncrypted(config.listen))
        }
    }

    /// A link to a place of this site for somebody elsewhere, given the `Host` of the request that
    /// asks for it; only the place where the address is not known.
    #[must_use]
    pub fn link(&self, place: &str, host: Option<&str>) -> String {
        match (&self.origin, host.filter(|host| host.chars().all(of_host))) {
            (Some(own), _) => format!("{own}{place}"),
            (None, Some(host)) => format!("http://{host}{place}"),
            (None, None) => place.to_owned(),
        }
    }

    /// Whether browsers reach it by https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.origin.as_ref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// The name of the session cookie. The prefix makes browsers refuse it from other hosts.
    #[must_use]
    pub fn cookie_name(&self) -> &'static str {
        if self.is_secure() { "__Host-valuebook" } else { "valuebook" }
    }

    /// Whether a `Host` header names this site: its public address, or, without one, this
    /// machine by a name or address of its own.
    #[must_use]
    pub fn is_own_host(&self, host: &str) -> bool {
        match self.origin.as_deref().and_then(|origin| origin.split_once("://")) {
            Some((scheme, own)) => {
                let usual = if scheme == "https" { ":443" } else { ":80" };
                let plain =
                    |host: &str| host.strip_suffix(usual).unwrap_or(host).to_ascii_lowercase();
                plain(host) == plain(own)
            }
            None => is_this_machine(host),
        }
    }

    /// The name of the cookie while a right password waits for its code.
    #[must_use]
    pub fn waiting_cookie_name(&self) -> &'static str {
        if self.is_secure() { "__Host-valuebook-code" } else { "valuebook-code" }
    }

    /// Whether an `Origin` header is this site's own, given the `Host` of the same request.
    #[must_use]
    pub fn is_own_origin(&self, origin: &str, host: Option<&str>) -> bool {
        match &self.origin {
            Some(own) => origin.eq_ignore_ascii_case(own),
            None => host.is_some_and(|host| origin.eq_ignore_ascii_case(&format!("http://{host}"))),
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<SocketAddr>().map(|address| address.ip());
    let in_brackets = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match address.or_else(|_| in_brackets.unwrap_or(host).parse::<IpAddr>()) {
        Ok(address) => address.is_loopback(),
        Err(_) => {
            let (name, port) = host.split_once(':').unwrap_or((host, "0"));
            name.eq_ignore_ascii_case("localhost") && port.parse::<u16>().is_ok()
        }
    }
}

/// `scheme://host[:port]` of an address, without a path.
fn origin(url: &str) -> Result<String, ConfigError> {
    let wrong = || ConfigError::PublicUrl(url.to_owned());
    let plain = url.strip_suffix('/').unwrap_or(url);
    let (scheme, authority) = plain.split_once("://").ok_or_else(wrong)?;
    let known = scheme == "https" || scheme == "http";
    if known && !authority.is_empty() && authority.chars().all(of_host) {
        Ok(plain.to_ascii_lowercase())
    } else {
        Err(wrong())
    }
}

fn of_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-.:[]".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(listen: &str, public_url: Option<&str>) -> Result<Site, ConfigError> {
        Site::of(&Config {
            place: Place::folder("unused"),
            listen: listen.parse().expect("an address"),
            public_url: public_url.map(str::to_owned),
            job_threads: 1,
            drain: Duration::ZERO,
            catalogue: Catalogue::embedded().expect("reads"),
            program: None,
            guard: Guard::default(),
        })
    }

    impl Site {
        /// One without a public address.
        pub(crate) fn local() -> Self {
            Self { origin: None }
        }

        /// One with a public address.
        pub(crate) fn at(url: &str) -> Self {
            Self { origin: Some(origin(url).expect("an address")) }
        }
    }

    #[test]
    fn beyond_this_machine_only_behind_https() {
        assert!(site("127.0.0.1:8080", None).is_ok());
        assert!(site("[::1]:8080", None).is_ok());
        assert!(site("0.0.0.0:8080", None).is_err());
        assert!(site("0.0.0.0:8080", Some("http://vb.example")).is_err());
        assert!(site("0.0.0.0:8080", Some("https://vb.example")).is_ok());
        for url in ["vb.example", "ftp://vb.example", "https://", "https://a/b", "https://a b"] {
            assert!(site("127.0.0.1:1", Some(url)).is_err(), "{url}");
        }
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_where_it_can_be() {
        let open = site("127.0.0.1:8080", None).expect("a site");
        let public = site("0.0.0.0:8080", Some("https://VB.example/")).expect("a site");
        assert_eq!((open.cookie_name(), open.is_secure()), ("valuebook", false));
        assert_eq!((public.cookie_name(), public.is_secure()), ("__Host-valuebook", true));
        assert_eq!(public.link("/a", Some("evil.example")), "https://vb.example/a");
        assert_eq!(open.link("/a", Some("127.0.0.1:8080")), "http://127.0.0.1:8080/a");
        assert_eq!(open.link("/a", Some("x/y?z")), "/a");
        assert!(public.is_own_origin("https://vb.example", None));
        assert!(!public.is_own_origin("http://vb.example", Some("vb.example")));
        assert!(open.is_own_origin("http://127.0.0.1:8080", Some("127.0.0.1:8080")));
        assert!(!open.is_own_origin("http://evil.example", Some("127.0.0.1:8080")));
        assert!(!open.is_own_origin("null", None));
    }
}
