"""The app ``search`` that ``wagtail start`` makes, under a label that leaves Oscar's own ``search`` free.

It has no models, so nothing is stored under its label; its view, template and address stay as they are.
"""

from django.apps import AppConfig


class SiteSearchConfig(AppConfig):
    name = "search"
    label = "site_search"
