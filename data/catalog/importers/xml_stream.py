"""XML record by record: no document types, no entities, and no record too large to be one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from data.catalog.importers.base import LONGEST_RECORD, Document, Unreadable

CHUNK = 65536
DEEPEST = 64
MOST_NODES = 50_000  # in one record
MOST_NAMES = 1_000  # that are remembered without their namespace


@dataclass(slots=True)
class Node:
    """An element; names without their namespaces, so that an old and a new version of a format read alike."""

    name: str
    line: int
    attributes: dict[str, str]
    children: list[Node]
    text: str = ""

    def all(self, name: str) -> list[Node]:
        return [child for child in self.children if child.name == name]

    def first(self, *path: str) -> Node | None:
        """The first element at a path below this one."""
        here = self
        for name in path:
            for child in here.children:  # a plain loop: asked for twenty times a record
                if child.name == name:
                    here = child
                    break
            else:
                return None
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
    """Builds the wanted records. It has a pair of handlers for each of three states (outside, inside a wanted element,
    inside a skipped one), because asking in every call which state it is costs a third of the time."""

    def __init__(self, wanted: frozenset[str], skip: frozenset[str]) -> None:
        self._wanted, self._skip = wanted, skip
        self._open: list[Node] = []
        self._outside = 0  # how many of the open elements lie around the wanted one
        self._passed = 0  # how many open elements, from a skipped one on
        self._size = self._count = 0
        self._names = _Names()
        self._taken: list[tuple[Node, tuple[Node, ...]]] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        # The document type comes before any element and before any entity, so nothing of it is ever used.
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.parser.ExternalEntityRefHandler = _refuse
        self._go_outside()

    def taken(self) -> list[tuple[Node, tuple[Node, ...]]]:
        found, self._taken = self._taken, []
        return found

    def _go_outside(self) -> None:
        self.parser.StartElementHandler, self.parser.EndElementHandler = (
            self._start_outside,
            self._end_outside,
        )
        self.parser.CharacterDataHandler = None

    def _go_inside(self) -> None:
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start_inside, self._end_inside
        self.parser.CharacterDataHandler = self._text  # only here, as asking for all text takes time

    def _start_outside(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names[name]
        if local in self._skip:
            self._pass_by()
            return
        if local in self._wanted:
            self._outside = len(self._open)
            self._go_inside()
            self._start_inside(name, attributes)
            return
        self._open.append(Node(local, self.parser.CurrentLineNumber, _plain(attributes), []))
        self._limit(len(self._open))

    def _end_outside(self, _: str) -> None:
        self._open.pop()

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names[name]
        if local in self._skip:
            self._pass_by()
            return
        if attributes:
            attributes = _plain(attributes)
            self._size += sum(map(len, attributes.values()))
        node = Node(local, self.parser.CurrentLineNumber, attributes, [])
        self._count += 1
        if self._size > LONGEST_RECORD or self._count > MOST_NODES:
            self._too_large()
        around = self._open
        if len(around) > self._outside:
            around[-1].children.append(node)
        around.append(node)
        if len(around) > DEEPEST:
            self._limit(len(around))

    def _end_inside(self, _: str) -> None:
        node = self._open.pop()
        if len(self._open) == self._outside:
            self._taken.append((node, tuple(self._open)))
            self._size = self._count = 0
            self._go_outside()

    def _pass_by(self) -> None:
        self._passed = 1
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start_passed, self._end_passed
        self.parser.CharacterDataHandler = None

    def _start_passed(self, _: str, __: dict[str, str]) -> None:
        self._passed += 1
        if self._passed > DEEPEST:
            self._limit(self._passed)

    def _end_passed(self, _: str) -> None:
        self._passed -= 1
        if not self._passed:
            if len(self._open) > self._outside and self._count:
                self._go_inside()
            else:
                self._go_outside()

    def _text(self, text: str) -> None:
        self._size += len(text)
        if self._size > LONGEST_RECORD:
            self._too_large()
        self._open[-1].text += text

    def _limit(self, depth: int) -> None:
        if depth > DEEPEST:
            line = self.parser.CurrentLineNumber
            raise Unreadable(
                f"The XML on line {line} is nested deeper than {DEEPEST} elements: no catalogue."
            )

    def _too_large(self) -> NoReturn:
        line = self.parser.CurrentLineNumber
        raise Unreadable(f"The record that ends on line {line} or later is far too large for a course.")


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    """The same with names without their namespaces; most have none."""
    for key in attributes:
        if " " in key:
            return {name.rpartition(" ")[2]: value for name, value in attributes.items()}
    return attributes


class _Names(dict[str, str]):
    """Names without their namespace."""

    def __missing__(self, name: str) -> str:
        local = name.rpartition(" ")[2]
        if len(self) < MOST_NAMES:
            self[name] = local
        return local


def _refuse(*_: object) -> int:
    raise Unreadable(
        "The XML declares a document type or entities, which can be used to attack who reads it. "
        "Ask for the file without <!DOCTYPE …>."
    )
