from oscar.apps.basket import forms

from city.trace import seen


class AddToBasketForm(forms.AddToBasketForm):
    def clean(self):
        seen(f"basket: form for {self.product.title}")
        return super().clean()
