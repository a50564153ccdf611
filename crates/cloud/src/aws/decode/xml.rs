//! XML answers, read in one pass along the shapes.

use super::{DEPTH_MAX, ParseError, scalar};
use apimodel::aws::{Kind, Map as MapShape, Member, Service, ShapeId, Structure};
use model::{Key, Map, Value};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// The document of a query or EC2 answer: below the wrapper where there is one, else the root element itself.
pub(super) fn document(service: &Service, output: ShapeId, wrapper: &str, body: &[u8]) -> Result<Value, ParseError> {
    let mut xml = Xml::open(body)?;
    let Some(root) = xml.root()? else { return Err(ParseError::new("there is no XML")) };
    if !root.local_name().as_ref().ends_with("Response") {
        return Err(ParseError::new(format!("<{}> is not an answer", root.local_name().as_ref())));
    }
    if wrapper.is_empty() {
        return xml.value(service, output, None, 0);
    }
    while let Some(child) = xml.child()? {
        if child.local_name().as_ref() == wrapper {
            let value = xml.value(service, output, Some(&child), 0)?;
            while let Some(rest) = xml.child()? {
                xml.skip(&rest)?;
            }
            return Ok(value);
        }
        xml.skip(&child)?;
    }
    Ok(Value::Map(Map::default()))
}

/// The document of a REST answer's body. `None` where there is no element at all.
pub(super) fn body(service: &Service, shape: ShapeId, bytes: &[u8]) -> Result<Option<Value>, ParseError> {
    let mut xml = Xml::open(bytes)?;
    let Some(root) = xml.root()? else { return Ok(None) };
    if root.local_name().as_ref() == "Error" && service.structure(shape).is_some_and(|it| it.member("Error").is_none())
    {
        return Err(ParseError::new("an error with a status of success"));
    }
    if let Some(text_member) = lone_text(service, shape, &root) {
        let text = xml.text(&root)?;
        let value = scalar::from_text(service.shape(text_member.shape), &text)?;
        let entries = if text.is_empty() { Vec::new() } else { vec![(text_member.name.clone(), value)] };
        return Ok(Some(Value::Map(Map::from_entries(entries))));
    }
    let value = xml.value(service, shape, Some(&root), 0)?;
    if xml.unknown_at_root && value.as_map().is_some_and(Map::is_empty) {
        return Err(ParseError::new(format!("<{}> is not an answer", root.local_name().as_ref())));
    }
    Ok(Some(value))
}

/// S3's `GetBucketLocation` answers its only member as the root element, without one around it.
fn lone_text<'a>(service: &'a Service, shape: ShapeId, root: &BytesStart<'_>) -> Option<&'a Member> {
    match service.structure(shape)?.members.as_slice() {
        [member] if member.wire_name().as_ref() == root.local_name().as_ref() => {
            matches!(service.shape(member.shape).kind, Kind::String(_)).then_some(member)
        }
        _ => None,
    }
}

pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    /// The root element has children that the model does not know.
    unknown_at_root: bool,
}

impl<'a> Xml<'a> {
    pub(super) fn open(body: &'a [u8]) -> Result<Self, ParseError> {
        let text = std::str::from_utf8(body).map_err(ParseError::new)?;
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, unknown_at_root: false })
    }

    fn event(&mut self) -> Result<Event<'a>, ParseError> {
        self.reader.read_event().map_err(ParseError::new)
    }

    /// The root element; `None` where there is none.
    pub(super) fn root(&mut self) -> Result<Option<BytesStart<'a>>, ParseError> {
        loop {
            match self.event()? {
                Event::Start(start) => return Ok(Some(start)),
                Event::Eof => return Ok(None),
                Event::Text(text) if !text.trim().is_empty() => return Err(ParseError::new("not XML")),
                _ => {}
            }
        }
    }

    /// The next child of the current element, whose end this passes when there is none.
    pub(super) fn child(&mut self) -> Result<Option<BytesStart<'a>>, ParseError> {
        loop {
            match self.event()? {
                Event::Start(start) => return Ok(Some(start)),
                Event::End(_) => return Ok(None),
                Event::Eof => return Err(ParseError::new("the XML ends in the middle")),
                _ => {}
            }
        }
    }

    /// Pass the whole element.
    pub(super) fn skip(&mut self, start: &BytesStart<'a>) -> Result<(), ParseError> {
        self.reader.read_to_end(start.name()).map(|_| ()).map_err(ParseError::new)
    }

    /// The element's text, with references resolved; elements in it are passed over.
    pub(super) fn text(&mut self, _start: &BytesStart<'a>) -> Result<std::borrow::Cow<'a, str>, ParseError> {
        let mut text = std::borrow::Cow::Borrowed("");
        loop {
            let piece = match self.event()? {
                Event::Text(piece) => piece.into_inner(),
                Event::CData(piece) => piece.into_inner(),
                Event::GeneralRef(reference) => std::borrow::Cow::Owned(resolve(&reference)?),
                Event::Start(start) => {
                    self.skip(&start)?;
                    continue;
                }
                Event::End(_) => return Ok(text),
                Event::Eof => return Err(ParseError::new("the XML ends in the middle")),
                _ => continue,
            };
            if text.is_empty() {
                text = piece;
            } else {
                text.to_mut().push_str(&piece);
            }
        }
    }

    /// The current element as a value of the shape.
    fn value(
        &mut self,
        service: &Service,
        shape: ShapeId,
        start: Option<&BytesStart<'a>>,
        depth: usize,
    ) -> Result<Value, ParseError> {
        if depth > DEPTH_MAX {
            return Err(ParseError::deep());
        }
        let shape = service.shape(shape);
        match &shape.kind {
            Kind::Structure(structure) => self.structure(service, structure, start, depth),
            Kind::List(list) => {
                let mut items = Vec::new();
                while let Some(child) = self.child()? {
                    items.push(self.value(service, list.item, Some(&child), depth + 1)?);
                }
                Ok(Value::List(items))
            }
            Kind::Map(map) => {
                let mut entries = Vec::new();
                while self.child()?.is_some() {
                    entries.extend(self.entry(service, map, depth + 1)?);
                }
                Ok(Value::Map(Map::from_entries(entries)))
            }
            _ => match start {
                Some(start) => scalar::from_text(shape, &self.text(start)?),
                None => Err(ParseError::new(format!("{}: not a structure", shape.name))),
            },
        }
    }

    fn structure(
        &mut self,
        service: &Service,
        structure: &Structure,
        start: Option<&BytesStart<'a>>,
        depth: usize,
    ) -> Result<Value, ParseError> {
        let mut entries: Vec<(Key, Value)> = Vec::new();
        if let Some(start) = start
            && !start.attributes_raw().is_empty()
        {
            attributes(service, structure, start, &mut entries)?;
        }
        while let Some(child) = self.child()? {
            let Some(member) = structure.member_on_wire(child.local_name().as_ref()) else {
                self.unknown_at_root |= depth == 0;
                self.skip(&child)?;
                continue;
            };
            match flattened(service, member) {
                Some(Kind::List(list)) => {
                    let item = self.value(service, list.item, Some(&child), depth + 1)?;
                    match entries.iter_mut().find(|(name, _)| *name == member.name) {
                        Some((_, Value::List(items))) => items.push(item),
                        _ => entries.push((member.name.clone(), Value::List(vec![item]))),
                    }
                }
                Some(Kind::Map(map)) => {
                    let Some((key, value)) = self.entry(service, map, depth + 1)? else { continue };
                    match entries.iter_mut().find(|(name, _)| *name == member.name) {
                        Some((_, Value::Map(known))) => known.insert(key, value),
                        _ => entries.push((member.name.clone(), Value::Map(Map::from_entries(vec![(key, value)])))),
                    }
                }
                _ => {
                    let value = self.value(service, member.shape, Some(&child), depth + 1)?;
                    if !value.is_null() {
                        entries.push((member.name.clone(), value));
                    }
                }
            }
        }
        Ok(Value::Map(Map::from_entries(entries)))
    }

    /// One entry of a map; the current element holds its key and its value.
    fn entry(&mut self, service: &Service, map: &MapShape, depth: usize) -> Result<Option<(Key, Value)>, ParseError> {
        let (mut key, mut value) = (None, Value::Null);
        while let Some(child) = self.child()? {
            let name = child.local_name();
            if name.as_ref() == map.key_name.as_deref().unwrap_or("key") {
                key = Some(model::value::intern(&self.text(&child)?));
            } else if name.as_ref() == map.value_name.as_deref().unwrap_or("value") {
                value = self.value(service, map.value, Some(&child), depth)?;
            } else {
                self.skip(&child)?;
            }
        }
        Ok(key.map(|key| (key, value)))
    }
}

/// The member's shape, where its items or entries stand beside its siblings.
fn flattened<'a>(service: &'a Service, member: &Member) -> Option<&'a Kind> {
    let kind = &service.shape(member.shape).kind;
    let flat = match kind {
        Kind::List(list) => list.flattened || member.flattened,
        Kind::Map(map) => map.flattened || member.flattened,
        _ => false,
    };
    flat.then_some(kind)
}

fn attributes(
    service: &Service,
    structure: &Structure,
    start: &BytesStart<'_>,
    entries: &mut Vec<(Key, Value)>,
) -> Result<(), ParseError> {
    for member in structure.members.iter().filter(|member| member.attribute) {
        let attribute = start.try_get_attribute(member.wire_name().as_ref()).map_err(ParseError::new)?;
        if let Some(attribute) = attribute {
            let text = quick_xml::escape::unescape(&attribute.value).map_err(ParseError::new)?.into_owned();
            entries.push((member.name.clone(), scalar::from_text(service.shape(member.shape), &text)?));
        }
    }
    Ok(())
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<String, ParseError> {
    if let Some(character) = reference.resolve_char_ref().map_err(ParseError::new)? {
        return Ok(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(reference.as_ref())
        .map(str::to_owned)
        .ok_or_else(|| ParseError::new("an unknown entity"))
}
