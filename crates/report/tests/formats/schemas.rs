//! Formats that have a schema keep to it.

use crate::fixture::{catalog, findings, hostile, megabyte, meta, poisoned, poisoned_meta, written, written_of};
use jsonschema::Validator;
use report::Format;
use serde_json::Value as Json;

const COMPLIANCE: &str = include_str!("../schemas/ocsf-1.5.0-compliance-finding.json");
const DETECTION: &str = include_str!("../schemas/ocsf-1.5.0-detection-finding.json");
const SARIF: &str = include_str!("../schemas/sarif-2.1.0-rtm.5.json");
const ASFF: &str = include_str!("../schemas/asff.json");

fn validator(schema: &str) -> Validator {
    // SARIF's own schema has a pattern that is no regular expression: one bracket too many.
    let schema = schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    let schema: Json = serde_json::from_str(&schema).expect("the schema is JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema is one")
}

fn check(validator: &Validator, value: &Json) {
    let faults: Vec<String> =
        validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).take(5).collect();
    let faults: Vec<String> = faults.iter().map(|fault| fault.chars().take(400).collect()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The fixture, and the fixture with each hostile text everywhere.
fn reports(format: Format, detection: bool) -> Vec<Json> {
    let mut texts = vec![written(format, detection)];
    for text in hostile() {
        texts.push(written_of(format, detection, &catalog(), poisoned_meta(&text), &poisoned(&text)));
    }
    let long = [poisoned(&megabyte()).get(..1).unwrap_or_default().to_vec(), findings()].concat();
    texts.push(written_of(format, detection, &catalog(), meta(), &long));
    texts.push(written_of(format, detection, &catalog(), meta(), &[]));
    texts.iter().map(|text| serde_json::from_str(text).expect("it is JSON")).collect()
}

fn check_items(schema: &str, format: Format, detection: bool) -> Vec<Json> {
    let validator = validator(schema);
    let reports = reports(format, detection);
    for item in reports.iter().flat_map(|report| report.as_array().expect("it is an array")) {
        check(&validator, item);
    }
    reports
}

#[test]
fn ocsf_compliance() {
    let reports = check_items(COMPLIANCE, Format::Ocsf, false);
    assert_eq!(reports.first().and_then(Json::as_array).map(Vec::len), Some(10));
}

#[test]
fn ocsf_detection() {
    check_items(DETECTION, Format::Ocsf, true);
}

#[test]
fn the_ocsf_schema_is_strict() {
    let validator = validator(COMPLIANCE);
    let report: Json = serde_json::from_str(&written(Format::Ocsf, false)).expect("it is JSON");
    for (at, wrong) in [("/0/severity_id", Json::from(17)), ("/0/compliance", Json::from("x")), ("/0/time", Json::Null)]
    {
        let mut report = report.clone();
        *report.pointer_mut(at).expect("it is there") = wrong;
        assert!(!validator.is_valid(report.pointer("/0").expect("there is one")), "{at}");
    }
}

#[test]
fn ocsf_statuses() {
    let report: Json = serde_json::from_str(&written(Format::Ocsf, false)).expect("it is JSON");
    let text = |event: &Json| {
        format!(
            "{} {} {} {}",
            event["status"].as_str().unwrap_or_default(),
            event["status_code"].as_str().unwrap_or_default(),
            event["compliance"]["status_id"],
            event["resources"][0]["cloud_partition"].as_str().unwrap_or("-")
        )
    };
    let seen: Vec<String> = report.as_array().expect("it is an array").iter().map(text).collect();
    let expected = [
        "New FAIL 3 aws",
        "New FAIL 3 aws-cn",
        "New PASS 1 aws-us-gov",
        "New FAIL 3 aws",
        "New FAIL 3 aws",
        "Suppressed FAIL 3 aws",
        "New PASS 1 aws",
        "New UNKNOWN 0 aws",
        "New MANUAL 99 aws",
        "New FAIL 3 aws",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn sarif() {
    let validator = validator(SARIF);
    for report in reports(Format::Sarif, false) {
        check(&validator, &report);
        let results = report["runs"][0]["results"].as_array().expect("there are results");
        for result in results {
            let rule = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("it fits");
            assert_eq!(report["runs"][0]["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
            let location = &result["locations"][0]["physicalLocation"];
            let uri = location["artifactLocation"]["uri"].as_str().expect("GitHub wants a file");
            assert!(!uri.is_empty() && !uri.starts_with('/') && !uri.contains(':'), "{uri}");
            assert!(uri.split('/').all(|segment| segment != ".." && segment != "."), "{uri} stays in its folder");
            assert!(location["region"]["startLine"].as_u64() >= Some(1));
            assert!(!result["message"]["text"].as_str().unwrap_or_default().trim().is_empty());
        }
    }
}

#[test]
fn sarif_holds_failures_and_suppresses_accepted_ones() {
    let report: Json = serde_json::from_str(&written(Format::Sarif, false)).expect("it is JSON");
    let results = report["runs"][0]["results"].as_array().expect("there are results");
    assert_eq!(results.len(), 6);
    let suppressed: Vec<&Json> =
        results.iter().filter(|result| result["suppressions"][0]["status"] == "accepted").collect();
    assert_eq!(suppressed.len(), 1);
    let code = results.iter().find(|result| result["properties"]["account"] == "").expect("one is code");
    assert_eq!(code["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "infra/site%20main.tf");
    assert_eq!(code["locations"][0]["physicalLocation"]["region"]["startLine"], 12);
}

#[test]
fn asff() {
    let validator = validator(ASFF);
    for report in reports(Format::Asff, false) {
        check(&validator, &report);
        for finding in report.as_array().expect("it is an array") {
            let bytes = finding.to_string().len();
            assert!(bytes <= 240 * 1024, "{bytes} bytes are more than Security Hub takes");
            let length = |at: &str| finding.pointer(at).and_then(Json::as_str).map_or(0, |text| text.chars().count());
            assert!(length("/Description") <= 1024 && length("/Title") <= 256);
            assert!(length("/Remediation/Recommendation/Text") <= 512);
            let requirements = finding.pointer("/Compliance/RelatedRequirements").and_then(Json::as_array);
            assert!(requirements.into_iter().flatten().all(|text| text.as_str().unwrap_or_default().len() <= 64));
        }
    }
}

#[test]
fn asff_partitions_and_statuses() {
    let report: Json = serde_json::from_str(&written(Format::Asff, false)).expect("it is JSON");
    let text = |finding: &Json| {
        format!(
            "{} {} {} {}",
            finding["Compliance"]["Status"].as_str().unwrap_or_default(),
            finding["ProductArn"].as_str().unwrap_or_default(),
            finding["Resources"][0]["Partition"].as_str().unwrap_or_default(),
            finding["Resources"][0]["Type"].as_str().unwrap_or_default(),
        )
    };
    let seen: Vec<String> = report.as_array().expect("it is an array").iter().map(text).collect();
    let product = "111122223333:product/111122223333/default";
    let expected = [
        format!("FAILED arn:aws:securityhub:eu-west-1:{product} aws AwsEc2SecurityGroup"),
        format!("FAILED arn:aws-cn:securityhub:cn-north-1:{product} aws-cn AwsEc2SecurityGroup"),
        format!("PASSED arn:aws-us-gov:securityhub:us-gov-west-1:{product} aws-us-gov AwsEc2SecurityGroup"),
        format!("FAILED arn:aws:securityhub:eu-west-1:{product} aws AwsS3Bucket"),
        format!("WARNING arn:aws:securityhub:eu-west-1:{product} aws AwsS3Bucket"),
        format!("PASSED arn:aws:securityhub:eu-west-1:{product} aws AwsS3Bucket"),
        format!("NOT_AVAILABLE arn:aws:securityhub:us-east-1:{product} aws AwsKmsKey"),
        format!("NOT_AVAILABLE arn:aws:securityhub:us-east-1:{product} aws AwsAccount"),
        format!("FAILED arn:aws:securityhub:eu-west-1:{product} aws AwsS3Bucket"),
    ];
    assert_eq!(seen, expected);
}
