//! The catalog tests itself: each type's example through the collector, each policy's tests through the judge.

mod example;
mod policy;

pub use example::{ExampleError, Examples};
pub use policy::{Outcome, PolicyReport, run_policy, survives_absence};

use catalog::{Catalog, Diagnostic};

/// Run the tests of the policies with these ids and the examples of the types with these names. Gives the number of tests
/// and what failed.
pub fn run(catalog: &Catalog, ids: &[&str], types: &[&str]) -> (usize, Vec<Diagnostic>) {
    let examples = Examples::new(catalog);
    let mut failures = Vec::new();
    let mut count = 0;
    for name in types {
        let Some(entry) = catalog.types.get(*name) else { continue };
        count += 1;
        if let Err(error) = examples.check(name) {
            failures.push(entry.place(&["example"]).wrong_example(&error.to_string()));
        }
    }
    for id in ids {
        let Some(entry) = catalog.policies.get(*id) else { continue };
        let report = run_policy(catalog, &examples, id);
        for (index, outcome) in report.outcomes.iter().enumerate() {
            count += 1;
            if let Err(message) = &outcome.result {
                failures.push(entry.place(&["tests", &index.to_string()]).failed_test(&outcome.name, message));
            }
        }
        failures.extend(report.problems.iter().map(|message| entry.place(&["fail"]).fault(message)));
    }
    (count, failures)
}
