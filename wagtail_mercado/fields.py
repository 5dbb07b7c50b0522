"""A body of blocks whose migration does not depend on the blocks there are today."""

from typing import Any

from wagtail.fields import StreamField


class BlocksField(StreamField):
    """A StreamField that tells migrations no blocks.

    Wagtail writes every block into the migration; a city that builds its pages on our mixins would then owe a new
    migration each time we give a block another help text. The column is JSON whatever the blocks are.
    """

    def deconstruct(self) -> tuple[str, str, list, dict[str, Any]]:
        name, _path, _args, kwargs = super().deconstruct()
        plain = StreamField([], **{key: value for key, value in kwargs.items() if key != "block_lookup"})
        _name, path, args, kwargs = plain.deconstruct()
        return name, path, args, kwargs
