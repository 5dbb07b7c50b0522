from django.db import models
from oscar.apps.basket.abstract_models import AbstractBasket


class Basket(AbstractBasket):
    city_kiosk = models.CharField(max_length=80, blank=True, default="")


from oscar.apps.basket.models import *  # noqa: E402, F403
