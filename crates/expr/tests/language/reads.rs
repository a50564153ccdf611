//! What expressions are found to read.

use expr::{Env, Members, Reads, compile};

fn reads(source: &str) -> Reads {
    compile(source, &Env::message()).unwrap_or_else(|diagnostic| panic!("{source}: {diagnostic}")).reads().clone()
}

fn members(members: &Members) -> String {
    match members {
        Members::All => "*".to_owned(),
        Members::Some(members) => members.iter().cloned().collect::<Vec<_>>().join(","),
    }
}

#[test]
fn members_of_the_document() {
    let rows = [
        ("true", ""),
        ("name == 'x'", ""),
        ("doc.A.B == 1", "A"),
        ("doc.A == 1 && doc.B.C != null", "A,B"),
        ("doc['A'].B", "A"),
        ("doc[name]", "*"),
        ("doc == null", "*"),
        ("secrets.find(doc)", "*"),
        ("secrets.find(doc.Env)", "Env"),
        ("doc.?A.?B.orValue(doc.C)", "A,C"),
        ("has(doc.A.B)", "A"),
        ("doc.Rules.filter(r, r.X == doc.Y)", "Rules,Y"),
        ("cel.bind(d, doc, d.A)", "A"),
        ("cel.bind(d, doc.A, d.B)", "A"),
        ("[doc.A, doc.B].exists(x, x.C == 1)", "A,B"),
        ("(doc.A + doc.B).map(x, x.C)", "A,B"),
        ("doc.exists(k, k == 'A')", "*"),
        ("{'a': doc.A}.a == 1", "A"),
        ("doc.A.map(a, a.B).flatten().exists(b, b.C == 1)", "A"),
    ];
    for (source, wanted) in rows {
        assert_eq!(members(&reads(source).doc), wanted, "{source}");
    }
}

#[test]
fn members_of_other_resources() {
    let rows = [
        ("all('t').exists(a, a.doc.X == doc.Y)", "X"),
        ("all('t').filter(a, a.name == name)", ""),
        ("all('t').filter(a, a.doc.X.Y == 1).map(a, a.doc.Z)", "X,Z"),
        ("all('t').map(a, a.doc).exists(d, d.X == 1)", "X"),
        ("all('t').map(a, secrets.find(a))", "*"),
        ("all('t').map(a, secrets.find(a.doc))", "*"),
        ("all('t').map(a, secrets.find(a.doc.X))", "X"),
        ("all('t')[0].doc.X == 1", "X"),
        ("cel.bind(l, all('t').filter(a, a.region == region), l.exists(a, a.doc.X == 1))", "X"),
        ("(all('t') + all('u')).exists(a, a.doc.X == 1)", "X"),
        ("[1].map(n, all('t').filter(a, a.doc.X == n)).flatten().exists(a, a.doc.Y == 1)", "X,Y"),
        ("size(all('t')) == 0", ""),
    ];
    for (source, wanted) in rows {
        let reads = reads(source);
        assert!(reads.uses_world, "{source}");
        assert_eq!(members(reads.types.get("t").unwrap()), wanted, "{source}");
    }
    let related =
        reads("related('encrypted_by', 'aws.kms.key').exists(k, k.doc.KeyManager == 'AWS' && k.tags.a == null)");
    let relation = related.relations.get("encrypted_by").unwrap();
    assert_eq!(
        (members(&relation.members), relation.types.iter().next().unwrap().as_str()),
        ("KeyManager".to_owned(), "aws.kms.key")
    );
    assert!(related.uses_tags);
    let referrers = reads("referrers('member_of').all(r, r.doc.A == null)");
    assert_eq!(members(&referrers.referrers.get("member_of").unwrap().members), "A");
}

#[test]
fn paths_with_their_places() {
    let source = "doc.Rules.exists(r, r.Ranges.exists(i, i.Cidr == doc.A[0].B)) && all('t').exists(a, a.doc.X.Y == 1)";
    let reads = reads(source);
    let shown: Vec<String> =
        reads.paths.iter().map(|path| format!("{path} @ {}", source.get(path.start..path.end).unwrap())).collect();
    assert_eq!(
        shown,
        [
            "doc.A[].B @ doc.A[0].B",
            "doc.Rules @ doc.Rules",
            "doc.Rules[].Ranges @ r.Ranges",
            "doc.Rules[].Ranges[].Cidr @ i.Cidr",
            "all(\"t\") @ all('t')",
            "all(\"t\")[].doc.X.Y @ a.doc.X.Y",
        ]
    );
    let flags = reads;
    assert!(flags.names.contains("doc") && !flags.uses_now && !flags.uses_tags);
    assert!(compile("time.age_days(doc.D) > 1", &Env::policy()).unwrap().reads().uses_now);
    assert!(compile("tags.a == 'b'", &Env::policy()).unwrap().reads().uses_tags);
}
