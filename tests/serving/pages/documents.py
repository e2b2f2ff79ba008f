"""A page as its tests read it: elements with their attributes and texts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img"}


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict
    children: list = field(default_factory=list)
    texts: list = field(default_factory=list)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    @property
    def classes(self):
        return (self.attributes.get("class") or "").split()

    def all(self, tag=None, name=None, **attributes):
        """The elements within, by tag, class and attributes."""
        for child in self.children:
            if (
                tag in (None, child.tag)
                and name in (None, *child.classes)
                and all(child.attributes.get(key.replace("_", "-")) == value for key, value in attributes.items())
            ):
                yield child
            yield from child.all(tag, name, **attributes)

    def one(self, *args, **attributes):
        """The only one of these."""
        found = list(self.all(*args, **attributes))
        assert len(found) == 1, (args, attributes, len(found))
        return found[0]


class _Parser(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element.texts.append(data)


def parse(text):
    """The root of a page, whose elements must be closed in their order."""
    parser = _Parser()
    parser.feed(text)
    assert parser.open == [parser.root], [element.tag for element in parser.open]
    return parser.root


def rows_of(table):
    """A table's rows of texts, without its head."""
    return [[cell.text for cell in row.children] for row in table.one("tbody").children]
