//! Policies over resources: the built-in pack over an estate made of every type's example, on one core and on all.

use assess::{Estate, Exceptions, judge};
use catalog::{Catalog, Pack, Selection, compiled::Overrides, files};
use chrono::{DateTime, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{Inventory, Resource, TypeName, Value};

/// Resources of each type.
const COPIES: usize = 50;

fn estate(catalog: &Catalog) -> Inventory {
    let mut inventory = Inventory::default();
    for (name, entry) in &catalog.types {
        for copy in 0..COPIES {
            inventory.resources.push(Resource {
                type_name: TypeName::new(name),
                id: format!("arn:aws:example:eu-west-1:123456789012:{name}/{copy}"),
                name: format!("example-{copy}"),
                region: "eu-west-1".to_owned(),
                account: "123456789012".to_owned(),
                partition: "aws".to_owned(),
                tags: Value::Null,
                document: entry.value.example.document.clone(),
                source: None,
            });
        }
    }
    inventory.sort();
    inventory
}

fn judging(criterion: &mut Criterion) {
    let files = files::built_in().expect("the catalog is built in");
    let (catalog, diagnostics) = Catalog::read(&[files]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let selection = Selection { strict: true, ..Selection::default() };
    let ids = selection.apply(&catalog).expect("everything is selected");
    let pack = Pack::compile(&catalog, &ids, &Overrides::new()).unwrap_or_else(|found| panic!("{found:?}"));
    let inventory = estate(&catalog);
    let now: DateTime<Utc> = "2026-01-15T00:00:00Z".parse().expect("a constant time");
    let nothing = Exceptions::compile(Vec::new()).unwrap_or_else(|_| unreachable!("there is nothing to compile"));
    let estate = Estate::new(&inventory, &pack, now);
    let evaluations: usize =
        inventory.resources.iter().map(|resource| pack.policies_of(resource.type_name.as_str()).count()).sum();
    let mut group = criterion.benchmark_group("judging");
    group.throughput(Throughput::Elements(u64::try_from(evaluations).expect("a count")));
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be made");
        group.bench_function(format!("{evaluations} policy evaluations, threads {threads}"), |bencher| {
            bencher.iter(|| pool.install(|| judge(&estate, &[], &pack, &nothing, now).findings.len()));
        });
    }
    group.bench_function("estate and edges", |bencher| {
        bencher.iter(|| Estate::new(&inventory, &pack, now).resources().len())
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = judging
}
criterion_main!(benches);
