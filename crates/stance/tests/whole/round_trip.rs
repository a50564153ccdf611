//! An inventory goes out and comes back: the same findings, the same bytes.

use crate::{
    account::known,
    run::{Place, findings},
};

#[test]
fn an_inventory_comes_back_as_it_went() {
    let (_, place) = known();
    let live = place.scan(3, &["--profile", "strict", "--export-inventory", "at-once.jsonl"]);
    let ended = place.run(&["inventory", "--format", "jsonl", "--output", "kept.jsonl"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let piped = place.run(&["inventory", "--format", "jsonl"]).stdout;
    assert!(piped == place.read("kept.jsonl") && piped.lines().count() > 150);
    assert_eq!(place.read("at-once.jsonl"), piped);

    let elsewhere = Place::new();
    elsewhere.write("estate.jsonl", &piped);
    let scan = [
        "scan",
        "--inventory",
        "estate.jsonl",
        "--profile",
        "strict",
        "--format",
        "jsonl",
        "--export-inventory",
        "again.jsonl",
    ];
    let ended = elsewhere.run(&scan);
    assert_eq!(ended.code, 3, "{}", ended.stderr);
    assert_eq!(findings(&ended.stdout), live);
    assert_eq!(elsewhere.read("again.jsonl"), piped);
    assert_eq!(elsewhere.run(&["inventory", "--format", "jsonl"]).stdout, piped);
    // A second look at the same file remembers everything and says the same.
    assert_eq!(elsewhere.run(&scan).stdout, ended.stdout);
}

#[test]
fn a_broken_inventory_is_named_with_its_line() {
    let place = Place::new();
    for (text, part) in [
        ("{\"resource\":{}}\n", "estate.jsonl:1:"),
        ("\n{\"type\":\"aws.s3.bucket\"", "estate.jsonl:2:"),
        ("\n\nnothing\n", "estate.jsonl:3:"),
    ] {
        place.write("estate.jsonl", text);
        let ended = place.run(&["scan", "--inventory", "estate.jsonl"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{}", ended.stderr);
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    }
    assert_eq!(place.run(&["scan", "--inventory", "nowhere.jsonl"]).code, 2);
}
