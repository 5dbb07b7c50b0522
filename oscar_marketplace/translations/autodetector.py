"""Finds what changed, and puts every translation column into the migrations of one app of the project.

django-modeltranslation adds columns to models of other apps. Django would write migrations for them into those apps:
into the installed packages, where the next deployment loses them. The languages are the host's choice, so the host's
project holds these migrations, in the app that ``OSCAR_MARKETPLACE_TRANSLATIONS_APP`` names.
"""

from copy import copy

from django.core.exceptions import ImproperlyConfigured
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader

from oscar_marketplace.conf import settings
from oscar_marketplace.translations.columns import translation_columns
from oscar_marketplace.translations.history import ColumnHistory
from oscar_marketplace.translations.migration_list import append_migrations, let_columns_go_first
from oscar_marketplace.translations.plan import ColumnPlan
from oscar_marketplace.translations.states import host_columns, with_columns, without_columns


class HostOwnedTranslationsMixin:
    """For any migration autodetector: ``class Detector(HostOwnedTranslationsMixin, YourAutodetector)``.

    It detects twice. First as if the host's translation columns were not there: what comes out belongs to the apps.
    Then the columns only: what comes out is wrapped and goes to the host's app.
    """

    def _detect_changes(self, convert_apps=None, graph=None):
        host, wanted = settings.TRANSLATIONS_APP, translation_columns()
        if not host:
            return self._detect_without_host(wanted, convert_apps, graph)
        graph = graph or MigrationLoader(None, ignore_no_migrations=True).graph
        before, after, history = self.from_state, self.to_state, ColumnHistory(graph)
        columns = host_columns(before, wanted, history, host=host, convert_apps=convert_apps or ())
        bare = without_columns(after, columns)

        self.from_state, self.to_state = without_columns(before, history.owned), bare
        changes = super()._detect_changes(convert_apps, graph)
        let_columns_go_first(changes, host=host, graph=graph)
        for label, migrations in changes.items():
            history.follow(label, [operation for each in migrations for operation in each.operations])

        renamed = {key: history.new_names(key, wanted=columns.get(key, ())) for key in history.owned}
        self.from_state, self.to_state = with_columns(bare, before, history, renamed), after
        plan = ColumnPlan(wanted, history, self.from_state, after, renamed)
        append_migrations(changes, plan.take(self._column_changes(convert_apps, graph)), host=host, graph=graph)
        return changes

    def _detect_without_host(self, wanted, convert_apps, graph):
        if wanted:
            raise ImproperlyConfigured(
                "Write OSCAR_MARKETPLACE_TRANSLATIONS_APP, the label of the app that holds the migrations of "
                "translation columns: without it they would be written into installed packages."
            )
        return super()._detect_changes(convert_apps, graph)

    def _column_changes(self, convert_apps, graph):
        """Operations on columns only, with their app's label."""
        asks, self.questioner = self.questioner, copy(self.questioner)
        # Which columns were renamed is known by now: nobody has to be asked once for each.
        self.questioner.ask_rename = lambda *args: False
        try:
            changes = super()._detect_changes(convert_apps, graph)
        finally:
            self.questioner = asks
        return [(label, each) for label, found in changes.items() for step in found for each in step.operations]


class HostOwnedTranslations(HostOwnedTranslationsMixin, MigrationAutodetector):
    """Django's autodetector with translation columns in the host's app."""
