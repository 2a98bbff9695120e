"""From the HTML of a mail to the text a person reads: no scripts, links with their address, quotes marked with ">".

nh3 first makes it well-formed and takes out what is no text: Python's own parser takes minutes for some broken markup.
"""

import re
from html.parser import HTMLParser

import nh3

LIMIT = 200_000  # characters of HTML that are read
_SILENT = {"script", "style", "title", "template", "svg", "object", "noscript", "select", "textarea", "math"}
_BLOCKS = {
    "address", "article", "blockquote", "center", "div", "dl", "dt", "dd", "fieldset", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul", "li",
}  # fmt: skip
_TAGS = _BLOCKS | {"a", "br", "img", "td", "th", "span"}
_VOID = {"br", "hr", "img"}
# How mail programs mark what they quote; all below such a mark was written before.
_QUOTES = {"gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"}
_QUOTE_IDS = {"appendonsend", "divrplyfwdmsg", "x_divrplyfwdmsg", "mail-editor-reference-message-container"}
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
CUT = "\ue000\uf8ff"  # private characters; stands where a mail program says that the mail before begins


def to_text(html: str) -> str:
    """Plain text; `CUT` on a line of its own where the earlier mail begins, if the mail program marked it."""
    clean = nh3.clean(
        html[:LIMIT].replace("\0", ""), tags=_TAGS, clean_content_tags=_SILENT, link_rel=None,
        attributes={"*": {"class", "id", "style"}, "a": {"href"}, "img": {"alt"}}, url_schemes={"http", "https", "mailto", "tel"},
    )  # fmt: skip
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._hidden = 0  # how deep within what is not shown
        self._quoted = 0
        self._links: list[tuple[str, int]] = []
        self._marked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._hidden or _HIDDEN.search(values.get("style", "")):
            self._hidden += tag not in _VOID
            return
        if not self._marked and self._begins_quote(values):
            self._marked = True
            self._end_line()
            self._lines.append(CUT)
        if tag == "br":
            self._end_line()
        elif tag in _BLOCKS:
            self._end_line(paragraph=tag in ("p", "blockquote", "h1", "h2", "h3"))
        if tag == "blockquote":
            self._quoted += 1
        elif tag == "li":
            self._line.append("- ")
        elif tag in ("td", "th") and self._line:
            self._line.append(" ")
        elif tag == "a":
            self._links.append((values.get("href", ""), len(self._line)))
        elif tag == "img" and len(values.get("alt", "")) > 2:
            self._line.append(f"[{values['alt'][:100]}]")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._hidden -= tag not in _VOID
            return
        if tag == "a" and self._links:
            href, since = self._links.pop()
            words = "".join(self._line[since:]).strip()
            target = href.removeprefix("mailto:").removeprefix("tel:")
            if href.startswith(("http://", "https://")) and words.rstrip("/") != target.rstrip("/"):
                self._line.append(f" ({href[:500]})" if words else href[:500])
        elif tag in _BLOCKS:
            self._end_line(paragraph=tag in ("p", "blockquote", "h1", "h2", "h3"))
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._line.append(data)

    def text(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _begins_quote(self, values: dict[str, str]) -> bool:
        classes = values.get("class", "").lower().split()
        return bool(_QUOTES.intersection(classes)) or values.get("id", "").lower() in _QUOTE_IDS

    def _end_line(self, *, paragraph: bool = False) -> None:
        words = re.sub(r"[ \t\r\n\f\v\xa0\u200b\u200c\u034f\xad]+", " ", "".join(self._line)).strip()
        self._line.clear()
        self._links = [(href, 0) for href, _ in self._links]
        mark = "> " * min(self._quoted, 5)
        if words:
            self._lines.append(mark + words)
        if paragraph and self._lines and self._lines[-1] not in ("", mark.strip()):
            self._lines.append(mark.strip())
