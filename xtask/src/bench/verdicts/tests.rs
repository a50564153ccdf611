//! Made-up verdicts of two programs: which are about the same resource, and whether they agree.

use super::{Key, Said, add, joined, kind};
use std::collections::BTreeMap;

fn said(all: &[(&str, &str, &str)]) -> BTreeMap<Key, Said> {
    let mut map = BTreeMap::new();
    for (name, region, status) in all {
        add(&mut map, ("check".to_owned(), (*name).to_owned(), (*region).to_owned()), status, String::new(), name);
    }
    map
}

#[track_caller]
fn check(ours: &[(&str, &str, &str)], theirs: &[(&str, &str, &str)], kinds: &[usize]) {
    let all = joined(said(ours), said(theirs));
    let found: Vec<usize> = all["check"].values().map(|(ours, theirs)| kind(ours, theirs)).collect();
    assert_eq!(found, kinds);
}

#[test]
fn the_worst_verdict_about_a_resource_counts() {
    check(&[("a", "r", "pass"), ("a", "r", "fail"), ("a", "r", "pass")], &[("a", "r", "fail")], &[0]);
    check(&[("a", "r", "unknown"), ("a", "r", "pass")], &[("a", "r", "pass")], &[1]);
}

#[test]
fn a_global_resource_is_found_in_whatever_region() {
    check(
        &[("a", "us-east-1", "pass"), ("b", "us-east-1", "fail")],
        &[("a", "eu-west-1", "pass"), ("b", "eu-west-1", "pass")],
        &[0, 1],
    );
}

#[test]
fn findings_about_a_region_meet_whatever_their_resource_is_called() {
    check(
        &[("region", "r1", "fail"), ("region", "r2", "pass")],
        &[("volume", "r1", "fail"), ("volume", "r2", "fail")],
        &[0, 1],
    );
}

#[test]
fn what_only_one_has_stays_apart() {
    check(&[("a", "r", "pass"), ("b", "r", "pass")], &[("c", "r", "fail")], &[2, 2, 3]);
}
