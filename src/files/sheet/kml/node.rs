//! An element of XML with what is in it. Names have no prefix: many tools forget to declare theirs.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::files::sheet::markup;

/// No honest file nests elements deeper than this.
pub const MAX_DEPTH: usize = 60;

#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    /// The attribute `name`.
    pub key: Option<String>,
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    /// Reads the rest of an element that has started; `None` if the XML is broken or nested too deep.
    pub fn read(reader: &mut Reader<&[u8]>, start: &BytesStart<'_>) -> Option<Node> {
        let mut open = vec![Node::of(start)];
        loop {
            let last = open.last_mut()?;
            match reader.read_event().ok()? {
                Event::Start(start) => open.push(Node::of(&start)),
                Event::Empty(empty) => last.children.push(Node::of(&empty)),
                Event::Text(text) => last.text.push_str(&text.xml10_content()),
                Event::CData(text) => last.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => last.text.push_str(&markup::entities(&format!("&{};", &*reference))),
                Event::End(_) => {
                    let done = open.pop()?;
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Some(done),
                    }
                }
                Event::DocType(_) | Event::Eof => return None,
                _ => {}
            }
            if open.len() > MAX_DEPTH {
                return None;
            }
        }
    }

    fn of(start: &BytesStart<'_>) -> Node {
        let key = start.try_get_attribute("name").ok().flatten();
        let key = key.map(|key| markup::entities(key.value.as_ref()));
        Node { name: start.local_name().as_ref().to_owned(), key, ..Node::default() }
    }

    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The trimmed text of a child; `None` if it is blank.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }
}
