"""The package alone: no web framework, no database, no card library comes with its import."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys, vnid
for module in pkgutil.walk_packages(vnid.__path__, "vnid."):
    importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_importing_all_of_it_brings_nothing_of_the_web() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    brought = set(done.stdout.split())
    assert {"vnid", "cryptography"} <= brought
    assert not brought & {"django", "dean06", "psycopg", "requests", "smartcard", "typer", "typst", "docx"}
