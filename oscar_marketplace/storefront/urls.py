"""The shopper's pages. Mounted before Oscar's, whose paths they do not take."""

from django.db.transaction import non_atomic_requests
from django.urls import path

from oscar_marketplace.conf import settings
from oscar_marketplace.storefront import (
    basket,
    checkout,
    dummy_bank,
    fees,
    listing,
    markets,
    order,
    pay,
    provider_notices,
    stall,
    style_page,
)

app_name = "market"
urlpatterns = [
    # Pages that only read hold no transaction open: on SQLite one would make every reader wait its turn to write.
    path(settings.HOME_PATH, non_atomic_requests(markets.HomeView.as_view()), name="home"),
    path("markets/<slug:slug>/", non_atomic_requests(markets.MarketView.as_view()), name="market"),
    path("stalls/<slug:slug>/", non_atomic_requests(stall.StallView.as_view()), name="stall"),
    path("goods/<int:pk>/", non_atomic_requests(listing.ProductView.as_view()), name="product"),
    path("listings/<int:pk>/", listing.ListingView.as_view(), name="listing"),
    path("fees/", non_atomic_requests(fees.FeesView.as_view()), name="fees"),
    path("my-basket/", basket.BasketView.as_view(), name="basket"),
    path("my-basket/add/", basket.AddView.as_view(), name="basket-add"),
    path("my-basket/line/", basket.LineView.as_view(), name="basket-line"),
    path("my-basket/voucher/", basket.VoucherView.as_view(), name="basket-voucher"),
    path("my-basket/voucher/<int:pk>/remove/", basket.VoucherRemoveView.as_view(), name="basket-voucher-remove"),
    path("my-checkout/", checkout.WhereView.as_view(), name="checkout"),
    # The verbs behind these commit on their own: the order stays when paying fails.
    path("my-checkout/pay/", non_atomic_requests(pay.PayView.as_view()), name="pay"),
    path("my-order/<str:token>/", non_atomic_requests(order.OrderView.as_view()), name="order"),
    path("my-order/<str:token>/pay/", non_atomic_requests(order.OrderPayView.as_view()), name="order-pay"),
    path("my-order/<str:token>/decide/", order.OrderDecideView.as_view(), name="order-decide"),
    path("my-order/<str:token>/cancel/", order.OrderCancelView.as_view(), name="order-cancel"),
    path("my-order/<str:token>/again/", order.OrderAgainView.as_view(), name="order-again"),
    path("my-order/<str:token>/code/<int:pk>.svg", order.OrderCodeView.as_view(), name="order-code"),
    # What providers tell us; the last part names one of several addresses of a provider.
    path(
        "payments/<slug:provider>/notify/",
        non_atomic_requests(provider_notices.ProviderNoticeView.as_view()),
        name="provider-notice",
    ),
    path(
        "payments/<slug:provider>/notify/<slug:endpoint>/",
        non_atomic_requests(provider_notices.ProviderNoticeView.as_view()),
        name="provider-notice-to",
    ),
    path("make-believe-bank/<str:reference>/", dummy_bank.DummyBankView.as_view(), name="dummy-pay"),
    path("style/", style_page.StyleView.as_view(), name="style"),
]
