"""How the pages are built: `make docs`."""

from __future__ import annotations

from typing import Any

from sphinx.util.nodes import make_refnode

from binance_ws import __version__

project = "binance_ws"
author = "The binance_ws authors"
copyright = "2026, the binance_ws authors"
release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"binance_ws {__version__}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {"navigation_with_keys": True}
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
nitpicky = True
# What is documented elsewhere: building needs no network, so there are no links to it.
nitpick_ignore_regex = [
    ("py:.*", r"(collections|decimal|os|pathlib|re|ssl|threading|typing)\..*"),
    ("py:.*", "Path|Metric|Box|Files|Listener|Pane|Snapshots"),
    ("py:class", r"binance_ws\.simulator\.(accounts\.Account|positions\.Contract)"),
]


def find_short_name(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Let docstrings name a class of another module by its name alone, where there is but one of that name."""
    if node.get("refdomain") != "py":
        return None
    domain = env.domains["py"]
    found = domain.find_obj(env, None, None, node["reftarget"], None, searchmode=1)
    pages = {entry.node_id: (name, entry) for name, entry in found if not entry.aliased}
    if len(pages) != 1:
        return None
    ((name, entry),) = pages.values()
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, content, name)


def keep_colons(app: Any, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Napoleon takes what stands before a colon, in the first line on an attribute, for its type.

    So we begin with another: two dots and an empty line are a comment without a word.
    """
    if what in ("attribute", "data", "property"):
        lines[:0] = ["..", ""]


def setup(app: Any) -> None:
    """Connect them."""
    app.connect("missing-reference", find_short_name)
    app.connect("autodoc-process-docstring", keep_colons, priority=400)
