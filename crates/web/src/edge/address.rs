//! Who posts, as far as the network tells.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
};

/// The address that a limit is kept for. Of an IPv6 address its network counts: one household has a whole one.
pub(super) fn of(request: &Request, behind_proxy: bool) -> IpAddr {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let told = if behind_proxy { forwarded(request.headers()) } else { None };
    network(told.or(connected).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))
}

/// The last entry is our own proxy's; what stands before it anybody can write.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?;
    line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn address(connected: &str, forwarded: &[&str], behind_proxy: bool) -> String {
        let mut request = Request::builder();
        for line in forwarded {
            request = request.header("x-forwarded-for", *line);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo::<SocketAddr>(connected.parse().unwrap()));
        of(&request, behind_proxy).to_string()
    }

    #[test]
    fn a_header_counts_only_behind_a_proxy_and_then_its_last_entry() {
        assert_eq!(address("192.0.2.1:1", &["198.51.100.7"], false), "192.0.2.1");
        assert_eq!(address("192.0.2.1:1", &["203.0.113.9, 198.51.100.7"], true), "198.51.100.7");
        assert_eq!(address("192.0.2.1:1", &["203.0.113.9", "198.51.100.8"], true), "198.51.100.8");
        assert_eq!(address("192.0.2.1:1", &["nonsense"], true), "192.0.2.1");
    }

    #[test]
    fn of_ipv6_the_network_counts() {
        assert_eq!(address("[2001:db8:1:2:3:4:5:6]:1", &[], false), "2001:db8:1:2::");
        assert_eq!(address("[::ffff:192.0.2.1]:1", &[], false), "192.0.2.1");
    }
}
