"""Bank data at rest: sealed with the first key of ``ENCRYPTION_KEYS``, opened with any of them (Fernet).

A database that is copied, or read by a tool, holds nothing to pay with. To change the key write a new one in front, run
``marketplace_rotate_keys``, and take the old one away.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.conf import settings
from oscar_marketplace.exceptions import MarketplaceError


class NoKeys(MarketplaceError):
    """Nothing can be sealed or opened."""

    code = "no_encryption_keys"
    message = _("Bank accounts cannot be kept: OSCAR_MARKETPLACE_ENCRYPTION_KEYS is empty or holds what is no key.")


class WrongKey(MarketplaceError):
    """What was sealed was sealed with a key that is not in the list."""

    code = "wrong_encryption_key"
    message = _(
        "Bank data was sealed with another key. Put the old key back at the end of OSCAR_MARKETPLACE_ENCRYPTION_KEYS."
    )


def seal(text: str) -> str:
    """The text made unreadable; twice the same text gives two different results.

    Raises:
        NoKeys
    """
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Inverse of :func:`seal`.

    Raises:
        NoKeys, WrongKey
    """
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise WrongKey() from None


def seal_again(sealed: str) -> str:
    """The same text, sealed with the first key.

    Raises:
        NoKeys, WrongKey
    """
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise WrongKey() from None


def mistakes_in_keys() -> list[str]:
    """What is wrong with the setting; never the keys themselves. An empty list of keys is no mistake here."""
    keys = settings.ENCRYPTION_KEYS
    if not isinstance(keys, list | tuple):
        return ["it is not a list"]
    return [f"key {n} is not 32 bytes in URL-safe base64" for n, key in enumerate(keys, start=1) if not _is_key(key)]


def _is_key(key) -> bool:
    try:
        Fernet(key)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _keys() -> MultiFernet:
    if not settings.ENCRYPTION_KEYS or mistakes_in_keys():
        raise NoKeys()
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
