from django.db import models
from oscar.apps.catalogue.abstract_models import AbstractProduct


class Product(AbstractProduct):
    city_code = models.CharField(max_length=80, blank=True, default="")


from oscar.apps.catalogue.models import *  # noqa: E402, F403
