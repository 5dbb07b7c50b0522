"""Shop content in several languages through django-modeltranslation, with migrations that the host's project owns.

Optional: without this app and django-modeltranslation everything works in one language.
"""
