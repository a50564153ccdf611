//! The simulated accounts that several tests look at, each filled once.

use crate::{
    moto,
    proxy::Proxy,
    run::{Findings, Place, findings},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// The account of `estates/known.py`.
pub(crate) const KNOWN: &str = "111111111111";

/// A place to scan an account from, which is filled before.
pub(crate) fn place(estate: &str, account: &str) -> Place {
    moto::estate(estate, account);
    Place::before(&Proxy::of(account))
}

/// The known account behind a proxy of one's own.
pub(crate) fn known() -> (Proxy, Place) {
    moto::estate("known", KNOWN);
    let proxy = Proxy::of(KNOWN);
    let place = Place::before(&proxy);
    (proxy, place)
}

/// Names of the known account's nameless resources.
pub(crate) fn known_labels() -> BTreeMap<String, String> {
    moto::estate("known", KNOWN)
}

/// A whole scan of the known account's two regions, made once.
pub(crate) fn known_findings() -> &'static Findings {
    static FINDINGS: LazyLock<Findings> = LazyLock::new(|| {
        let (_, place) = known();
        place.scan(3, &["--no-store", "--profile", "strict", "--region", "us-east-1", "--region", "eu-west-1"])
    });
    &FINDINGS
}

/// What faults are made against: a scan of the known account's home region without any.
pub(crate) struct Clean {
    pub(crate) findings: Findings,
    /// What was asked: `service.Operation`.
    pub(crate) calls: BTreeSet<String>,
    /// Permission → the policies that need it, as the command says.
    pub(crate) needed: BTreeMap<String, BTreeSet<String>>,
}

/// The clean scan, made once.
pub(crate) fn clean() -> &'static Clean {
    static CLEAN: LazyLock<Clean> = LazyLock::new(|| {
        let (proxy, place) = known();
        let findings = place.scan(3, &["--no-store", "--profile", "strict"]);
        let explained = place.run(&["permissions", "aws", "--profile", "strict", "--explain"]);
        let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut permission = String::new();
        for line in explained.stdout.lines() {
            match line.strip_prefix("    ") {
                Some(policy) => drop(needed.entry(permission.clone()).or_default().insert(policy.to_owned())),
                None => permission = line.to_owned(),
            }
        }
        Clean { findings, calls: proxy.calls(), needed }
    });
    &CLEAN
}

/// The permissions of a call, as the catalog has them.
pub(crate) fn permissions_of(call: &str) -> Vec<String> {
    static CATALOG: LazyLock<catalog::Catalog> = LazyLock::new(|| {
        let built_in = catalog::files::built_in().expect("the catalog is built in");
        catalog::Catalog::read(&[built_in]).0
    });
    CATALOG.permissions_of("aws", call)
}

/// The findings of a scan that may have ended in any way but a usage error.
pub(crate) fn of_any_end(place: &Place, arguments: &[&str]) -> (i32, Findings) {
    let ended = place.scan_as_is(arguments);
    assert!([0, 1, 3].contains(&ended.code), "{}: {}", ended.code, ended.stderr);
    (ended.code, findings(&ended.stdout))
}
