"""Rewrites the imports of a script for python-binance 0.7, and names what it cannot place.

Works on positions that the parser gives, so that all else (comments, spaces, line ends) stays as it is.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..errors import ArgumentError
from .client_use import Uses, other_uses
from .moves import (
    CLIENTS,
    HERE,
    INTERNALS,
    MODULES,
    REACTOR,
    REACTOR_HERE,
    REACTOR_USES,
    STARS,
    advice,
    moved,
)

_LINE = re.compile(r"\r\n|\r|\n")
_MODULE = re.compile(r"from([ \t]+)[\w.]+")
_OFFERED = frozenset(("BinanceSocketManager", "Client"))
_MANAGERS = ("BinanceSocketManager", "DepthCacheManager")


@dataclass(frozen=True, order=True)
class Note:
    """A word on one line of a script.

    Args:
        line: counted from 1.
        text: what is the matter.
        placed: whether the script runs all the same.
    """

    line: int
    text: str
    placed: bool = False


@dataclass(frozen=True)
class Migration:
    """A script with its imports changed.

    Args:
        text: the script.
        notes: what was left as it is, and why.
    """

    text: str
    notes: tuple[Note, ...]

    @property
    def complete(self) -> bool:
        """Whether everything was placed."""
        return all(note.placed for note in self.notes)


def migrate(source: str, offered: Iterable[str] = _OFFERED) -> Migration:
    """Change the imports of a script.

    Args:
        source: the script.
        offered: the names that ``binance_ws`` has.

    Raises:
        ArgumentError: the script is not Python 3.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        raise ArgumentError(f"line {error.lineno} is not Python 3: {error.msg}") from error
    except ValueError as error:
        raise ArgumentError(f"the script is not Python 3: {error}") from error
    return _Script(source, tree, frozenset(offered)).migrated()


class _Script:
    """A script on its way: its tree, the changes to its text, the notes on it."""

    def __init__(self, source: str, tree: ast.Module, offered: frozenset[str]) -> None:
        self._source = source
        self._tree = tree
        self._offered = offered
        self._starts = [0, *(found.end() for found in _LINE.finditer(source))]
        self._edits: set[tuple[int, int, str]] = set()
        self._notes: set[Note] = set()
        self._imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and not n.level]
        self._aliases = [a for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
        self._client_stays = self._why_client_stays()
        self._reactor_stays = self._why_reactor_stays()

    def migrated(self) -> Migration:
        """Everything done."""
        for statement in self._imports:
            self._rewrite(statement)
        for alias in self._aliases:
            self._rename(alias)
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Constant) and _names_module(node.value):
                self._note(node, f"{node.value!r} in text is not changed")
            elif isinstance(node, ast.Attribute) and node.attr in INTERNALS and self._managers():
                self._note(node, f"{node.attr} is an internal of the old manager; nothing has that name here")
        text = self._source
        for start, end, new in sorted(self._edits, reverse=True):
            text = text[:start] + new + text[end:]
        return Migration(text, tuple(sorted(self._notes)))

    # ---- what may not be taken over ---------------------------------------------------------------------

    def _imported(self) -> Iterator[tuple[str, str, str]]:
        """Each name that is imported: its module, its name there, its name in the script."""
        for node in self._imports:
            module = node.module or ""
            for alias in node.names:
                name = STARS.get(module, "*") if alias.name == "*" else alias.name
                yield module, name, alias.asname or name

    def _managers(self) -> list[str]:
        """The names that managers of ours will have in the script."""
        names = [
            own
            for module, name, own in self._imported()
            if name in _MANAGERS and moved(module, name, self._offered)
        ]
        modules = [own for module, name, own in self._imported() if MODULES.get(f"{module}.{name}") == HERE]
        modules += [alias.asname or alias.name for alias in self._aliases if MODULES.get(alias.name) == HERE]
        return names + [f"{module}.{name}" for module in modules for name in _MANAGERS]

    def _why_client_stays(self) -> str | None:
        clients = [own for module, name, own in self._imported() if (module, name) in CLIENTS]
        return Uses(self._tree).more_than_manager(clients, self._managers()) if clients else None

    def _why_reactor_stays(self) -> str | None:
        modules = [module for module, _, _ in self._imported()] + [alias.name for alias in self._aliases]
        if not any(module.split(".")[0] == "binance" for module in modules):
            return "nothing of python-binance is imported here"
        names = [own for module, name, own in self._imported() if (module, name) == REACTOR]
        return next((use for name in names for use in other_uses(self._tree, name, REACTOR_USES)), None)

    # ---- from … import … --------------------------------------------------------------------------------

    def _rewrite(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        new: dict[str, list[str]] = {}
        for alias in node.names:
            head, name = _spelt(module, alias, self._target(node, module, alias.name))
            new.setdefault(head, []).append(name)
        old = [_spelt(module, alias, None)[1] for alias in node.names]
        if list(new) == [f"from {module} import"]:
            return
        start, end = self._span(node)
        found = _MODULE.match(self._source, start)
        if found and list(new.values()) == [old] and "import" not in new:
            # The parentheses and comments behind stay as they are.
            self._edits.add((start, found.end(), f"from{found[1]}{next(iter(new)).split()[1]}"))
        else:
            statements = [f"{head} {', '.join(names)}" for head, names in new.items()]
            self._edits.add((start, end, self._joint(start).join(statements)))

    def _target(self, node: ast.ImportFrom, module: str, name: str) -> str | None:
        """The module that a name is imported from now; ``None`` where it stays, with a note why if need be."""
        if (module, name) in CLIENTS:
            if self._client_stays is None:
                return HERE
            self._note(node, f"Client stays python-binance's: {self._client_stays}", placed=True)
            return None
        if (module, name) == REACTOR:
            if self._reactor_stays is None:
                return REACTOR_HERE
            self._note(node, f"the reactor stays Twisted's: {self._reactor_stays}")
            return None
        target = moved(module, name, self._offered)
        if target is None:
            self._explain(node, module, name)
        return target

    def _explain(self, node: ast.ImportFrom, module: str, name: str) -> None:
        text = advice(module, name)
        if text:
            self._note(node, text)
        elif module == "binance.exceptions":
            self._note(node, "what the manager raises is in binance_ws.errors", placed=True)
        elif module.split(".")[0] == "twisted" and self._managers():
            self._note(node, f"{name} of {module} needs Twisted's own reactor, which does not run here")

    # ---- import … ---------------------------------------------------------------------------------------

    def _rename(self, alias: ast.alias) -> None:
        target = MODULES.get(alias.name)
        if target is None:
            text = advice(alias.name, alias.name)
            if text:
                self._note(alias, text)
            return
        suffix = f" as {alias.asname}" if alias.asname else ""
        self._edits.add((*self._span(alias), target + suffix))
        if not alias.asname:
            for node in ast.walk(self._tree):
                if isinstance(node, ast.Attribute) and ast.unparse(node) == alias.name:
                    self._edits.add((*self._span(node), target))

    # ---- places -----------------------------------------------------------------------------------------

    def _span(self, node: ast.ImportFrom | ast.alias | ast.Attribute) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _offset(self, line: int, column: int) -> int:
        """A place in the text; the parser counts columns in bytes."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self._source)
        return start + len(self._source[start:end].encode()[:column].decode())

    def _joint(self, start: int) -> str:
        """What stands between two statements that take the place of one."""
        begin = max(s for s in self._starts if s <= start)
        indent = self._source[begin:start]
        end = _LINE.search(self._source)
        return "; " if indent.strip() else (end[0] if end else "\n") + indent

    def _note(self, node: ast.ImportFrom | ast.alias | ast.expr, text: str, placed: bool = False) -> None:
        self._notes.add(Note(node.lineno, text, placed))


def _spelt(module: str, alias: ast.alias, target: str | None) -> tuple[str, str]:
    """The beginning of the statement that imports a name, and the name as it stands there."""
    if target and f"{module}.{alias.name}" in MODULES:
        return "import", f"{target} as {alias.asname or alias.name}"
    name = STARS.get(module, "*") if target and alias.name == "*" else alias.name
    return f"from {target or module} import", f"{name} as {alias.asname}" if alias.asname else name


def _names_module(value: object) -> bool:
    return isinstance(value, str) and any(value == m or value.startswith(f"{m}.") for m in MODULES)
