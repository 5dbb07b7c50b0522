"""Sphinx settings of the documentation. Built with -W: a broken link or an orphan page fails."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from oscar_marketplace import __version__  # noqa: E402

project = "Mercado"
author = "Mercado contributors"
copyright = author
version = release = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "colon_fence", "html_image"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"Mercado {release}"
