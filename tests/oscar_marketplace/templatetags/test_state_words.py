"""No state is ever shown as a bare code."""

import pytest
from django.template import Context, Template
from django.utils import translation

from oscar_marketplace.orders.states import ChargeState, HandOverState, StallOrderState
from oscar_marketplace.state_words import CHARGE, HAND_OVER, KINDS, STALL_ORDER, state_word

TONES = {"info", "go", "wait", "bad", "off"}


@pytest.mark.parametrize(
    ("states", "words"), [(StallOrderState, STALL_ORDER), (HandOverState, HAND_OVER), (ChargeState, CHARGE)]
)
def test_every_state_has_a_word_and_no_word_is_left_over(states, words):
    assert set(words) == set(states.values)


@pytest.mark.parametrize("kind", KINDS)
def test_every_tone_is_one_the_stylesheet_draws(kind):
    assert {found.tone for found in KINDS[kind].values()} <= TONES


@pytest.mark.parametrize("kind", KINDS)
def test_two_states_of_a_kind_never_read_alike(kind):
    with translation.override("en"):
        words = [str(found.word) for found in KINDS[kind].values()]

    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("kind", "state", "tone"),
    [
        ("stall_order", "ready", "go"),
        ("stall_order", "unanswered", "wait"),
        ("stall_order", "rejected", "bad"),
        ("stall_order", "expired", "off"),
        ("hand_over", "waiting", "go"),
        ("hand_over", "not_collected", "wait"),
        ("hand_over", "under_way", "info"),
        ("charge", "captured", "go"),
    ],
)
def test_tone(kind, state, tone):
    assert state_word(state, kind=kind).tone == tone


def test_a_state_without_a_word_is_an_error():
    with pytest.raises(LookupError, match="melted"):
        state_word("melted", kind="stall_order")


def test_chip_finds_tone_and_word_itself():
    template = Template('{% load mercado %}{% chip state kind="stall_order" %}')

    chip = template.render(Context({"state": StallOrderState.HANDED_OVER}))

    assert chip.strip() == '<span class="mk-chip" data-tone="info">Left the stall</span>'
