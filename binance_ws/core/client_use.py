"""What a script uses python-binance's client for: if for the manager alone, ours takes its place."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_ARGUMENTS = frozenset(("api_key", "api_secret"))
_INITS = ("super().__init__", ".__init__")


class Uses:
    """The uses of names in a script.

    Args:
        tree: the script.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._parents = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    def more_than_manager(self, clients: Iterable[str], managers: Iterable[str]) -> str | None:
        """Why ours cannot take the client's place, or ``None`` where it can.

        Args:
            clients: the names that the client's class has in the script.
            managers: the names that the manager's class has.
        """
        makers = self._heirs(set(managers))
        if not makers:
            return "no manager is made here"
        held: set[str] = set()
        for node in (found for name in clients for found in self._loads(name)):
            why = self._kept(node, makers, held)
            if why:
                return f"line {node.lineno} {why}"
        return next((why for name in sorted(held) for why in self._strange_uses(name, makers)), None)

    def _heirs(self, managers: set[str]) -> set[str]:
        """The names of the manager's class and of the classes that derive from it."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & managers:
                managers.add(node.name)
        return managers

    def _loads(self, text: str) -> Iterator[ast.expr]:
        """Where a name, or a dotted one, is read."""
        for node in ast.walk(self._tree):
            if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
                continue
            if ast.unparse(node) == text:
                yield node

    def _kept(self, node: ast.expr, makers: set[str], held: set[str]) -> str | None:
        """Why one use of the class is none of ours; where its object is kept under a name, ``held`` gets that."""
        call = self._parent(node)
        if not isinstance(call, ast.Call) or call.func is not node:
            return "does more with Client than call it"
        if len(call.args) > 2 or not {keyword.arg for keyword in call.keywords} <= _ARGUMENTS:
            return "gives Client more than a key and a secret"
        if self._is_given(call, makers):
            return None
        holder = self._parent(call)
        if isinstance(holder, ast.Assign) and all(
            isinstance(t, ast.Name | ast.Attribute) for t in holder.targets
        ):
            held.update(map(ast.unparse, holder.targets))
            return None
        return "gives its client to something other than a manager"

    def _strange_uses(self, name: str, makers: set[str]) -> Iterator[str]:
        for node in self._loads(name):
            if not self._is_given(node, makers):
                yield f"line {node.lineno} uses {ast.unparse(self._parent(node))}"

    def _is_given(self, node: ast.expr, makers: set[str]) -> bool:
        """Whether a value is an argument for a manager."""
        parent = self._parent(node)
        call = self._parent(parent) if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call) or call.func is node:
            return False
        made = ast.unparse(call.func)
        return made in makers or made.endswith(_INITS)

    def _parent(self, node: ast.AST) -> ast.AST:
        return self._parents[id(node)]


def other_uses(tree: ast.Module, name: str, allowed: frozenset[str]) -> list[str]:
    """The uses of a name that are not one of its allowed attributes, as ``"line 3 uses reactor.listenTCP"``."""
    fine = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in allowed
    }
    outer = {id(node.value): node for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return [
        f"line {node.lineno} uses {ast.unparse(outer.get(id(node), node))}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == name and id(node) not in fine
    ]
