//! The line on which a key of a YAML text stands. For messages only: a text in an unusual form gives the nearest line above.

/// The line, from 1, of the key at a path of keys and list positions: `["parts", "Policy", "take"]`.
pub fn line_of(text: &str, path: &[&str]) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let (mut from, mut found, mut outer) = (0, 1, None::<usize>);
    for key in path {
        let hit = match key.parse::<usize>() {
            Ok(index) => item_line(&lines, from, outer, index),
            Err(_) => key_line(&lines, from, outer, key),
        };
        let Some((line, indent)) = hit else { return inline_line(&lines, found, key).unwrap_or(found) };
        (from, found, outer) = (line + 1, line + 1, Some(indent));
        if lines.get(line).is_some_and(|text| text.trim_start().starts_with("- ")) && key.parse::<usize>().is_ok() {
            from = line;
        }
    }
    found
}

fn key_line(lines: &[&str], from: usize, outer: Option<usize>, key: &str) -> Option<(usize, usize)> {
    let mut level = None;
    for (number, line) in lines.iter().enumerate().skip(from) {
        let body = line.trim_start().trim_start_matches("- ");
        let indent = line.len() - body.len();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if outer.is_some_and(|outer| indent <= outer) && number > from {
            return None;
        }
        let level = *level.get_or_insert(indent);
        let named = body.strip_prefix(key).or_else(|| body.strip_prefix(&format!("\"{key}\"")[..]));
        if indent == level && named.is_some_and(|rest| rest.starts_with(':')) {
            return Some((number, indent));
        }
    }
    None
}

fn item_line(lines: &[&str], from: usize, outer: Option<usize>, index: usize) -> Option<(usize, usize)> {
    let mut level = None;
    let mut seen = 0;
    for (number, line) in lines.iter().enumerate().skip(from) {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if outer.is_some_and(|outer| indent < outer)
            || (!body.starts_with('-') && level.is_some_and(|level| indent <= level))
        {
            return None;
        }
        if body.starts_with("- ") && indent == *level.get_or_insert(indent) {
            if seen == index {
                return Some((number, indent));
            }
            seen += 1;
        }
    }
    None
}

/// A key written in flow style on the line of its parent or below it.
fn inline_line(lines: &[&str], found: usize, key: &str) -> Option<usize> {
    let wanted = format!("{key}:");
    (found.saturating_sub(1)..lines.len().min(found + 20))
        .find(|number| lines.get(*number).is_some_and(|line| line.contains(&wanted)))
        .map(|number| number + 1)
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn lines_of_keys() {
        let text = "title: x\nparts:\n  A:\n    take: 1\n  B: { take: 2 }\nrelations:\n  - { kind: a, to: b }\n  - kind: c\n    to: d\ntests:\n  - { name: n }\n";
        for (path, line) in [
            (&["title"][..], 1),
            (&["parts", "A", "take"], 4),
            (&["parts", "B", "take"], 5),
            (&["relations", "1"], 8),
            (&["relations", "1", "to"], 9),
            (&["tests", "0"], 11),
            (&["absent"], 1),
        ] {
            assert_eq!(line_of(text, path), line, "{path:?}");
        }
    }
}
