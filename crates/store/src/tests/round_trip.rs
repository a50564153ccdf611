//! What is put comes back exactly, whatever it holds, now and as history.

use super::*;
use crate::{FindingFilter, InventoryFilter};
use model::{Factor, Map, Source};
use proptest::prelude::*;

/// Strings that hurt somewhere: control characters, escapes of terminals, of JSON, of SQL, of spreadsheets.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\x00-\\x1f\\x7f\"'\\\\%_;$]{0,12}",
        Just("\u{1b}[31mred\u{1b}[0m".to_owned()),
        Just("=cmd|' /C calc'!A0".to_owned()),
        Just("'); DROP TABLE finding; --".to_owned()),
        Just("\u{2028}\u{feff}\u{10ffff}".to_owned()),
        Just("$unknown".to_owned()),
    ]
}

fn lacks() -> impl Strategy<Value = Missing> {
    (hostile(), hostile(), prop_oneof![Just(Cause::Denied), Just(Cause::AfterApply), Just(Cause::NotRead)])
        .prop_map(|(what, detail, cause)| Missing::one(Lack { what, cause, detail }))
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no such number", |number| number.is_finite()).prop_map(Value::from),
        hostile().prop_map(Value::from),
        lacks().prop_map(Value::unknown),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((hostile(), inner), 0..6)
                .prop_map(|entries| Value::Map(entries.into_iter().collect::<Map>())),
        ]
    })
}

fn any_resource() -> impl Strategy<Value = Resource> {
    let source = (hostile(), hostile(), any::<u32>()).prop_map(|(address, file, line)| Source { address, file, line });
    (hostile(), hostile(), hostile(), hostile(), value(), value(), proptest::option::of(source)).prop_map(
        |(id, name, region, partition, tags, document, source)| Resource {
            type_name: bucket(),
            id,
            name,
            region,
            account: "1".to_owned(),
            partition,
            tags,
            document,
            source,
        },
    )
}

fn any_finding(
    resource: &Resource,
    (message, offender, evidence, missing): (String, String, Value, Missing),
) -> Finding {
    let mut found = finding(resource, "policy", &offender, Status::Unknown(missing));
    found.message = message.as_str().into();
    found.evidence = vec![evidence];
    found.risk.factors = vec![Factor { name: offender, points: -3, detail: message }];
    found
}

async fn check(resources: Vec<Resource>, findings_of: Vec<Vec<Finding>>) {
    let store = Store::in_memory().await.unwrap();
    let bucket = bucket();
    let unread = [unread("north")];
    let judgements: Vec<_> =
        resources.iter().zip(&findings_of).map(|(resource, findings)| judgement(resource, b"", findings)).collect();
    let mut writer = store.begin_scan(&header(1)).await.unwrap();
    let part = Part { resources: Some(&resources), judgements: &judgements, unread: &unread, ..part(&bucket) };
    writer.put(&part).await.unwrap();
    writer.finish(end(1)).await.unwrap();

    // The second scan makes history of the first one's documents.
    let changed: Vec<_> =
        resources.iter().cloned().map(|resource| Resource { document: Value::from("new"), ..resource }).collect();
    let mut writer = store.begin_scan(&header(2)).await.unwrap();
    writer.put(&Part { resources: Some(&changed), ..part }).await.unwrap();
    writer.finish(end(2)).await.unwrap();

    for (time, resources) in [(1, &resources), (2, &changed)] {
        let mut expected: Vec<_> =
            resources.iter().cloned().map(|resource| Record::Resource(Box::new(resource))).collect();
        expected.sort_by_key(|record| match record {
            Record::Resource(resource) => (resource.region.clone(), resource.id.clone()),
            Record::Unread(_) => unreachable!("only resources are here"),
        });
        expected.extend(unread.iter().cloned().map(Record::Unread));
        let read = records(&store, &InventoryFilter { at: Some(at(time)), ..InventoryFilter::default() }).await;
        assert_eq!(read, expected, "after scan {time}");
    }
    let mut read: Vec<_> =
        findings(&store, &FindingFilter::default()).await.into_iter().map(|record| record.finding).collect();
    read.sort_by_key(|finding| finding.id);
    let mut expected: Vec<_> = findings_of.into_iter().flatten().collect();
    expected.sort_by_key(|finding| finding.id);
    assert_eq!(read, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn resources_and_findings_come_back_exactly(
        resources in proptest::collection::vec(any_resource(), 0..6),
        words in proptest::collection::vec((hostile(), hostile(), value(), lacks()), 6),
    ) {
        let mut resources = resources;
        resources.sort_by(|a, b| a.id.cmp(&b.id));
        resources.dedup_by(|a, b| a.id == b.id);
        let found = resources.iter().zip(words).map(|(resource, words)| vec![any_finding(resource, words)]).collect();
        tokio::runtime::Runtime::new().unwrap().block_on(check(resources, found));
    }
}

#[tokio::test]
async fn megabytes_come_back_exactly() {
    let mut large = resource("large", 1);
    large.id = "i".repeat(1 << 20);
    large.name = "\u{1}\"\\".repeat(1 << 18);
    large.document = Value::from(vec![Value::from("x\u{7f}é".repeat(1 << 18)); 4]);
    let found = finding(&large, "policy", &"o".repeat(1 << 20), Status::Fail);
    check(vec![large], vec![vec![found]]).await;
}

#[tokio::test]
async fn deep_documents_come_back_exactly_and_deeper_ones_are_refused() {
    let nested = |levels: usize| (0..levels).fold(Value::from(true), |inner, _| Value::from(vec![inner]));
    let mut deep = resource("deep", 1);
    deep.document = nested(crate::json::DEPTH_MAX);
    let mut found = finding(&deep, "policy", "", Status::Fail);
    found.evidence = vec![nested(crate::json::DEPTH_MAX)];
    check(vec![deep.clone()], vec![vec![found]]).await;

    deep.document = nested(crate::json::DEPTH_MAX + 1);
    let store = Store::in_memory().await.unwrap();
    let mut writer = store.begin_scan(&header(1)).await.unwrap();
    let error = writer.put(&Part { resources: Some(&[deep]), ..part(&bucket()) }).await.unwrap_err();
    assert_eq!(error.to_string(), "can't store a document: id:deep nests deeper than 300 levels");
}
