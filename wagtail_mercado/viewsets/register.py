"""What the lists and forms of markets, stalls and orders have in common."""

from functools import cached_property

from django.contrib.auth.models import Permission
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from wagtail_mercado.back_office import found_by


class MinorColumn(Column):
    """A fact that a narrow window does without; it is on the row's own page."""

    def __init__(self, name, **kwargs):
        super().__init__(name, classname="mercado-minor", **kwargs)

    class Media:
        css = {"all": ["wagtail_mercado/staff.css"]}


class RegisterList(IndexView):
    """A list searched by words in any language; a user who may only look has no links to change things."""

    any_permission_required = ["add", "change", "view"]

    def search_queryset(self, queryset):
        return found_by(queryset, self.search_query, self.search_fields)

    def order_queryset(self, queryset):
        # With the key at the end, no row is on two pages where names are alike.
        queryset = super().order_queryset(queryset)
        return queryset.order_by(*queryset.query.order_by, "pk")


class RegisterViewSet(ModelViewSet):
    """Models of the shop, which stays the shop's: nothing is deleted or copied here.

    Not in Wagtail's reference index: it would add statements to each order placed.
    """

    add_to_reference_index = False
    copy_view_enabled = False
    list_per_page = 25
    #: Names of the views that there are; others have no address.
    views: set[str]
    #: Permissions that Wagtail's page of a group offers.
    permissions: tuple[str, ...]

    def get_common_view_kwargs(self, **kwargs):
        gone = {"add", "edit", "delete", "history", "usage"} - self.views
        return super().get_common_view_kwargs(**{f"{name}_url_name": None for name in gone}, **kwargs)

    def get_urlpatterns(self):
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in self.views]

    def get_permissions_to_register(self):
        return Permission.objects.filter(
            content_type__app_label=self.app_label, codename__in=self.permissions
        ).select_related("content_type")

    @cached_property
    def name(self) -> str:
        return f"mercado_{self.model_name}"

    @cached_property
    def url_prefix(self) -> str:
        return f"mercado/{self.model_name}"
