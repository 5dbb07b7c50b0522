"""Concrete pages for portals that keep Wagtail's own page model; others build theirs from ``wagtail_mercado.pages``."""
