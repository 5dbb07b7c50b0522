"""Registers the translated fields; django-modeltranslation imports this module of every installed app."""

from modeltranslation.translator import AlreadyRegistered, TranslationOptions, translator

from oscar_marketplace.translations.fields import translated_fields

for model, fields in translated_fields():
    try:
        translator.register(model, type("Options", (TranslationOptions,), {"fields": fields}))
    except AlreadyRegistered:
        # By an app of the project's, which decides then.
        continue
