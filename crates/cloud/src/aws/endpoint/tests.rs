//! Addresses of services, buckets and overrides.

use super::{Place, address, check_override};
use crate::aws::encode::request;
use apimodel::aws::{Variant, operation, partition_of_region};
use model::Value;

const PLAIN: Variant = Variant { fips: false, dual_stack: false };
const FIPS: Variant = Variant { fips: true, dual_stack: false };
const DUAL_STACK: Variant = Variant { fips: false, dual_stack: true };
const BOTH: Variant = Variant { fips: true, dual_stack: true };

fn found(call: &str, input: &str, region: &str, variant: Variant, url: Option<&str>) -> Result<String, String> {
    let (service, operation) = operation(call).unwrap_or_else(|| panic!("{call}"));
    let input: Value = serde_json::from_str(input).unwrap();
    let request = request(&service, &operation, &input, &String::new).map_err(|failure| failure.to_string())?;
    let place = Place { partition: partition_of_region(region).unwrap(), region, variant, url };
    let address = address(&service, &operation, &request, place).map_err(|failure| failure.to_string())?;
    Ok(format!("{} {} {}", address.url, address.signing_region, address.signing_name))
}

#[track_caller]
fn check(call: &str, input: &str, region: &str, variant: Variant, expected: &str) {
    assert_eq!(found(call, input, region, variant, None).as_deref(), Ok(expected), "{call} {region}");
}

/// <https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html>
#[test]
fn endpoints_of_services() {
    check("ec2.DescribeVpcs", "{}", "eu-west-1", PLAIN, "https://ec2.eu-west-1.amazonaws.com/ eu-west-1 ec2");
    check("ec2.DescribeVpcs", "{}", "cn-north-1", PLAIN, "https://ec2.cn-north-1.amazonaws.com.cn/ cn-north-1 ec2");
    check("ec2.DescribeVpcs", "{}", "us-iso-east-1", PLAIN, "https://ec2.us-iso-east-1.c2s.ic.gov/ us-iso-east-1 ec2");
    check("iam.ListUsers", "{}", "eu-west-1", PLAIN, "https://iam.amazonaws.com/ us-east-1 iam");
    check("iam.ListUsers", "{}", "us-gov-west-1", PLAIN, "https://iam.us-gov.amazonaws.com/ us-gov-west-1 iam");
    check("iam.ListUsers", "{}", "cn-north-1", PLAIN, "https://iam.cn-north-1.amazonaws.com.cn/ cn-north-1 iam");
    check("sts.GetCallerIdentity", "{}", "eu-west-1", PLAIN, "https://sts.eu-west-1.amazonaws.com/ eu-west-1 sts");
    check(
        "route53.ListHostedZones",
        "{}",
        "eu-west-1",
        PLAIN,
        "https://route53.amazonaws.com/2013-04-01/hostedzone us-east-1 route53",
    );
    check(
        "cloudwatch.DescribeAlarms",
        "{}",
        "eu-west-1",
        PLAIN,
        "https://monitoring.eu-west-1.amazonaws.com/ eu-west-1 monitoring",
    );
    check(
        "elbv2.DescribeLoadBalancers",
        "{}",
        "eu-west-1",
        PLAIN,
        "https://elasticloadbalancing.eu-west-1.amazonaws.com/ eu-west-1 elasticloadbalancing",
    );
    check(
        "organizations.DescribeOrganization",
        "{}",
        "eu-west-1",
        PLAIN,
        "https://organizations.us-east-1.amazonaws.com/ us-east-1 organizations",
    );
    check(
        "cloudfront.ListDistributions",
        "{}",
        "eu-west-1",
        PLAIN,
        "https://cloudfront.amazonaws.com/2020-05-31/distribution us-east-1 cloudfront",
    );
    check("s3.ListBuckets", "{}", "eu-west-1", PLAIN, "https://s3.eu-west-1.amazonaws.com/ eu-west-1 s3");
    check("s3.ListBuckets", "{}", "us-east-1", PLAIN, "https://s3.us-east-1.amazonaws.com/ us-east-1 s3");
    check(
        "s3control.GetPublicAccessBlock",
        r#"{"AccountId":"1"}"#,
        "eu-west-1",
        PLAIN,
        "https://1.s3-control.eu-west-1.amazonaws.com/v20180820/configuration/publicAccessBlock eu-west-1 s3",
    );
    check(
        "ecr.DescribeRepositories",
        "{}",
        "eu-west-1",
        PLAIN,
        "https://api.ecr.eu-west-1.amazonaws.com/ eu-west-1 ecr",
    );
}

/// <https://docs.aws.amazon.com/general/latest/gr/rande.html#FIPS-endpoints>
#[test]
fn endpoints_of_other_kinds() {
    check("ec2.DescribeVpcs", "{}", "us-east-1", FIPS, "https://ec2-fips.us-east-1.amazonaws.com/ us-east-1 ec2");
    check(
        "ec2.DescribeVpcs",
        "{}",
        "us-gov-west-1",
        FIPS,
        "https://ec2.us-gov-west-1.amazonaws.com/ us-gov-west-1 ec2",
    );
    check("ec2.DescribeVpcs", "{}", "eu-west-1", DUAL_STACK, "https://ec2.eu-west-1.api.aws/ eu-west-1 ec2");
    check("sts.GetCallerIdentity", "{}", "us-east-1", FIPS, "https://sts-fips.us-east-1.amazonaws.com/ us-east-1 sts");
    check(
        "s3.ListBuckets",
        "{}",
        "eu-west-1",
        DUAL_STACK,
        "https://s3.dualstack.eu-west-1.amazonaws.com/ eu-west-1 s3",
    );
    check("s3.ListBuckets", "{}", "us-east-1", BOTH, "https://s3-fips.dualstack.us-east-1.amazonaws.com/ us-east-1 s3");
    check(
        "lambda.ListFunctions",
        "{}",
        "eu-west-1",
        DUAL_STACK,
        "https://lambda.eu-west-1.api.aws/2015-03-31/functions eu-west-1 lambda",
    );
}

#[test]
fn addresses_of_buckets() {
    let policy = |bucket: &str, url| {
        found("s3.GetBucketPolicy", &format!(r#"{{"Bucket":"{bucket}"}}"#), "eu-west-1", PLAIN, url)
    };
    assert_eq!(policy("logs", None).as_deref(), Ok("https://logs.s3.eu-west-1.amazonaws.com/?policy eu-west-1 s3"));
    // A name with dots would not fit the certificate.
    assert_eq!(policy("a.b.c", None).as_deref(), Ok("https://s3.eu-west-1.amazonaws.com/a.b.c?policy eu-west-1 s3"));
    assert_eq!(
        policy("logs", Some("http://127.0.0.1:5000/")).as_deref(),
        Ok("http://127.0.0.1:5000/logs?policy eu-west-1 s3")
    );
    assert!(policy("arn:aws:s3:us-east-1:1:accesspoint/p", None).is_err());
    // What is no name of a bucket stays where it can't become a host.
    assert!(policy("evil.example/x", None).unwrap().starts_with("https://s3.eu-west-1.amazonaws.com/evil.example%2Fx"));
    let head = found("s3.HeadObject", r#"{"Bucket":"logs","Key":"a/b c"}"#, "eu-west-1", PLAIN, None);
    assert_eq!(head.as_deref(), Ok("https://logs.s3.eu-west-1.amazonaws.com/a/b%20c eu-west-1 s3"));
    // Directory buckets are listed elsewhere, under another name.
    let directory = found("s3.ListDirectoryBuckets", "{}", "eu-west-1", PLAIN, None);
    assert_eq!(directory.as_deref(), Ok("https://s3express-control.eu-west-1.amazonaws.com/ eu-west-1 s3express"));
}

#[test]
fn overrides_take_everything() {
    let url = Some("http://localhost:4566");
    let control = found("s3control.GetPublicAccessBlock", r#"{"AccountId":"1"}"#, "eu-west-1", PLAIN, url);
    assert_eq!(control.as_deref(), Ok("http://localhost:4566/v20180820/configuration/publicAccessBlock eu-west-1 s3"));
}

#[test]
fn plain_http_is_for_loopback() {
    for url in [
        "http://localhost:1",
        "http://127.0.0.1",
        "http://127.8.9.1:5",
        "http://[::1]:80",
        "https://example.com",
        "http://s3.localhost:4566",
    ] {
        assert!(check_override(url).is_ok(), "{url}");
    }
    for url in [
        "http://example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "ftp://localhost",
        "localhost:80",
        "",
        "http://127.0.0.1.example.com",
    ] {
        assert!(check_override(url).is_err(), "{url}");
    }
}
