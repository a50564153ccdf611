//! Address ranges as numbers: parsing, containment, and what of them is reachable from anywhere.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

/// A range of addresses of one family. Host bits are masked off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    /// IPv6 rather than IPv4.
    pub v6: bool,
    /// The lowest address.
    pub first: u128,
    /// The highest address.
    pub last: u128,
    /// Length of the prefix in bits.
    pub prefix: u8,
}

/// Addresses that no one can reach across the internet, as `address/prefix`: the special-purpose registries' entries
/// that are not globally reachable, and multicast. Exceptions inside them are in [`REACHABLE_AFTER_ALL`].
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>, <https://www.iana.org/assignments/iana-ipv6-special-registry>
const UNREACHABLE: [&str; 20] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/3", // All of IPv6 outside 2000::/3, which is the only part given out for the internet.
    "4000::/2",
    "8000::/1",
    "2001::/23",
    "2001:db8::/32",
    "3fff::/20",
];

/// Reachable addresses within [`UNREACHABLE`]: port control and TURN anycast, NAT64, DNS-SD, AMT, AS112, ORCHIDv2, DRIP.
const REACHABLE_AFTER_ALL: [&str; 10] = [
    "192.0.0.9/32",
    "192.0.0.10/32",
    "64:ff9b::/96",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:1::3/128",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:20::/28",
    "2001:30::/28",
];

impl Cidr {
    /// From `address` or `address/prefix`; `None` for anything else. IPv4-mapped IPv6 becomes IPv4.
    pub fn parse(text: &str) -> Option<Self> {
        let raw = Self::parse_as_written(text)?;
        const MAPPED: u128 = 0xffff_0000_0000;
        if raw.v6 && raw.prefix >= 96 && raw.first >> 32 == MAPPED >> 32 {
            return Some(Self::new(false, raw.first & 0xffff_ffff, raw.prefix - 96));
        }
        Some(raw)
    }

    /// As [`Cidr::parse`], but IPv4-mapped IPv6 stays IPv6.
    pub fn parse_as_written(text: &str) -> Option<Self> {
        let text = text.trim();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) if !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit()) => {
                (address, Some(prefix.parse::<u8>().ok()?))
            }
            Some(_) => return None,
            None => (text, None),
        };
        let (v6, bits, width) = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => (false, u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (true, address.to_bits(), 128),
        };
        let prefix = prefix.unwrap_or(width);
        (prefix <= width).then(|| Self::new(v6, bits, prefix))
    }

    fn new(v6: bool, bits: u128, prefix: u8) -> Self {
        let width: u8 = if v6 { 128 } else { 32 };
        let hosts = width.saturating_sub(prefix);
        let mask = 1_u128.checked_shl(u32::from(hosts)).map_or(u128::MAX, |size| size - 1);
        Self { v6, first: bits & !mask, last: bits | mask, prefix }
    }

    /// Whether it holds all of another.
    pub fn contains(&self, other: &Self) -> bool {
        self.v6 == other.v6 && self.first <= other.first && other.last <= self.last
    }

    /// Whether the two share an address.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.v6 == other.v6 && self.first <= other.last && other.first <= self.last
    }

    /// Whether any part of it is globally routable.
    pub fn is_public(&self) -> bool {
        public_size(self.v6, &[(self.first, self.last)]) > 0
    }

    /// Whether it stands for the internet: everything, or a range of `/8` (IPv6 `/16`) or wider with a public part.
    pub fn is_internet(&self) -> bool {
        self.prefix <= if self.v6 { 16 } else { 8 } && self.is_public()
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.v6 {
            write!(f, "{}/{}", Ipv6Addr::from_bits(self.first), self.prefix)
        } else {
            let bits = u32::try_from(self.first).expect("an IPv4 range holds 32-bit addresses");
            write!(f, "{}/{}", Ipv4Addr::from_bits(bits), self.prefix)
        }
    }
}

/// How many globally routable addresses the intervals of one family hold, at most `u128::MAX`. They must not overlap.
pub fn public_size(v6: bool, intervals: &[(u128, u128)]) -> u128 {
    let size = |intervals: &[(u128, u128)]| {
        intervals.iter().fold(0_u128, |sum, (first, last)| sum.saturating_add((last - first).saturating_add(1)))
    };
    let mut open = intervals.to_vec();
    for block in UNREACHABLE_BLOCKS.iter().filter(|block| block.v6 == v6) {
        open = subtract(&open, block.first, block.last);
    }
    let exceptions = REACHABLE_BLOCKS.iter().filter(|block| block.v6 == v6).flat_map(|block| {
        intervals.iter().filter_map(move |(first, last)| {
            let (first, last) = ((*first).max(block.first), (*last).min(block.last));
            (first <= last).then_some((first, last))
        })
    });
    size(&open).saturating_add(size(&exceptions.collect::<Vec<_>>()))
}

static UNREACHABLE_BLOCKS: LazyLock<Vec<Cidr>> = LazyLock::new(|| parsed(&UNREACHABLE));
static REACHABLE_BLOCKS: LazyLock<Vec<Cidr>> = LazyLock::new(|| parsed(&REACHABLE_AFTER_ALL));

fn parsed(table: &[&str]) -> Vec<Cidr> {
    table.iter().map(|text| Cidr::parse_as_written(text).expect("the tables hold ranges")).collect()
}

/// The intervals (both ends inside) less one.
pub fn subtract<N: Copy + Ord + Step>(intervals: &[(N, N)], first: N, last: N) -> Vec<(N, N)> {
    let mut rest = Vec::with_capacity(intervals.len() + 1);
    for &(low, high) in intervals {
        if high < first || last < low {
            rest.push((low, high));
            continue;
        }
        if low < first {
            rest.push((low, first.before()));
        }
        if last < high {
            rest.push((last.after(), high));
        }
    }
    rest
}

/// Whole numbers with neighbours. Only asked for a neighbour that exists.
pub trait Step {
    /// The number before.
    #[must_use]
    fn before(self) -> Self;
    /// The number after.
    #[must_use]
    fn after(self) -> Self;
}

impl Step for u128 {
    fn before(self) -> Self {
        self.saturating_sub(1)
    }
    fn after(self) -> Self {
        self.saturating_add(1)
    }
}

impl Step for i64 {
    fn before(self) -> Self {
        self.saturating_sub(1)
    }
    fn after(self) -> Self {
        self.saturating_add(1)
    }
}
