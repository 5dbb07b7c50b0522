#!/usr/bin/env python
"""Make our migrations and rewrite what Django would bind to one release of Oscar.

Django names the leaf migration of each Oscar app it happens to see ("order", "0021_…"). A city that forked an app may
have renamed or squashed them, so ours say ("order", "__first__").
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OSCAR_LEAF = re.compile(r"\(\s*['\"](\w+)['\"],\s*['\"]\d{4}_\w+['\"]\s*\)")
OURS = {"oscar_marketplace", "wagtail_mercado"}


def unbind(text: str) -> str:
    """The migration's source with every dependency on another app's leaf replaced by its first migration."""
    return OSCAR_LEAF.sub(
        lambda found: found.group(0) if found.group(1) in OURS else f'("{found.group(1)}", "__first__")', text
    )


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "makemigrations", "oscar_marketplace", *sys.argv[1:]])
    for path in sorted((ROOT / "oscar_marketplace" / "migrations").glob("0*.py")):
        path.write_text(unbind(path.read_text()))
