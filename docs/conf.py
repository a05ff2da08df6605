"""How the pages are built: `make docs`."""

from binance_ws import __version__

project = "binance_ws"
author = "The binance_ws authors"
copyright = "2026, the binance_ws authors"
release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "binance_ws"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
suppress_warnings = ["myst.xref_missing", "ref.class"]
