"""Adds one step to the build, compiled translations. All else is in setup.cfg."""

import runpy
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

COMPILE_MESSAGES = Path(__file__).resolve().parent / "scripts" / "compile_messages.py"


class BuildWithMessages(build_py):
    def run(self) -> None:
        runpy.run_path(str(COMPILE_MESSAGES))["main"]()
        # The list of package data may have been made before the .mo files were.
        self.__dict__.pop("data_files", None)
        super().run()


setup(cmdclass={"build_py": BuildWithMessages})
