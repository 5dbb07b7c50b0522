"""Operators, markets with their hours, pitches and pick-up times."""

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.admin.acts import ActsMixin, act
from oscar_marketplace.admin.read_only import InZone, ReadOnlyAdmin
from oscar_marketplace.markets.models import Closure, Market, OpeningRule, Operator, Pitch, Wave, WaveRule
from oscar_marketplace.markets.waves import close_wave, reopen_wave
from oscar_marketplace.orders.models import HandOver


@admin.register(Operator)
class OperatorAdmin(admin.ModelAdmin):
    list_display = ["name", "country", "currency", "time_zone", "language"]
    search_fields = ["name"]

    def get_readonly_fields(self, request, obj=None):
        # Every price of the operator's stalls is an amount in this currency.
        return ["currency"] if obj else []


class OpeningRuleInline(admin.TabularInline):
    model = OpeningRule
    extra = 0


class ClosureInline(admin.TabularInline):
    model = Closure
    extra = 0


class WaveRuleInline(admin.TabularInline):
    model = WaveRule
    extra = 0
    verbose_name_plural = _("pick-up times (a change acts from the first day that has none of its rule yet)")


@admin.register(Market)
class MarketAdmin(InZone, admin.ModelAdmin):
    list_display = ["name", "operator", "kind", "prefix", "is_public"]
    list_filter = ["operator", "kind", "is_public"]
    list_select_related = ["operator"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [OpeningRuleInline, ClosureInline, WaveRuleInline]

    def zone_of(self, row: Market):
        return row.zone

    def get_readonly_fields(self, request, obj=None):
        return ["operator"] if obj else []


@admin.register(Pitch)
class PitchAdmin(admin.ModelAdmin):
    list_display = ["number", "market", "section"]
    list_filter = ["market"]
    list_select_related = ["market"]
    search_fields = ["number", "section", "market__name"]


@admin.register(Wave)
class WaveAdmin(ActsMixin, InZone, ReadOnlyAdmin):
    """Made from the market's rules; one that cannot be kept is closed, not deleted: shoppers hold places in it."""

    list_display = ["when", "market", "places", "hand_overs", "closed"]
    list_filter = ["market", "closed"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at"]
    actions = [
        act(close_wave, _("Take no further orders for these pick-up times"), asks_reason=True),
        act(reopen_wave, _("Take orders for these pick-up times again")),
    ]

    def zone_of(self, row: Wave):
        return row.market.zone

    def get_queryset(self, request):
        hand_overs = HandOver.objects.filter(wave=OuterRef("pk")).order_by().values("wave")
        return (
            super()
            .get_queryset(request)
            .select_related("market__operator")
            .annotate(
                taken=Count("places", filter=Q(places__hand_over__isnull=False)),
                all_places=Count("places"),
                orders=Coalesce(Subquery(hand_overs.annotate(n=Count("pk")).values("n")), 0),
            )
        )

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, wave: Wave) -> str:
        starts, ends = (timezone.localtime(moment, wave.market.zone) for moment in (wave.starts_at, wave.ends_at))
        return f"{formats.date_format(starts, 'D Y-m-d H:i')}–{ends:%H:%M}"

    @admin.display(description=_("places taken"))
    def places(self, wave: Wave) -> str:
        return f"{wave.taken}/{wave.all_places}" if wave.is_limited else "–"

    @admin.display(description=_("hand-overs"))
    def hand_overs(self, wave: Wave) -> int:
        return wave.orders
