from oscar.apps.basket import views

from city.trace import seen


class BasketAddView(views.BasketAddView):
    def form_valid(self, form):
        seen(f"basket: add {form.product.title}")
        return super().form_valid(form)
