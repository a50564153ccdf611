//! Hostile texts from end to end: whoever can name a resource must not reach whoever reads about it.

use crate::{account, run::findings};
use std::io::Read as _;

const ACCOUNT: &str = "555555555555";

/// Characters that move a terminal's cursor, colour or reading direction.
fn is_control(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn hostile_names_stay_names() {
    let place = account::place("hostile", ACCOUNT);
    let services = ["--service", "ec2", "--service", "iam", "--service", "s3", "--service", "ecs"];
    let live = place.scan(3, &services);
    let failing =
        |policy: &str| live.values().filter(|finding| finding.policy == policy && finding.status == "fail").count();
    assert_eq!((failing("aws-ec2-security-group-ssh-open"), failing("aws-iam-role-trust-public")), (6, 7));
    assert_eq!((failing("aws-s3-bucket-public-access"), failing("aws-ecs-cluster-container-insights")), (7, 7));
    let arguments = |format: &'static str| [&["findings", "--format", format], &[][..]].concat();
    for format in ["table", "md", "csv", "html", "json", "jsonl"] {
        let ended = place.run(&arguments(format));
        assert_eq!(ended.code, 0, "{format}: {}", ended.stderr);
        let control = ended.stdout.chars().find(|character| *character == '\u{1b}' || *character == '\u{7}');
        assert_eq!(control, None, "{format}");
        match format {
            "table" => assert_eq!(ended.stdout.chars().find(|character| is_control(*character)), None),
            "html" => assert!(!ended.stdout.contains("<script>alert(1)") && !ended.stdout.contains("<img src=x")),
            "csv" => {
                let cells = ended.stdout.lines().flat_map(|line| line.split(','));
                let formula =
                    cells.map(|cell| cell.trim_start_matches('"')).find(|cell| cell.starts_with(['=', '+', '@']));
                assert_eq!(formula, None);
            }
            "jsonl" => assert!(!findings(&ended.stdout).is_empty()),
            _ => {}
        }
    }
    for command in [
        &["scan", "aws", "--no-store", "--service", "ecs", "--region", "us-east-1"][..],
        &["inventory", "--format", "list"],
        &["diff", "--list"],
    ] {
        let ended = place.run(command);
        assert_eq!(
            ended.stdout.chars().chain(ended.stderr.chars()).find(|character| is_control(*character)),
            None,
            "{command:?}"
        );
    }
    let id = &live
        .values()
        .find(|finding| finding.resource.name.ends_with("ansi") && finding.status == "fail")
        .expect("it fails")
        .id;
    let ended = place.run(&["explain", id]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(ended.stdout.chars().find(|character| is_control(*character)), None);
}

#[test]
fn a_reader_that_goes_away_is_success() {
    let (_, place) = account::known();
    place.scan(3, &["--service", "s3"]);
    let long: [&[&str]; 3] = [
        &["findings", "--format", "jsonl"],
        &["inventory", "--format", "jsonl"],
        &["policies", "list", "--format", "json"],
    ];
    for arguments in long {
        let mut child = place.start_piped(arguments);
        let mut output = child.stdout.take().expect("it was piped");
        output.read_exact(&mut [0; 10]).expect("it says something");
        drop(output);
        let ended = child.wait_with_output().expect("it ends");
        assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}");
    }
}
