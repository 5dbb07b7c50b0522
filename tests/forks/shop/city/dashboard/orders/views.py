from oscar.apps.dashboard.orders import views

from city.trace import seen


class OrderDetailView(views.OrderDetailView):
    def get_context_data(self, **kwargs):
        seen("dashboard: page of an order")
        return super().get_context_data(**kwargs)
