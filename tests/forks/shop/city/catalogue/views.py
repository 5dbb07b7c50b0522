from oscar.apps.catalogue import views

from city.trace import seen


class ProductDetailView(views.ProductDetailView):
    def get_context_data(self, **kwargs):
        seen(f"catalogue: page of {self.object.title}")
        return super().get_context_data(**kwargs)
