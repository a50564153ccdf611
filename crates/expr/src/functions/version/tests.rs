//! Versions as providers write them.

use super::*;
use proptest::prelude::*;

#[test]
fn the_earlier_version_is_less() {
    let earlier_first = [
        ("1.9", "1.10", "numbers, not text"),
        ("1.2", "1.2.1", "a missing number is zero"),
        ("5.7.38", "8.0.28", "mysql"),
        ("5.7.mysql_aurora.2.9.0", "5.7.mysql_aurora.2.11.1", "aurora"),
        ("8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3.05.2", "leading zeros"),
        ("1.29.3-gke.900", "1.29.3-gke.1282000", "gke patch"),
        ("v1.29.1", "1.30.0", "v does not count"),
        ("python3.9", "python3.10", "runtimes"),
        ("nodejs8.10", "nodejs18.x", "runtimes"),
        ("1.0-rc.1", "1.0", "a pre-release is earlier"),
        ("1.0.0-alpha", "1.0.0-beta", "marks in order"),
        ("1.0-rc2", "1.0-rc10", "numbers behind a mark"),
        ("TLSv1.0", "TLSv1.2", "protocols"),
        ("OpenSearch_1.3", "OpenSearch_2.11", "prefixes"),
        ("99999999999999999999999998", "99999999999999999999999999", "no overflow"),
    ];
    for (a, b, why) in earlier_first {
        assert!(less(a, b), "{a} < {b}: {why}");
        assert!(!less(b, a), "not {b} < {a}: {why}");
    }
}

#[test]
fn equal_versions_are_not_less() {
    for (a, b) in [("1.2", "1.2.0"), ("v1", "1"), ("1.0+build5", "1.0+build7"), ("", ""), ("", "0"), ("1.02", "1.2")] {
        assert_eq!(order(a, b), Ordering::Equal, "{a} = {b}");
    }
}

proptest! {
    #[test]
    fn it_is_an_order(a in "[a-z0-9.+-]{0,12}", b in "[a-z0-9.+-]{0,12}", c in "[a-z0-9.+-]{0,12}") {
        prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
        prop_assert_eq!(order(&a, &a), Ordering::Equal);
        if order(&a, &b).is_le() && order(&b, &c).is_le() {
            prop_assert!(order(&a, &c).is_le(), "{} {} {}", a, b, c);
        }
    }

    #[test]
    fn numbers_order_as_numbers(a: u64, b: u64) {
        prop_assert_eq!(order(&format!("1.{a}"), &format!("1.{b}")), a.cmp(&b));
    }

    #[test]
    fn never_panics(a in ".*", b in ".*") {
        order(&a, &b);
    }
}
