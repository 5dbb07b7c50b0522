"""The vendor's pages. Every address but the first names a stall, and every page asks ``stalls.permissions`` for it."""

from django.urls import path

from oscar_marketplace.stall_area.views import acts, home, listings, money, order, payout, today

app_name = "stall"
urlpatterns = [
    path("", home.HomePage.as_view(), name="home"),
    path("<slug:slug>/", today.TodayPage.as_view(), name="today"),
    path("<slug:slug>/orders/<int:pk>/", order.OrderPage.as_view(), name="order"),
    path("<slug:slug>/orders/<int:pk>/answer/", acts.AnswerOrder.as_view(), name="answer"),
    path("<slug:slug>/orders/<int:pk>/reject/", acts.RejectOrder.as_view(), name="reject"),
    path("<slug:slug>/orders/<int:pk>/pack/", acts.PackOrder.as_view(), name="pack"),
    path("<slug:slug>/orders/<int:pk>/deliver/", acts.DeliverOrder.as_view(), name="deliver"),
    path("<slug:slug>/orders/<int:pk>/to-desk/", acts.TakeToDesk.as_view(), name="to-desk"),
    path("<slug:slug>/orders/<int:pk>/undo/", acts.UndoAct.as_view(), name="undo"),
    path("<slug:slug>/listings/", listings.ListingsPage.as_view(), name="listings"),
    path("<slug:slug>/listings/<int:pk>/", listings.ListingPage.as_view(), name="listing"),
    path("<slug:slug>/money/", money.MoneyPage.as_view(), name="money"),
    path("<slug:slug>/money/csv/", money.MoneyCsv.as_view(), name="money-csv"),
    path("<slug:slug>/money/payouts/", payout.PayoutsPage.as_view(), name="payouts"),
    path("<slug:slug>/money/payouts/<int:pk>/", payout.PayoutPage.as_view(), name="payout"),
]
