//! Files of a catalog. The first line is the path, the rest the text: whatever it is, there is a catalog or a diagnostic,
//! and the linter and the compiler end.
#![no_main]

use catalog::{Catalog, Pack, Selection, compiled::Overrides, files::{Content, Files}};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (path, text) = input.split_once('\n').unwrap_or((input, ""));
    let files = Files::from([(path.to_owned(), Content::Yaml(text.to_owned()))]);
    let (catalog, _) = Catalog::read(&[files]);
    let _ = catalog::lint::lint(&catalog);
    let ids = Selection::default().apply(&catalog).unwrap_or_default();
    let _ = Pack::compile(&catalog, &ids, &Overrides::new());
});
