"""The words of Spain where they differ from neutral Spanish: only a catalogue, which a city in Spain installs.

An app of its own because Python's gettext takes ``es`` to mean ``es_ES``: beside the neutral Spanish in
``oscar_marketplace/locale`` it would replace it in every country.
"""
