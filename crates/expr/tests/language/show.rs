//! Values as the conformance tables write them.

use expr::Val;

/// `?` is unknown, also at the end of a list that may lack elements.
pub(crate) fn show(value: Val<'_>) -> String {
    match value {
        Val::Absent | Val::Null => "null".to_owned(),
        Val::Bool(flag) => flag.to_string(),
        Val::Int(number) => number.to_string(),
        Val::Uint(number) => format!("{number}u"),
        Val::Double(number) => format!("{number:?}"),
        Val::String(text) => format!("{text:?}"),
        Val::Bytes(bytes) => format!("b{:?}", String::from_utf8_lossy(bytes)),
        Val::DocList(list) => parts('[', list.items().iter().map(|item| show(Val::from(item))).collect(), ']'),
        Val::List(list) => {
            let mut shown: Vec<String> = list.items.iter().map(|item| show(*item)).collect();
            shown.extend(list.missing.map(|_| "?".to_owned()));
            parts('[', shown, ']')
        }
        Val::DocMap(map) => {
            let entries = map.as_map().into_iter().flat_map(model::Map::iter);
            parts('{', entries.map(|(key, value)| format!("{key:?}: {}", show(Val::from(value)))).collect(), '}')
        }
        Val::Map(entries) => {
            let mut shown: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}: {}", show(*key), show(*value))).collect();
            shown.sort();
            parts('{', shown, '}')
        }
        Val::Entities(_) => show_value(&value.to_value()),
        Val::Entity(entity) => entity.id.to_owned(),
        Val::Timestamp(_) => format!("timestamp({})", show_value(&value.to_value())),
        Val::Duration(_) => format!("duration({})", show_value(&value.to_value())),
        Val::Type(name) => name.to_owned(),
        Val::Optional(None) => "optional.none()".to_owned(),
        Val::Optional(Some(value)) => format!("optional.of({})", show(*value)),
        Val::Unknown(_) => "?".to_owned(),
    }
}

fn show_value(value: &model::Value) -> String {
    show(Val::from(value))
}

fn parts(open: char, shown: Vec<String>, close: char) -> String {
    format!("{open}{}{close}", shown.join(", "))
}
