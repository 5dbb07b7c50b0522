"""``manage.py marketplace_overlay``: which classes the shop runs, ours in front of the city's in front of Oscar's."""

from django.core.management.base import BaseCommand, CommandError
from oscar.core.loading import get_class, get_model

from oscar_marketplace.overlay import points
from oscar_marketplace.overlay.order_utils import lines_can_be_bulk_written, overridden_hooks


class Command(BaseCommand):
    help = (
        "Prints, for each class of Oscar that the marketplace stands in front of, the final order of classes and who "
        "overrides what. Exits with 1 if a class of ours is hidden."
    )
    # It is there to look at a set-up that may be wrong; the checks would stop it before it says anything.
    requires_system_checks = []

    def handle(self, *args, **options) -> None:
        known = points.points()
        for point in known:
            self._print_point(point)
        self._print_line_writing()
        for hidden in points.hidden_by_imports(known):
            self.stderr.write(f"{hidden.where} imports {_name(hidden.used)} past Oscar's loader.")
        hidden = [*points.hidden_by_loading(known), *points.hidden_by_urls(known)]
        for each in hidden:
            self.stderr.write(f"HIDDEN: {_name(each.used)}, used by {each.where}, lacks {each.mixins}.")
        if hidden:
            raise CommandError(
                "A class of the marketplace is hidden: `manage.py check` says what to write where.", returncode=1
            )

    def _print_point(self, point: points.Point) -> None:
        self.stdout.write(point.label)
        for cls in point.order:
            self.stdout.write(f"    {point.whose(cls):<6}{_name(cls)}")
        for name, owners in point.overridden.items():
            self.stdout.write(f"        {name}: {', '.join(owners)}")

    def _print_line_writing(self) -> None:
        creator = get_class("order.utils", "OrderCreator")
        self.stdout.write("")
        if hooks := overridden_hooks(creator):
            self.stdout.write(f"Order lines are written one by one: the city overrides {', '.join(hooks)}.")
        elif not lines_can_be_bulk_written(creator, get_model("order", "Line")):
            self.stdout.write("Order lines are written one by one: order.Line has its own save(), or receivers of it.")
        else:
            self.stdout.write("Order lines are written in bulk: the city overrides no per-line hook of OrderCreator.")


def _name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"
