"""Which mixin goes in front of which Oscar class; other add-ons join with :func:`register`."""

from dataclasses import dataclass, field

HERE = "oscar_marketplace.overlay"

#: Oscar module label -> class name -> dotted paths of the mixins, the first one outermost.
Mixins = dict[str, dict[str, tuple[str, ...]]]


@dataclass
class Registry:
    """Dotted strings only: the loader runs while models are still loading, so nothing may be imported early."""

    mixins: Mixins = field(default_factory=dict)

    def add(self, module_label: str, class_name: str, mixin: str, *, outermost: bool = False) -> None:
        """Put ``mixin`` in front of a class: behind ours already there, or in front of all with ``outermost``."""
        known = self.mixins.setdefault(module_label, {}).get(class_name, ())
        if mixin in known:
            return
        self.mixins[module_label][class_name] = (mixin, *known) if outermost else (*known, mixin)

    def of(self, module_label: str, class_name: str) -> tuple[str, ...]:
        return self.mixins.get(module_label, {}).get(class_name, ())


registry = Registry()


def register(module_label: str, class_name: str, mixin: str, *, outermost: bool = False) -> None:
    """Let another add-on join the overlay.

    Call it at import time of a module that is imported before Oscar's apps load, e.g. the add-on's ``apps.py`` module;
    classes bind when they are first asked for and a later call changes nothing that was composed before.
    """
    registry.add(module_label, class_name, mixin, outermost=outermost)


#: Oscar's checkout pages; each leaves a basket with a stall's goods to ours.
CHECKOUT_VIEWS = (
    "IndexView",
    "ShippingAddressView",
    "UserAddressUpdateView",
    "UserAddressDeleteView",
    "ShippingMethodView",
    "PaymentMethodView",
)

#: Oscar module label -> Oscar class -> our mixin. The list is as short as what a market cannot live with.
OURS = {
    "partner.strategy": {"Selector": "partner_strategy.SelectorMixin"},
    "order.utils": {
        "OrderCreator": "order_utils.OrderCreatorMixin",
        "OrderNumberGenerator": "order_utils.OrderNumberGeneratorMixin",
    },
    "order.processing": {"EventHandler": "order_processing.EventHandlerMixin"},
    "offer.applicator": {"Applicator": "offer_applicator.ApplicatorMixin"},
    "basket.utils": {"LineDiscountRegistry": "basket_utils.LineDiscountRegistryMixin"},
    "basket.forms": {
        "AddToBasketForm": "basket_forms.AddToBasketFormMixin",
        "SimpleAddToBasketForm": "basket_forms.AddToBasketFormMixin",
        "BasketLineForm": "basket_forms.BasketLineFormMixin",
        "SavedLineForm": "basket_forms.SavedLineFormMixin",
    },
    "basket.views": {
        "BasketView": "basket_views.BasketViewMixin",
        "BasketAddView": "basket_views.BasketAddViewMixin",
    },
    "shipping.repository": {"Repository": "shipping_repository.RepositoryMixin"},
    "checkout.applicator": {"SurchargeApplicator": "checkout_applicator.SurchargeApplicatorMixin"},
    "checkout.calculators": {"OrderTotalCalculator": "checkout_calculators.OrderTotalCalculatorMixin"},
    "checkout.session": {"CheckoutSessionMixin": "checkout_session.CheckoutSessionMixin"},
    "checkout.mixins": {"OrderPlacementMixin": "checkout_mixins.OrderPlacementMixin"},
    "checkout.views": {
        **dict.fromkeys(CHECKOUT_VIEWS, "checkout_views.CheckoutViewMixin"),
        "PaymentDetailsView": "checkout_views.PaymentDetailsViewMixin",
        "ThankYouView": "checkout_views.ThankYouViewMixin",
    },
    "catalogue.views": {"ProductDetailView": "catalogue_views.ProductDetailViewMixin"},
    "search.views.base": {"BaseSearchView": "search_views.BaseSearchViewMixin"},
    "customer.views": {
        "OrderDetailView": "customer_views.OrderDetailViewMixin",
        "OrderLineView": "customer_views.OrderLineViewMixin",
        "AnonymousOrderDetailView": "customer_views.AnonymousOrderDetailViewMixin",
        "ProfileDeleteView": "customer_views.ProfileDeleteViewMixin",
    },
    "dashboard.catalogue.forms": {
        "StockRecordForm": "dashboard_catalogue_forms.StockRecordFormMixin",
        "SetProductPriceForm": "dashboard_catalogue_forms.SetProductPriceFormMixin",
    },
    "dashboard.catalogue.formsets": {"StockRecordFormSet": "dashboard_catalogue_forms.StockRecordFormSetMixin"},
    "dashboard.catalogue.views": {"ProductDeleteView": "dashboard_catalogue_views.ProductDeleteViewMixin"},
    "dashboard.orders.views": {
        "OrderListView": "dashboard_orders_views.OrderListViewMixin",
        "OrderDetailView": "dashboard_orders_views.OrderDetailViewMixin",
    },
    "dashboard.partners.views": {
        "PartnerDeleteView": "dashboard_partners_views.PartnerDeleteViewMixin",
        "PartnerUserCreateView": "dashboard_partners_views.PartnerUserMixin",
        "PartnerUserLinkView": "dashboard_partners_views.PartnerUserMixin",
    },
}

for _label, _classes in OURS.items():
    for _name, _mixin in _classes.items():
        registry.add(_label, _name, f"{HERE}.{_mixin}")
