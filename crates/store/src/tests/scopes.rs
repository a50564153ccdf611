//! What a scan did not ask for, or could not read, stays as it was.

use super::*;
use crate::InventoryFilter;

/// One put of a scan: the listing's region, names of the resources shown (with versions), and whether it was unread.
struct Listed {
    region: &'static str,
    shows: &'static [(&'static str, i64)],
    unread: bool,
}

const fn listed(region: &'static str, shows: &'static [(&'static str, i64)]) -> Listed {
    Listed { region, shows, unread: false }
}

const fn unreadable(region: &'static str, shows: &'static [(&'static str, i64)]) -> Listed {
    Listed { region, shows, unread: true }
}

async fn play(store: &Store, scan: i64, documents: Documents, listings: &[Listed]) {
    let bucket = bucket();
    let mut writer = store.begin_scan(&ScanHeader { documents, ..header(scan) }).await.unwrap();
    for listing in listings {
        let resources: Vec<_> = listing
            .shows
            .iter()
            .map(|(name, version)| Resource { region: listing.region.to_owned(), ..resource(name, *version) })
            .collect();
        let unread = [unread(listing.region)];
        let part = Part {
            region: listing.region,
            resources: Some(&resources),
            unread: if listing.unread { &unread } else { &[] },
            ..part(&bucket)
        };
        writer.put(&part).await.unwrap();
    }
    writer.finish(end(scan)).await.unwrap();
}

/// `north/a=1 north/b=1 south?`
async fn tell(store: &Store) -> String {
    let words: Vec<_> = records(store, &InventoryFilter::default())
        .await
        .into_iter()
        .map(|record| match record {
            Record::Resource(found) => {
                format!("{}/{}={}", found.region, found.name, found.document.at("Version").as_int().unwrap())
            }
            Record::Unread(unread) => format!("{}?", unread.region),
        })
        .collect();
    words.join(" ")
}

#[tokio::test]
async fn a_scan_changes_only_what_it_read() {
    use Documents::{Partial, Whole};
    let first = || [listed("north", &[("a", 1), ("b", 1)]), listed("south", &[("c", 1)])];
    let table: [(&str, Documents, &[Listed], &str); 9] = [
        ("nothing is listed", Whole, &[], "north/a=1 north/b=1 south/c=1"),
        ("one is gone", Whole, &[listed("north", &[("a", 1)])], "north/a=1 south/c=1"),
        ("all are gone", Whole, &[listed("north", &[])], "south/c=1"),
        (
            "one changed, one is new",
            Whole,
            &[listed("north", &[("a", 2), ("b", 1), ("d", 1)])],
            "north/a=2 north/b=1 north/d=1 south/c=1",
        ),
        ("a listing failed", Whole, &[unreadable("north", &[])], "north/a=1 north/b=1 south/c=1 north?"),
        (
            "a listing failed on its second page",
            Whole,
            &[unreadable("north", &[("a", 2)])],
            "north/a=2 north/b=1 south/c=1 north?",
        ),
        (
            "a listing in two pieces",
            Whole,
            &[listed("north", &[("a", 1)]), listed("north", &[("b", 1)])],
            "north/a=1 north/b=1 south/c=1",
        ),
        ("a resource twice in one listing", Whole, &[listed("north", &[("a", 2), ("a", 3)])], "north/a=3 south/c=1"),
        (
            "only parts of documents were read",
            Partial,
            &[listed("north", &[("a", 2), ("d", 1)])],
            "north/a=1 north/d=1 south/c=1",
        ),
    ];
    for (name, documents, listings, expected) in table {
        let store = Store::in_memory().await.unwrap();
        play(&store, 1, Documents::Whole, &first()).await;
        play(&store, 2, documents, listings).await;
        assert_eq!(tell(&store).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_listing_that_is_read_again_is_no_longer_unread() {
    let store = Store::in_memory().await.unwrap();
    play(&store, 1, Documents::Whole, &[unreadable("north", &[]), unreadable("south", &[])]).await;
    assert_eq!(tell(&store).await, "north? south?");
    play(&store, 2, Documents::Whole, &[listed("north", &[])]).await;
    assert_eq!(tell(&store).await, "south?");
}

#[tokio::test]
async fn an_inventory_is_filtered_and_goes_back_in_time() {
    let store = Store::in_memory().await.unwrap();
    play(&store, 1, Documents::Whole, &[listed("north", &[("a", 1)]), listed("south", &[("b", 1)])]).await;
    play(&store, 2, Documents::Whole, &[listed("north", &[("a", 2)]), unreadable("south", &[])]).await;
    let none = InventoryFilter::default;
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let table = [
        ("all", none(), 3),
        ("before the first scan", InventoryFilter { at: Some(at(0)), ..none() }, 0),
        ("after the first scan", InventoryFilter { at: Some(at(1)), ..none() }, 2),
        ("a region", InventoryFilter { regions: words(&["south"]), ..none() }, 2),
        ("another account", InventoryFilter { accounts: words(&["2"]), ..none() }, 0),
        ("both accounts", InventoryFilter { accounts: words(&["2", "1"]), ..none() }, 3),
        ("a type", InventoryFilter { types: words(&["cloud.storage.bucket"]), ..none() }, 3),
        ("an id", InventoryFilter { ids: words(&["id:a"]), ..none() }, 1),
    ];
    for (name, filter, expected) in table {
        assert_eq!(records(&store, &filter).await.len(), expected, "{name}");
    }
}

#[tokio::test]
async fn scans_that_run_at_once_both_become_current() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (one, other) = (Store::open(&path).await.unwrap(), Store::open(&path).await.unwrap());
    let bucket = bucket();
    let (mut early, mut late) =
        (one.begin_scan(&header(1)).await.unwrap(), other.begin_scan(&header(2)).await.unwrap());
    let found = [finding(&resource("a", 1), "policy", "", Status::Fail)];
    for (writer, version) in [(&mut early, 1), (&mut late, 2)] {
        let resources = [resource("a", version), resource(if version == 1 { "x" } else { "y" }, 1)];
        let judgements = [judgement(&resources[0], b"input", &found)];
        let part =
            Part { resources: Some(&resources), judgements: &judgements, tallies: &[tally("policy")], ..part(&bucket) };
        writer.put(&part).await.unwrap();
    }
    early.finish(end(1)).await.unwrap();
    assert_eq!(tell(&other).await, "north/a=1 north/x=1");
    late.finish(end(2)).await.unwrap();
    assert_eq!(
        tell(&one).await,
        "north/a=2 north/x=1 north/y=1",
        "what the later scan did not know of, it does not close"
    );
    assert_eq!(findings(&one, &crate::FindingFilter::default()).await.len(), 1);
    assert_eq!(one.finding(&found[0].id.to_string()).await.unwrap().events.len(), 1, "opened once");
}

#[tokio::test]
async fn judgements_are_remembered_while_the_scan_that_made_them_counts() {
    let store = Store::in_memory().await.unwrap();
    let bucket = bucket();
    let resources = [resource("a", 1), resource("b", 1), resource("c", 1)];
    let remembered = async |scan: i64| {
        let mut writer = store.begin_scan(&header(scan)).await.unwrap();
        let judged = writer.judged("1", "north", &bucket, &resources).await.unwrap();
        judged
            .into_iter()
            .map(|judged| judged.map(|judged| String::from_utf8(judged.input).unwrap()))
            .collect::<Vec<_>>()
    };
    let put = async |scan: i64, inputs: [&str; 3], finish: bool| {
        let mut writer = store.begin_scan(&header(scan)).await.unwrap();
        let judgements: Vec<_> = resources
            .iter()
            .zip(&inputs)
            .filter(|(_, input)| **input != "same")
            .map(|(resource, input)| judgement(resource, input.as_bytes(), &[]))
            .collect();
        writer.put(&Part { resources: Some(&resources), judgements: &judgements, ..part(&bucket) }).await.unwrap();
        if finish {
            writer.finish(end(scan)).await.unwrap();
        }
    };
    let words = |list: [&str; 3]| list.map(|word| (!word.is_empty()).then(|| word.to_owned())).to_vec();
    assert_eq!(remembered(1).await, words(["", "", ""]));
    put(2, ["i1", "i1", ""], true).await;
    assert_eq!(remembered(3).await, words(["i1", "i1", ""]));
    put(4, ["i2", "same", "same"], false).await;
    assert_eq!(remembered(5).await, words(["i1", "i1", ""]), "a scan that did not finish is not remembered");
    put(6, ["i2", "same", "i2"], true).await;
    assert_eq!(remembered(7).await, words(["i2", "i1", "i2"]));
    put(8, ["", "same", "same"], true).await;
    assert_eq!(remembered(9).await, words(["", "i1", "i2"]), "judged without an input: forgotten");
}

#[tokio::test]
async fn a_scan_is_written_and_read_from_tasks() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store.db")).await.unwrap();
    let tasks: Vec<_> = (1..=6)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let region: &'static str = ["north", "south", "east", "west", "centre", "sea"][number - 1];
                play(
                    &store,
                    i64::try_from(number).unwrap(),
                    Documents::Whole,
                    &[listed(region, &[("a", 1), ("b", 1)])],
                )
                .await;
                tell(&store).await.split(' ').filter(|word| word.starts_with(region)).count()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 2, "what a scan found is there when it finishes");
    }
    assert_eq!(records(&store, &InventoryFilter::default()).await.len(), 12);
}
