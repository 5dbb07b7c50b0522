"""Options drawn as cards: a title, a small line under it, an icon, and "full" said in words instead of hidden."""

from dataclasses import dataclass

from django import forms


@dataclass(frozen=True)
class Pick:
    """Label of one choice; in any other widget it reads as its title.

    ``note`` is the small line ("Full", "4 left"); ``icon`` a symbol of ``ui.svg``; ``is_full`` shows the option but
    does not let it be chosen.
    """

    title: str
    note: str = ""
    icon: str = ""
    is_full: bool = False

    def __str__(self) -> str:
        return str(self.title)


class _DisablesFullOptions:
    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex=subindex, attrs=attrs)
        if getattr(label, "is_full", False):
            option["attrs"]["disabled"] = True
        return option


class PickOne(_DisablesFullOptions, forms.RadioSelect):
    """Radio buttons for choices labelled with :class:`Pick`; ``components/picks.html`` draws them.

    The browser does not send a disabled option; the form still has to refuse it.
    """


class PickMany(_DisablesFullOptions, forms.CheckboxSelectMultiple):
    """The same for several at once."""
