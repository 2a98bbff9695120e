"""XML record by record: no document types, no entities, and no record too large to be one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from data.catalog.importers.base import LONGEST_RECORD, Document, Unreadable

CHUNK = 65536
DEEPEST = 64
MOST_NODES = 50_000  # in one record
MOST_NAMES = 1_000  # that are remembered without their namespace


@dataclass(kw_only=True, slots=True)
class Node:
    """An element; names without their namespaces, so that an old and a new version of a format read alike."""

    name: str
    line: int
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> list[Node]:
        return [child for child in self.children if child.name == name]

    def first(self, *path: str) -> Node | None:
        """The first element at a path below this one."""
        here: Node | None = self
        for name in path:
            here = next((child for child in here.children if child.name == name), None) if here else None
        return here

    def value(self, *path: str) -> str:
        """The text at a path, or an empty text."""
        found = self.first(*path)
        return " ".join(found.text.split()) if found else ""

    def attribute(self, name: str) -> str:
        return self.attributes.get(name, "").strip()


def records(
    document: Document, wanted: Collection[str], *, skip: Collection[str] = ()
) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Each outermost element with a `wanted` name, whole, with the bare elements around it (outermost first).

    Elements named in `skip` are left out, with all that is in them. Raises Unreadable.
    """
    reader = _Reader(frozenset(wanted), frozenset(skip))
    file, fed = document.start(), 0
    try:
        while chunk := file.read(CHUNK):
            reader.parser.Parse(chunk, False)
            yield from reader.taken()
            fed += len(chunk)
            if (
                fed - reader.parser.CurrentByteIndex > LONGEST_RECORD
            ):  # a tag or remark without an end, kept in memory
                raise Unreadable(
                    f"Something on line {reader.parser.CurrentLineNumber} of the XML has no end."
                )
        reader.parser.Parse(b"", True)
        yield from reader.taken()
    except expat.ExpatError as error:
        told = expat.ErrorString(error.code)
        if error.code in (expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],) or "unclosed" in told:
            told += "; the file may have been cut off"
        raise Unreadable(f"The XML breaks off on line {error.lineno}: {told}.") from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise Unreadable(f"The XML cannot be decoded: {error}.") from error


class _Reader:
    def __init__(self, wanted: frozenset[str], skip: frozenset[str]) -> None:
        self._wanted, self._skip = wanted, skip
        self._open: list[Node] = []
        self._within = 0  # how many open elements, from the outermost wanted one on
        self._passed = 0  # how many open elements, from a skipped one on
        self._size = self._count = 0
        self._names: dict[str, str] = {}
        self._taken: list[tuple[Node, tuple[Node, ...]]] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        # The document type comes before any element and before any entity, so nothing of it is ever used.
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.parser.ExternalEntityRefHandler = _refuse

    def taken(self) -> list[tuple[Node, tuple[Node, ...]]]:
        found, self._taken = self._taken, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._passed:
            self._passed += 1
            self._limit(self._passed)
            return
        local = self._local(name)
        if local in self._skip:
            self._passed = 1
            self.parser.CharacterDataHandler = None
            return
        if attributes:
            attributes = {self._local(key): value for key, value in attributes.items()}
        node = Node(name=local, line=self.parser.CurrentLineNumber, attributes=attributes)
        if self._within or local in self._wanted:
            if not self._within:
                self.parser.CharacterDataHandler = self._text  # only here, as asking for all text takes time
            self._within += 1
            self._count += 1
            self._weigh(sum(map(len, attributes.values())) if attributes else 0)
            if self._within > 1:
                self._open[-1].children.append(node)
        self._open.append(node)
        self._limit(len(self._open))

    def _limit(self, depth: int) -> None:
        if depth > DEEPEST:
            line = self.parser.CurrentLineNumber
            raise Unreadable(
                f"The XML on line {line} is nested deeper than {DEEPEST} elements: no catalogue."
            )

    def _local(self, name: str) -> str:
        """The name without its namespace."""
        known = self._names.get(name)
        if known is None:
            known = name.rpartition(" ")[2]
            if len(self._names) < MOST_NAMES:
                self._names[name] = known
        return known

    def _end(self, name: str) -> None:
        if self._passed:
            self._passed -= 1
            if not self._passed and self._within:
                self.parser.CharacterDataHandler = self._text
            return
        node = self._open.pop()
        if self._within:
            self._within -= 1
            if not self._within:
                self.parser.CharacterDataHandler = None
                self._taken.append((node, tuple(self._open)))
                self._size = self._count = 0

    def _text(self, text: str) -> None:
        self._weigh(len(text))
        self._open[-1].text += text

    def _weigh(self, more: int) -> None:
        self._size += more
        if self._size > LONGEST_RECORD or self._count > MOST_NODES:
            line = self.parser.CurrentLineNumber
            raise Unreadable(f"The record that ends on line {line} or later is far too large for a course.")


def _refuse(*_: object) -> int:
    raise Unreadable(
        "The XML declares a document type or entities, which can be used to attack who reads it. "
        "Ask for the file without <!DOCTYPE …>."
    )
