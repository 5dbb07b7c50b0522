"""The vendor's pages."""

app_name = "stall"
urlpatterns = []
