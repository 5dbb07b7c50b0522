"""Oscar's quick start: the imports. The test adds the README's lines below."""

from django.apps import apps  # noqa: F401
from django.contrib import admin  # noqa: F401
from django.urls import include, path  # noqa: F401
