"""Finds sentences for people that nobody marked for translation: in templates, scripts and Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

SHOWN = {"aria-label", "title", "placeholder", "alt", "content"}
# Names, units and formats: the same in every language.
NO_WORDS = re.compile(
    r"\b(?:Facesite|px|ms|B|[kK]B|MB|SHA-256|JSON|width=device-width.*|light dark)\b"
)
TOKEN = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
BLOCK = re.compile(r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}", re.DOTALL)
# Names of rules in the stylesheets, which a translation would lose.
CLASSES = re.compile(r"{%\s*block body_class\s*%}.*?{%\s*endblock body_class\s*%}", re.DOTALL)
COMMENT = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
# Words that stand in a tag or filter of their own; `_("…")` marks them.
LITERAL = re.compile(r"""(?P<mark>_\()?(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
SENTENCE = re.compile(r"[A-Za-z] [A-Za-z]")
GLUED = re.compile(r"\|pluralize|\|yesno:[\"']")
HELD_BY_TAGS = {
    "translate",
    "blocktranslate",
    "url",
    "static",
    "load",
    "icon",
    "extends",
    "get_plural",
}


class _Page(HTMLParser):
    """Collects words between the tags and in the attributes that people see or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        for name, value in attrs:
            if name in SHOWN and not (name == "content" and named.get("name") != "description"):
                self._keep(value or "")
        if tag in {"code", "pre", "style", "script"}:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self._keep(data)

    def _keep(self, words: str) -> None:
        left = NO_WORDS.sub("", words)
        if any(letter.isalpha() for letter in left):
            self.found.append((self.getpos()[0], " ".join(words.split())))


def in_template(source: str) -> list[tuple[int, str]]:
    """Return the line and the words of what a template shows unmarked."""
    bare = BLOCK.sub(_lines, COMMENT.sub(_lines, CLASSES.sub(_lines, source)))
    found = list(_in_tags(bare))
    page = _Page()
    page.feed(TOKEN.sub(_lines, bare))
    page.close()
    return sorted(found + page.found)


def _lines(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


def _in_tags(source: str) -> Iterator[tuple[int, str]]:
    for match in TOKEN.finditer(source):
        token, line = match.group(), source.count("\n", 0, match.start()) + 1
        name = token[2:].split(maxsplit=1)[0] if token.startswith("{%") else ""
        if token.startswith("{#") or name in HELD_BY_TAGS:
            continue
        if glued := GLUED.search(token):
            yield line, f"{token}: no sentence is glued of parts, as with {glued.group()}"
        for literal in LITERAL.finditer(token):
            words = literal["double"] or literal["single"] or ""
            if not literal["mark"] and SENTENCE.search(words):
                yield line, words


MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
FIELDS = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label"}


def in_python(source: str) -> list[tuple[int, str]]:
    """Return the line and the words of what Python code shows unmarked, or marks with parts glued in."""
    return sorted(_in_calls(ast.parse(source)))


def _in_calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        if name in MARKS and isinstance(node.args[0], ast.JoinedStr | ast.BinOp | ast.Call):
            yield node.lineno, f"{name}({ast.unparse(node.args[0])}): words and values apart"
        shown = [one.value for one in node.keywords if one.arg in FIELDS]
        if _is_message(node.func):
            shown += node.args[1:2]
        elif name.endswith("Refused") or name == "ValidationError":
            shown += node.args
        for argument in shown:
            yield from _bare(argument)


def _bare(argument: ast.expr) -> Iterator[tuple[int, str]]:
    """Yield the text that is shown as it is: by itself, in an f-string, a list or an object."""
    if isinstance(argument, ast.Constant | ast.JoinedStr):
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        words = "".join(str(one.value) for one in parts if isinstance(one, ast.Constant))
        if re.search(r"[A-Za-z]{2} |[A-Z][a-z]", words):
            yield argument.lineno, ast.unparse(argument)
    elif isinstance(argument, ast.List | ast.Tuple | ast.Dict):
        for one in argument.values if isinstance(argument, ast.Dict) else argument.elts:
            yield from _bare(one)
    elif isinstance(argument, ast.BinOp | ast.IfExp):
        for child in ast.iter_child_nodes(argument):
            if isinstance(child, ast.expr):
                yield from _bare(child)


def _is_message(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and _name(function.value) == "messages"


def _name(node: ast.expr) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")


# A script's comments, strings and templates, and patterns, whose quotes begin no string.
SCRIPT_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?<=[(=,:] )/[^/\n]+/\w*|(?<=\()/[^/\n]+/\w*"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""",
    re.DOTALL,
)
MARKED_IN_SCRIPT = re.compile(r"\b(n?gettext)\((?:\s*(?:\"[^\"]*\"|`[^`]*`),)*\s*$")
# What the machine reads: selectors, keys and headers.
TO_MACHINES = re.compile(
    r"(?:\b(?:querySelector|querySelectorAll|matches|closest|includes|startsWith|setRequestHeader|matchMedia|onKey)"
    r"\(|[!=]== )$"
)
SELECTOR = re.compile(r"\w\[|\w:[a-z]|^use strict$")
VALUE = re.compile(r"\$\{[^}]*\}")
WORDS_IN_SCRIPT = re.compile(
    r"^[A-Z][a-z]+\b[^-]*$|[A-Za-z]{2}[,.:]? +[A-Za-z\0]|\0 +[A-Za-z]|[a-z]{2} +\0"
)
ONE_LANGUAGE = re.compile(r"\.toLocale\w*String\((?:\)|\")|\bIntl\.\w+\((?:\)|\")")


def in_script(source: str) -> list[tuple[int, str]]:
    """Return the line and the words of what a script shows unmarked, glued or in one language alone.

    A single word in small letters is taken for a key, which most are.
    """
    found = [
        (source.count("\n", 0, match.start()) + 1, words)
        for match in SCRIPT_TOKEN.finditer(source)
        if (words := _unmarked(match.group(), source[: match.start()]))
    ]
    for match in ONE_LANGUAGE.finditer(source):
        found.append((source.count("\n", 0, match.start()) + 1, match.group()))
    return sorted(found)


def _unmarked(token: str, before: str) -> str:
    if token[0] == "/":
        return ""
    words = VALUE.sub("\0", token[1:-1])
    if mark := MARKED_IN_SCRIPT.search(before):
        return f"{mark[1]}({token}): words and values apart" if "\0" in words else ""
    if TO_MACHINES.search(before) or SELECTOR.search(words):
        return ""
    return token if WORDS_IN_SCRIPT.search(NO_WORDS.sub("", words)) else ""
