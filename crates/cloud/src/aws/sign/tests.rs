//! The documentation's own examples.

use super::{SigningScope, signed_headers};
use apimodel::aws::Signature;
use aws_credential_types::Credentials;
use std::time::{Duration, SystemTime};

fn authorization(scope: SigningScope<'_>, id: &str, secret: &str, url: &str, headers: &[(String, String)]) -> String {
    let credentials = Credentials::new(id, secret, None, None, "test");
    let signed = signed_headers(scope, &credentials, "GET", url, headers, b"").unwrap();
    signed.into_iter().find(|(name, _)| *name == "authorization").unwrap().1
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
#[test]
fn a_query_request() {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160);
    let scope = SigningScope { signature: Signature::V4, region: "us-east-1", name: "iam", time };
    let headers = [("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned())];
    let url = "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08";
    let found = authorization(scope, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", url, &headers);
    assert!(found.ends_with("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"), "{found}");
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
#[test]
fn a_request_to_a_bucket() {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_600);
    let scope = SigningScope { signature: Signature::S3, region: "us-east-1", name: "s3", time };
    let url = "https://examplebucket.s3.amazonaws.com/?lifecycle";
    let found = authorization(scope, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", url, &[]);
    assert!(found.ends_with("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"), "{found}");
}

/// What is wrong is an error, not a request without a signature.
#[test]
fn an_address_that_is_none() {
    let scope = SigningScope { signature: Signature::V4, region: "r", name: "n", time: SystemTime::UNIX_EPOCH };
    let credentials = Credentials::new("id", "secret", Some("token".to_owned()), None, "test");
    assert!(signed_headers(scope, &credentials, "GET", "https://exa mple/", &[], b"").is_err());
    let signed = signed_headers(scope, &credentials, "GET", "https://example.com/", &[], b"").unwrap();
    assert!(signed.iter().any(|(name, value)| *name == "x-amz-security-token" && value == "token"));
}
