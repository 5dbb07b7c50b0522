"""In Django's admin a translated text has a field per language, whoever registered its admin.

A plain ``ModelAdmin`` would show the original beside its columns, and what is typed into one overwrites the other.
"""

from importlib import import_module

from django.apps import apps
from django.contrib import admin
from django.utils import translation
from django.utils.module_loading import module_has_submodule

from oscar_marketplace.translations.columns import columns_by_original, default_language, is_on
from oscar_marketplace.translations.lookups import in_every_language


def give_each_language_a_field(site: admin.AdminSite) -> None:
    """Register the admins of translated models anew, and let every admin search every language.

    An admin that decides on its fields in code (``get_fields``) is left as it is.
    """
    from modeltranslation.admin import TranslationAdmin

    for model, registered in list(site._registry.items()):
        kind = type(registered)
        extra = {"inlines": [_inline(each) for each in registered.inlines]}
        bases = (kind,)
        if columns_by_original(model) and kind.get_fields is admin.ModelAdmin.get_fields:
            bases = (kind, TranslationAdmin)
        if bases == (kind,) and extra["inlines"] == list(registered.inlines):
            continue
        site.unregister(model)
        with translation.override(default_language()):
            # The language of the texts that others are filled in from, such as addresses on the web.
            site.register(model, type(kind.__name__, bases, {"__module__": kind.__module__, **extra}))
    for model, registered in site._registry.items():
        registered.search_fields = in_every_language(model, registered.search_fields)


def _inline(kind: type[admin.options.InlineModelAdmin]) -> type[admin.options.InlineModelAdmin]:
    from modeltranslation.admin import TranslationInlineModelAdmin

    if not columns_by_original(kind.model) or issubclass(kind, TranslationInlineModelAdmin):
        return kind
    return type(kind.__name__, (kind, TranslationInlineModelAdmin), {"__module__": kind.__module__})


def _load_admins() -> None:
    """Let the apps of translated models register theirs: Django may come to them after us."""
    for label in {model._meta.app_label for model in apps.get_models() if columns_by_original(model)}:
        config = apps.get_app_config(label)
        if module_has_submodule(config.module, "admin"):
            import_module(f"{config.name}.admin")


if is_on():
    _load_admins()
    give_each_language_a_field(admin.site)
