"""Oscar's lists of products: the prices of a page are read together, not one product after another."""


class BaseSearchViewMixin:
    def get_context_data(self, *args, **kwargs):
        context = super().get_context_data(*args, **kwargs)
        found = [getattr(result, "object", result) for result in context["page_obj"]]
        self.request.strategy.look_ahead([product for product in found if product is not None])
        return context
