#!/usr/bin/env python
"""Make our migrations and rewrite what Django would bind to one release of Oscar or Wagtail.

Django names the leaf migration of each app it happens to see ("order", "0021_…"). A city that forked an app may have
renamed or squashed them, and Wagtail 7.4 has not 8.0's, so ours say ("order", "__first__").
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEAF = re.compile(r"\(\s*['\"](\w+)['\"],\s*['\"]\d{4}_\w+['\"]\s*\)")
#: Label -> folder of its migrations.
OURS = {
    "oscar_marketplace": "oscar_marketplace/migrations",
    "wagtail_mercado": "wagtail_mercado/migrations",
    "wagtail_mercado_pages": "wagtail_mercado/pages_app/migrations",
    "portal": "example_site/portal/migrations",
}


def unbind(text: str) -> str:
    """The migration's source with every dependency on another app's leaf replaced by its first migration.

    Wagtail 8 says the page model by a setting that 7.4 does not have; an app of concrete pages is only installed where
    that model is Wagtail's own.
    """
    text = text.replace("to=settings.WAGTAIL_PAGE_MODEL", 'to="wagtailcore.page"')
    if "settings." not in text:
        text = text.replace("from django.conf import settings\n", "")
    return LEAF.sub(
        lambda found: found.group(0) if found.group(1) in OURS else f'("{found.group(1)}", "__first__")', text
    )


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "makemigrations", *OURS, *sys.argv[1:]])
    for folder in OURS.values():
        for path in sorted((ROOT / folder).glob("0*.py")):
            path.write_text(unbind(path.read_text()))
