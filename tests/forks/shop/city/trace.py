"""Notes that a class of the city's did its work, where the test can read it."""

from django.conf import settings


def seen(what: str) -> None:
    with open(settings.BASE_DIR / "trace.log", "a") as log:
        log.write(f"{what}\n")
