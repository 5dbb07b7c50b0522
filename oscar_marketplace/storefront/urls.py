"""The shopper's pages."""

app_name = "market"
urlpatterns = []
