"""Multi-vendor markets on django-oscar: stalls, orders split by stall, local payments, hand-over.

Reading order: ``markets`` and ``stalls`` (where and who), ``listings`` (what is sold), ``overlay`` (how Oscar is
hooked), ``orders/place.py`` (one basket becomes one order and its stall orders), ``payments``, ``orders/advance.py``
(each stall answers its part), ``notifications`` (who is told).
"""

__version__ = "0.1.0.dev0"
