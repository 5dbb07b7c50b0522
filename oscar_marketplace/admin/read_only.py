"""Pages that show and change nothing, and the timeline under them."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import target_of


class ReadOnly:
    """For admins and inlines: rows are written by verbs; here they are only looked at."""

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """A read-only admin of a table that grows without end: the list does not count it twice."""

    show_full_result_count = False


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    extra = 0
    can_delete = False


class InZone:
    """Times are written and read in the zone of the row's market, whatever the site's own zone is."""

    def zone_of(self, row) -> ZoneInfo:
        raise NotImplementedError

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        row = self.get_object(request, unquote(object_id)) if object_id else None
        if row is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with timezone.override(self.zone_of(row)):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            # Rendered here, while the zone holds.
            return response.render() if getattr(response, "is_rendered", True) is False else response


def timeline(rows: Iterable, *, zone: ZoneInfo | None = None) -> str:
    """What happened to these rows, oldest first: when, what, who and why. One statement."""
    targets = [target_of(row) for row in rows if row is not None]
    entries = AuditEntry.objects.filter(target__in=targets).select_related("actor").order_by("pk")
    lines = format_html_join(
        "",
        '<tr><td>{}</td><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>',
        (
            (
                formats.date_format(timezone.localtime(each.at, zone), "Y-m-d H:i:s"),
                each.verb,
                each.actor or "–",
                each.role,
                each.reason,
                ", ".join(f"{name}: {value}" for name, value in each.data.items()),
            )
            for each in entries
        ),
    )
    if not lines:
        return _("Nothing is written down yet.")
    heads = format_html_join(
        "",
        '<th scope="col">{}</th>',
        ((head,) for head in (_("When"), _("What"), _("Who"), _("Role"), _("Why"), _("Data"))),
    )
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", heads, lines)
