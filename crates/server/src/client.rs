//! From where a request comes.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderName;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of whoever asks: the other end of the line, or, where that is a proxy we were told
/// to trust, the last address in `X-Forwarded-For` that is not. What stands before that in the
/// header anyone can have written, and is not looked at. Nothing inside a process.
pub(crate) fn address(request: &ServiceRequest, trusted: &[IpAddr]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let lines = request.headers().get_all(FORWARDED_FOR).map(|line| line.to_str().unwrap_or(""));
    Some(behind(peer, lines, trusted))
}

fn behind<'a>(peer: IpAddr, lines: impl Iterator<Item = &'a str>, trusted: &[IpAddr]) -> IpAddr {
    let mut hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut client = peer.to_canonical();
    while trusted.iter().any(|proxy| proxy.to_canonical() == client) {
        match hops.pop().and_then(read) {
            Some(before) => client = before.to_canonical(),
            None => break,
        }
    }
    client
}

/// An address, with a port or without.
fn read(hop: &str) -> Option<IpAddr> {
    let plain = hop.trim_start_matches('[').trim_end_matches(']');
    let with_port = || hop.parse::<SocketAddr>().map(|address| address.ip());
    plain.parse().or_else(|_| with_port()).ok()
}

/// What one customer of a network has: an IPv4 address, or the first half of an IPv6 one.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let first = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(first))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, lines: &[&str], trusted: &[&str]) -> String {
        let read = |text: &&str| text.parse().expect("an address");
        let trusted: Vec<IpAddr> = trusted.iter().map(read).collect();
        behind(read(&peer), lines.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn nobody_chooses_their_own_address() {
        let proxy = ["10.0.0.1", "10.0.0.2"];
        assert_eq!(seen("192.0.2.7", &["203.0.113.1"], &[]), "192.0.2.7", "no proxy is trusted");
        assert_eq!(seen("192.0.2.7", &["203.0.113.1"], &proxy), "192.0.2.7", "not by the proxy");
        assert_eq!(seen("10.0.0.1", &["203.0.113.1"], &proxy), "203.0.113.1");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 203.0.113.1"], &proxy), "203.0.113.1", "forged");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "203.0.113.1"], &proxy), "203.0.113.1");
        assert_eq!(seen("10.0.0.1", &["203.0.113.1, 10.0.0.2"], &proxy), "203.0.113.1");
        assert_eq!(seen("10.0.0.1", &["nonsense"], &proxy), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["203.0.113.1, nonsense"], &proxy), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[], &proxy), "10.0.0.1");
        assert_eq!(seen("::ffff:10.0.0.1", &["[2001:db8::5]:443"], &proxy), "2001:db8::5");
        assert_eq!(seen("10.0.0.1", &["203.0.113.1:5080"], &proxy), "203.0.113.1");
    }

    #[test]
    fn neighbours_in_one_network_are_one() {
        let read = |text: &str| network(text.parse().expect("an address")).to_string();
        assert_eq!(read("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(read("192.0.2.7"), "192.0.2.7");
        assert_eq!(read("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
