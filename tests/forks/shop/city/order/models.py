from django.db import models
from oscar.apps.order.abstract_models import AbstractOrder


class Order(AbstractOrder):
    city_note = models.CharField(max_length=80, blank=True, default="")


from oscar.apps.order.models import *  # noqa: E402, F403
