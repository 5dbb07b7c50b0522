"""The provider of the guide is run as it is printed, through the contract of every provider."""

import re
import sys
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "write-a-payment-provider.md"


def printed(name: str) -> ModuleType:
    """The file of that name in the guide, as a module."""
    code = re.search(rf"`{name}\.py`:\n\n```python\n(.+?)```", PAGE.read_text(), re.DOTALL)[1]
    module = sys.modules[name] = ModuleType(name)
    exec(compile(code, f"{PAGE.name}: {name}.py", "exec"), vars(module))
    return module


mobile_money = printed("mobile_money")
TestMobileMoney = printed("test_mobile_money").TestMobileMoney


def test_missing_options_are_named():
    provider = mobile_money.MobileMoney("mobile", {})

    assert [mistake.split()[0] for mistake in provider.check()] == ["HOST", "TOKEN"]
