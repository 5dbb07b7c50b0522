from oscar.apps.order import utils

from city.trace import seen


class OrderCreator(utils.OrderCreator):
    def place_order(self, *args, **kwargs):
        seen("order: place_order")
        return super().place_order(*args, **kwargs)

    def create_additional_line_models(self, order, order_line, basket_line):
        seen(f"order: line of {order_line.title}")
        super().create_additional_line_models(order, order_line, basket_line)
