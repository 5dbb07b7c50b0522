"""A body's migration says nothing about the blocks, so that a block may change without one."""

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from wagtail import blocks
from wagtail.fields import StreamField

from wagtail_mercado.blocks import MarketStreamBlock
from wagtail_mercado.fields import BlocksField
from wagtail_mercado.pages_app.models import MarketPage


class Shorter(MarketStreamBlock):
    """As a city changes it: a block more, another help text."""

    heading = blocks.CharBlock(help_text="Short")
    poem = blocks.TextBlock()


def described(field) -> tuple:
    """What a migration would hold of it, its name aside."""
    return field.deconstruct()[1:]


def test_the_migration_holds_no_blocks():
    _name, path, args, kwargs = MarketPage._meta.get_field("body").deconstruct()

    assert path == "wagtail.fields.StreamField"
    assert list(args) == [[]]
    assert kwargs == {
        "blank": True,
        "verbose_name": MarketPage._meta.get_field("body").verbose_name,
        "block_lookup": {},
    }


def test_other_blocks_need_no_migration():
    now, later = (BlocksField(block(), blank=True) for block in (MarketStreamBlock, Shorter))

    assert described(now) == described(later)
    assert changes(now, later) == {}


def test_a_plain_stream_field_would_need_one():
    now, later = (StreamField(block(), blank=True) for block in (MarketStreamBlock, Shorter))

    assert list(changes(now, later)) == ["city"]


def test_what_the_column_is_still_counts():
    now, later = BlocksField(MarketStreamBlock(), blank=True), BlocksField(MarketStreamBlock(), null=True, blank=True)

    assert list(changes(now, later)) == ["city"]


def changes(now, later) -> dict:
    before, after = ProjectState(), ProjectState()
    before.add_model(ModelState("city", "Article", [("body", now)]))
    after.add_model(ModelState("city", "Article", [("body", later)]))
    return MigrationAutodetector(before, after)._detect_changes()


def test_a_body_that_is_read_back_is_the_blocks_of_today():
    field = BlocksField(MarketStreamBlock())

    body = field.to_python('[{"type": "heading", "value": "Hours", "id": "1"}]')

    assert [(block.block_type, block.value) for block in body] == [("heading", "Hours")]


def test_a_block_the_city_no_longer_has_is_left_out():
    body = BlocksField(MarketStreamBlock()).to_python('[{"type": "retired", "value": "x", "id": "1"}]')

    assert len(body) == 0
