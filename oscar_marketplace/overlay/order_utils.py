"""placeholder"""


class OrderCreatorMixin:
    pass


class OrderNumberGeneratorMixin:
    pass
