//! Documents as people have them, with what is a credential in them and what is not. The samples are put together from
//! halves, so that no scanner takes this file for a leak.

use super::*;
use model::{Cause, Lack, Missing};
use proptest::prelude::*;
use serde_json::json;

/// Random letters and digits, the same each time.
fn noise(length: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state: u32 = 12_345;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            char::from(LETTERS[(state >> 16) as usize % LETTERS.len()])
        })
        .collect()
}

fn hex(length: usize) -> String {
    noise(length).bytes().map(|b| char::from_digit(u32::from(b) % 16, 16).unwrap()).collect()
}

fn kinds(document: serde_json::Value) -> Vec<String> {
    find(&Value::from(&document)).found.iter().map(|f| f.member("kind").as_str().unwrap().to_owned()).collect()
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn known_formats() -> Vec<(&'static str, String)> {
    let n = noise;
    vec![
        ("aws-access-key-id", format!("{}{}", "AKIA", "QYLPMN5HTR4ZB7CD")),
        ("aws-access-key-id", format!("{}{}", "ASIA", "QYLPMN5HTR4ZB7CD")),
        ("aws-secret-access-key", format!("aws_secret_access_key = {}", n(40))),
        ("aws-session-token", format!("{}{}", "IQoJb3JpZ2lu", n(200))),
        ("aws-bedrock-api-key", format!("{}{}", "ABSK", n(120))),
        ("github-token", format!("{}_{}", "ghp", n(36))),
        ("github-token", format!("{}_{}_{}", "github_pat", n(22), n(59))),
        ("gitlab-token", format!("{}-{}", "glpat", n(20))),
        ("slack-token", format!("{}-123456789012-123456789012-{}", "xoxb", n(24))),
        ("slack-webhook", format!("https://hooks.{}/services/T0ABCDEF1/B0ABCDEF1/{}", "slack.com", n(24))),
        ("stripe-key", format!("{}_live_{}", "sk", n(24))),
        ("stripe-webhook-secret", format!("{}_{}", "whsec", n(32))),
        ("google-api-key", format!("{}{}", "AIza", n(35))),
        ("google-oauth-secret", format!("{}-{}", "GOCSPX", n(28))),
        ("azure-storage-key", format!("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={}==", n(86))),
        ("azure-shared-access-key", format!("Endpoint=sb://x/;SharedAccessKeyName=k;SharedAccessKey={}=", n(43))),
        ("azure-sas", format!("https://a.blob.core.windows.net/c?sv=2022-11-02&sp=r&sig={}%3D", n(43))),
        ("azure-client-secret", format!("{}8Q~{}", n(3), n(34))),
        ("npm-token", format!("{}_{}", "npm", n(36))),
        ("npm-token", format!("//registry.npmjs.org/:_authToken={}", n(36))),
        ("pypi-token", format!("{}-AgEI{}", "pypi", n(80))),
        ("twilio-key", format!("{}{}", "SK", hex(32))),
        ("sendgrid-key", format!("SG.{}.{}", n(22), n(43))),
        ("mailgun-key", format!("{}-{}", "key", hex(32))),
        ("huggingface-token", format!("{}_{}", "hf", "abcdEFghijKLmnopQRstuvWXyzabCDefgh")),
        ("databricks-token", format!("{}{}", "dapi", hex(32))),
        ("digitalocean-token", format!("dop_v1_{}", hex(64))),
        ("vault-token", format!("hvs.{}", n(30))),
        ("anthropic-key", format!("sk-ant-api03-{}", n(95))),
        ("openai-key", format!("sk-proj-{}T3BlbkFJ{}", n(40), n(40))),
        ("telegram-bot-token", format!("123456789:AA{}", n(33))),
        ("age-secret-key", format!("AGE-SECRET-KEY-1{}", n(58).to_ascii_uppercase())),
        ("amazon-mws-token", format!("amzn.mws.{}-{}-{}-{}-{}", hex(8), hex(4), hex(4), hex(4), hex(12))),
        (
            "aws-session-token",
            format!("https://x.s3.amazonaws.com/y?X-Amz-Security-Token={}{}%2F{}", "FwoGZXIvYXdz", n(80), n(80)),
        ),
        ("aws-presigned-url", format!("https://x.s3.amazonaws.com/y?X-Amz-Date=1&X-Amz-Signature={}", hex(64))),
        ("gitlab-token", format!("GR1348941{}", n(20))),
        ("slack-token", format!("xapp-1-A0123456789-1234567890123-{}", hex(64))),
        ("discord-webhook", format!("https://discord.com/api/webhooks/123456789012345678/{}", n(68))),
        (
            "teams-webhook",
            format!(
                "https://acme.webhook.office.com/webhookb2/{0}@{0}/IncomingWebhook/{1}/{0}",
                "6f1c2f6e-3b1d-4c7e-9a53-0a4f6f0e8d21",
                hex(32)
            ),
        ),
        ("discord-bot-token", format!("M{}.{}.{}", n(24), n(6), n(38))),
        ("square-token", format!("sq0atp-{}", n(22))),
        ("shopify-token", format!("shpat_{}", hex(32))),
        ("google-oauth-token", format!("ya29.{}", n(80))),
        ("azure-function-key", format!("https://x.azurewebsites.net/api/f?code={}==", n(54))),
        ("rubygems-token", format!("rubygems_{}", hex(48))),
        ("crates-token", format!("cio{}", n(32))),
        ("docker-token", format!("dckr_pat_{}", n(27))),
        ("artifactory-token", format!("AKCp8{}", n(68))),
        ("mailchimp-key", format!("{}-us12", hex(32))),
        ("terraform-cloud-token", format!("{}.atlasv1.{}", n(14), n(67))),
        ("pulumi-token", format!("pul-{}", hex(40))),
        ("doppler-token", format!("dp.pt.{}", n(43))),
        ("newrelic-key", format!("NRAK-{}", n(27).to_ascii_uppercase())),
        ("grafana-token", format!("glsa_{}_{}", n(32), hex(8))),
        ("grafana-token", format!("glc_{}=", n(60))),
        ("sentry-token", format!("sntrys_{}", n(60))),
        ("linear-key", format!("lin_api_{}", n(40))),
        ("postman-key", format!("PMAK-{}-{}", hex(24), hex(34))),
        ("heroku-key", format!("HRKU-{}", n(40))),
        ("planetscale-token", format!("pscale_tkn_{}", n(43))),
        ("atlassian-token", format!("ATATT3{}", n(180))),
        ("jwt", format!("eyJ{}.eyJ{}.{}", n(30), n(60), n(43))),
        (
            "private-key",
            format!("-----BEGIN RSA {} KEY-----\n{}\n{}\n-----END RSA {} KEY-----", "PRIVATE", n(64), n(64), "PRIVATE"),
        ),
        (
            "private-key",
            format!(
                r#"{{"type":"service_account","private_key":"-----BEGIN {} KEY-----\n{}\n-----END {} KEY-----\n"}}"#,
                "PRIVATE",
                n(64),
                "PRIVATE"
            ),
        ),
        ("private-key", format!("-----BEGIN OPENSSH {} KEY-----\n{}\n{}", "PRIVATE", n(64), n(64))),
        ("url-password", "postgres://app:hunter2@db.internal:5432/app".to_owned()),
        ("url-password", "redis://:hunter2@cache:6379".to_owned()),
        ("url-password", "https://bot:s3cr3t@git.internal/x.git".to_owned()),
        ("connection-string", "Server=db;Database=app;User Id=sa;Password=hunter2;Encrypt=true".to_owned()),
        ("connection-string", "jdbc:mysql://db:3306/app?user=app&password=hunter2".to_owned()),
        ("connection-string", "Pwd=hunter2;Server=db".to_owned()),
    ]
}

#[test]
fn each_detector_has_a_sample() {
    let samples: Vec<String> = known_formats().into_iter().map(|(_, text)| text).collect();
    assert_eq!(detectors::without_hit(&samples), [""; 0]);
}

#[test]
fn known_formats_are_found_anywhere() {
    for (kind, text) in known_formats() {
        for document in [json!(text), json!({"Description": format!("use {text} please")}), json!({"a": [{"b": text}]})]
        {
            assert!(kinds(document.clone()).contains(&kind.to_owned()), "{kind}: {document}");
        }
    }
}

#[test]
fn known_formats_are_taken_out_anywhere_and_found_again() {
    for (kind, text) in known_formats() {
        let mut value = Value::from(&json!({"Description": format!("use {text} please")}));
        let taken = redact(&mut value, false);
        if kind == detectors::ACCESS_KEY_ID {
            assert_eq!(taken, [], "the name of a key stays in documents that are about keys");
            assert_eq!(redact(&mut value, true).len(), 1, "but goes where settings are");
            continue;
        }
        assert!(taken.iter().any(|redaction| redaction.kind == kind), "{kind}: {value:?}");
        let clean = value.member("Description").as_str().unwrap().to_owned();
        assert!(clean.starts_with("use ") && clean.contains("‹redacted "), "{clean}");
        for secret in text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|piece| piece.len() >= 20 && piece.contains(char::is_numeric))
        {
            assert!(!clean.contains(secret), "{kind} leaves {secret} in {clean}");
        }
        assert!(!clean.contains("hunter2") && !clean.contains("s3cr3t"), "{clean}");
        assert!(kinds(json!(clean)).contains(&kind.to_owned()), "found again: {clean}");
        let before = value.clone();
        assert_eq!(redact(&mut value, true), [], "again: {before:?}");
        assert_eq!(value, before);
    }
}

#[test]
fn a_key_can_say_that_its_value_is_a_credential() {
    let token = noise(32);
    let table = [
        (json!({"DB_PASSWORD": "hunter2"}), "password", "a password"),
        (json!({"MasterUserPassword": "changeme"}), "password", "a weak one is one"),
        (json!({"POSTGRES_PASSWORD": "postgres"}), "password", "a word is one"),
        (json!({"adminPassword": "12345678"}), "password", "digits are one"),
        (json!({"spring.datasource.password": "hunter2"}), "password", "a dotted key"),
        (json!({"dbpasswd": "x", "PASSWD": "hunter2"}), "password", "another word for it"),
        (json!({"DB_HOST_PASSWORD": "hunter2"}), "password", "the password of a host"),
        (json!({"API_KEY": token}), "secret", "a key"),
        (json!({"apiKey": hex(32)}), "secret", "hexadecimal"),
        (json!({"CLIENT_SECRET": token}), "secret", "a secret"),
        (json!({"SESSION_TOKEN": token}), "secret", "a token"),
        (json!({"ENCRYPTION_KEY": hex(64)}), "secret", "a key to encrypt with"),
        (json!({"AWS_SECRET_ACCESS_KEY": noise(40)}), "aws-secret-access-key", "the secret half of an access key"),
        (json!({"secretAccessKey": noise(40)}), "aws-secret-access-key", "the same in an answer"),
        (json!([{"Name": "DB_PASSWORD", "Value": "hunter2"}]), "password", "a pair"),
        (json!([{"name": "API_TOKEN", "value": token}]), "secret", "a pair in lower case"),
        (json!({"ParameterKey": "Password", "ParameterValue": "hunter2"}), "password", "a pair of a stack"),
        (json!(["FOO=bar", "DB_PASSWORD=hunter2"]), "password", "an assignment"),
        (json!({"UserData": "#!/bin/sh\nexport DB_PASSWORD=hunter2\n"}), "password", "a line of a script"),
        (json!({"Config": "db:\n  host: x\n  password: hunter2\n"}), "password", "a line of YAML"),
        (json!({"Config": "[db]\npassword = hunter2\n"}), "password", "a line of an ini file"),
        (json!({"SecretString": "{\"username\":\"app\",\"password\":\"hunter2\"}"}), "password", "JSON in a string"),
        (json!({"Command": ["mysql", "--password=hunter2"]}), "password", "an option"),
        (json!({"Command": "mysql -u app --password hunter2"}), "password", "an option and its value"),
        (json!({"PASSWORDS": null, "Password": ["hunter2"]}), "password", "a list of one"),
    ];
    for (document, kind, why) in table {
        assert_eq!(kinds(document.clone()), [kind], "{why}: {document}");
        let mut value = Value::from(&document);
        assert_eq!(redact(&mut value, true).len(), 1, "{why}: {document}");
        let text = serde_json::to_string(&value).unwrap();
        assert!(!text.contains("hunter2") && !text.contains(&token), "{text}");
        assert_eq!(find(&value).found.len(), 1, "found again: {text}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_is_no_credential() {
    let uuid = "6f1c2f6e-3b1d-4c7e-9a53-0a4f6f0e8d21";
    let table = [
        (json!({"MYSQL_ALLOW_EMPTY_PASSWORD": "yes"}), "a switch"),
        (json!({"MYSQL_RANDOM_ROOT_PASSWORD": "true"}), "a switch"),
        (json!({"PASSWORD": ""}), "empty"),
        (json!({"API_KEY": uuid, "TOKEN": uuid, "PASSWORD": uuid}), "UUIDs"),
        (json!({"DB_SECRET": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"}), "a reference"),
        (
            json!({"Text": "arn:aws:secretsmanager:us-east-1:123456789012:secret:READONLY-auth-f8h4hspn65-JWMENL"}),
            "a name that begins behind a colon",
        ),
        (json!({"DB_SECRET_ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"}), "a reference"),
        (json!({"DB_PASSWORD": "{{resolve:secretsmanager:db:SecretString:password}}"}), "a dynamic reference"),
        (json!({"DB_PASSWORD": "${DB_PASSWORD}", "B_PASSWORD": "$PASSWORD", "C_PASSWORD": "$(pass)"}), "variables"),
        (json!({"PASSWORD": "%PASSWORD%"}), "a variable of Windows"),
        (json!({"adminPassword": "[parameters('adminPassword')]"}), "a template's parameter"),
        (
            json!({"PASSWORD": "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/p/)"}),
            "a vault reference",
        ),
        (
            json!({"PASSWORD": "<your-password>", "A_PASSWORD": "xxxxxxxx", "B_PASSWORD": "********", "C_PASSWORD": "REPLACE_ME"}),
            "placeholders",
        ),
        (json!({"API_KEY": "your-api-key-goes-here-12345", "TOKEN": "example-token-1a2b3c4d5e6f"}), "placeholders"),
        (json!({"PASSWORD_FILE": "/run/secrets/db", "PASSWORD": "/run/secrets/db"}), "a path"),
        (
            json!({"TOKEN_URL": "https://login.internal/oauth2/token", "SECRET_NAME": "prod-db-secret-1a2b3c4d5e6f"}),
            "about one",
        ),
        (json!({"TOKEN": "https://login.internal/oauth2/token"}), "a URL"),
        (
            json!({"SECRET_ID": noise(32), "KmsKeyId": noise(32), "PUBLIC_KEY": noise(64)}),
            "identifiers and public halves",
        ),
        (
            json!({"NextToken": noise(64), "ClientToken": noise(32), "ContinuationToken": noise(32), "IdempotencyToken": noise(32)}),
            "marks in a list",
        ),
        (
            json!({"TokenType": "Bearer", "PasswordPolicy": "strong", "PasswordLastUsed": "2024-01-31T00:00:00Z"}),
            "about one",
        ),
        (json!({"Password": "2024-01-31T00:00:00Z"}), "a time"),
        (json!({"SECRET": "prod/app1/database-2024", "API_KEY": "my-api-gateway-key-prod"}), "names"),
        (json!({"TOKEN": "short"}), "too short to be random"),
        (json!({"ImageDigest": format!("sha256:{}", hex(64)), "CommitId": hex(40), "ETag": hex(32)}), "digests"),
        (json!({"CodeSha256": format!("{}=", noise(43)), "RevisionId": uuid, "Fingerprint": hex(40)}), "digests"),
        (
            json!({"PublicKey": format!("ssh-rsa {} me@host", noise(200)), "SSH_KEY": format!("ssh-rsa {}", noise(200))}),
            "public keys",
        ),
        (
            json!({"Cert": format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", noise(64))}),
            "a certificate",
        ),
        (
            json!({"Cert": format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", noise(64))}),
            "a public key",
        ),
        (json!({"Note": "paste your -----BEGIN PRIVATE KEY----- here"}), "a header without a key"),
        (
            json!({"Url": "https://user@host/x", "B": "postgres://db:5432/app", "C": "https://host:8080/a@b"}),
            "URLs without a password",
        ),
        (
            json!({"Url": "postgres://app:${PASSWORD}@db/app", "B": "postgres://app:<password>@db/app", "C": "redis://:****@cache"}),
            "URLs with a reference",
        ),
        (json!({"Connection": "Server=db;User Id=sa;Password=${PASSWORD};"}), "a connection with a reference"),
        (json!({"Id": "AKIAIOSFODNN7EXAMPLE"}), "the manual's key"),
        (json!({"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}), "the manual's secret"),
        (json!({"Description": "The password must have eight characters, the token: see the manual"}), "prose"),
        (json!({"Password": "must have eight characters"}), "prose"),
        (json!({"Description": "Set password = request.password and token = getToken()"}), "prose about code"),
        (json!({"Description": "Set a password: choose a strong one. The secret: keep it."}), "prose with colons"),
        (json!({"password": "ENC[AES256_GCM,data:abcd]", "secret": "{cipher}0123456789abcdef0123"}), "encrypted"),
        (json!({"KeySchema": [{"AttributeName": "TokenId", "KeyType": "HASH"}]}), "a schema"),
        (json!({"Key": "Secret", "Value": "no"}), "a tag"),
        (
            json!({"CreationToken": "console-13ad1ab9-b969-4df9-9dd4-f4fa152d45f3", "TOKEN": "app-13ad1ab9-b969-4df9-9dd4-f4fa152d45f3"}),
            "names with a UUID",
        ),
        (
            json!({"DB_PASSWORD_KEY": "db-password", "B_PASSWORD": "prod/db/password", "PASSWORD_SSM": "prod.db"}),
            "where it is kept",
        ),
        (
            json!([{"name": "DB_PASSWORD", "value": "app-db:password", "type": "SECRETS_MANAGER"}]),
            "where it is kept, by the pair's type",
        ),
        (json!({"Handler": "NotificationServiceHandlerV2.lambda.send_notifications_to_customers"}), "a dotted name"),
        (json!({"PASSWORD": true, "TOKEN": 12_345_678}), "no strings"),
        (
            json!({"RequireUppercaseCharacters": true, "MinimumPasswordLength": "14", "PasswordReusePrevention": "24"}),
            "a password policy",
        ),
        (json!({"AuthTokenEnabled": "ENABLED", "TransitEncryptionKey": "alias/aws/kafka"}), "settings"),
    ];
    for (document, why) in table {
        assert_eq!(kinds(document.clone()), [""; 0], "{why}: {document}");
        let mut value = Value::from(&document);
        assert_eq!(redact(&mut value, true), [], "{why}: {document}");
    }
}

#[test]
fn texts_by_line() {
    let script = format!(
        "#!/bin/bash\nset -e\nexport DB_PASSWORD=hunter2\npassword = request.form.password\n{}\n# token: see the wiki\nAPI_TOKEN=\"{}\"\nurl=postgres://app:{}@db/app\n",
        "def f(password: str, token: Optional[str] = None):",
        noise(32),
        "hunter2",
    );
    let outcome = find_text(&script);
    let lines: Vec<_> = outcome
        .found
        .iter()
        .map(|f| format!("{} {}", f.member("path").as_str().unwrap(), f.member("kind").as_str().unwrap()))
        .collect();
    assert_eq!(lines, ["line 3 password", "line 7 secret", "line 8 url-password"]);
    let clean = redact_text(&script).unwrap();
    assert!(!clean.contains("hunter2") && !clean.contains(&noise(32)), "{clean}");
    assert_eq!(redact_text(&clean), None);
    assert_eq!(find_text(&clean).found, outcome.found, "found again in the same lines");
    assert_eq!(redact_text("echo hello"), None);
}

#[test]
fn paths_lead_to_the_string() {
    let document = json!({"Environment": {"Variables": {"A": "b", "DB_PASSWORD": "hunter2"}}, "List": ["x", {"Token": noise(32)}]});
    let value = Value::from(&document);
    for found in find(&value).found {
        let path = found.member("path").as_str().unwrap().to_owned();
        assert!(value.at(&path).as_str().is_some(), "{path}");
    }
}

#[test]
fn the_level_decides_about_keys() {
    let mut value = Value::from(&json!({"Parameters": {"Password": "hunter2", "AWS_SECRET_ACCESS_KEY": noise(40)}}));
    let taken = redact(&mut value, false);
    assert_eq!(
        taken.iter().map(|t| t.kind.as_str()).collect::<Vec<_>>(),
        ["aws-secret-access-key"],
        "a format, known by its key"
    );
    assert_eq!(value.at("Parameters.Password").as_str(), Some("hunter2"));
}

#[test]
fn only_what_cannot_be_guessed_is_hashed() {
    let mark = |key: &str, text: &str| {
        let mut value = Value::from(&json!({ key: text }));
        redact(&mut value, true);
        value.member(key).as_str().unwrap().to_owned()
    };
    let token = format!("{}_{}", "ghp", noise(36));
    assert_eq!(mark("A", &token), mark("B", &token), "the same token has the same mark");
    assert_ne!(mark("A", &token), mark("A", &format!("{}_{}", "ghp", hex(36))), "another has another");
    assert_eq!(mark("PASSWORD", "hunter2"), mark("PASSWORD", "hunter3"), "passwords can be guessed");
    assert_eq!(mark("PASSWORD", "hunter2"), "‹redacted password --------›");
}

#[test]
fn what_was_not_read_may_hold_more() {
    let missing = Missing::one(Lack { what: "lambda:GetFunction".into(), cause: Cause::Denied, detail: String::new() });
    let mut value = Value::from(&json!({"DB_PASSWORD": "hunter2"}));
    value.set("Code", Value::unknown(missing.clone()));
    let outcome = find(&value);
    assert_eq!((outcome.found.len(), outcome.missing), (1, Some(missing)));
    redact(&mut value, true);
    assert!(value.member("Code").missing().is_some());
}

#[test]
fn nesting_has_an_end() {
    let mut value = Value::from("x");
    for _ in 0..1_000 {
        value = Value::List(vec![value]);
    }
    assert_eq!(find(&value).found, []);
    redact(&mut value, true);
    redact(&mut value, true);
}

fn any_text() -> impl Strategy<Value = String> {
    let formats: Vec<String> = known_formats().into_iter().map(|(_, text)| text).collect();
    let piece = prop_oneof![
        prop::sample::select(formats),
        prop::sample::select(vec![
            "password=",
            "PASSWORD: ",
            "token = ",
            "api_key=",
            "\"secret\":\"",
            "\"",
            " ",
            "\n",
            "=",
            ";",
            "://",
            ":",
            "@",
            "hunter2",
            "‹redacted ",
            "‹redacted jwt 0123abcd›",
            "›",
            "--password ",
            "server=",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
        ".{0,6}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn taking_out_is_idempotent_and_complete(key in prop::sample::select(vec!["PASSWORD", "TOKEN", "Description", "AWS_SECRET_ACCESS_KEY"]), text in any_text(), sensitive: bool) {
        let mut value = Value::from(&json!({ key: text }));
        redact(&mut value, sensitive);
        let once = value.clone();
        prop_assert_eq!(redact(&mut value, sensitive), vec![], "{:?}", once);
        prop_assert_eq!(&value, &once);
        if sensitive {
            let clean = once.member(key).as_str().unwrap();
            for hit in scan::hits(clean, Some(key), Level::Context) {
                prop_assert!(hit.marked, "{} is left in {}", &clean[hit.range], clean);
            }
        }
    }

    #[test]
    fn what_is_found_is_taken_out(key in prop::sample::select(vec!["PASSWORD", "TOKEN", "Description"]), text in any_text()) {
        let before = Value::from(&json!({ key: text }));
        let mut after = before.clone();
        redact(&mut after, true);
        prop_assert_eq!(find(&before).found.is_empty(), find(&after).found.is_empty());
    }

    #[test]
    fn texts_never_panic(text in any_text()) {
        find_text(&text);
        if let Some(clean) = redact_text(&text) {
            prop_assert_eq!(redact_text(&clean), None, "{}", clean);
        }
    }
}
