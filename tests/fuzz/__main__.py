"""`python -m tests.fuzz TARGET [FOLDER] [-max_total_time=3600 …]`: libFuzzer over one parser of `vnid`.

FOLDER keeps what was found worth trying, for the next run; further options are libFuzzer's. An input that
ends in anything but a VnidError, or takes too long or too much memory, stops the run and is written beside.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["vnid", "tests.fuzz"], enable_loader_override=False):
    from tests.fuzz.targets import targets
    from vnid.errors import VnidError

LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=65536", "-print_final_stats=0")


def main(name: str, *options: str) -> None:
    """Fuzz one target; ends the process."""
    target = targets()[name]

    def one(data: bytes) -> None:
        try:
            target.parse(data)
        except VnidError as refused:
            if not refused.text("vi"):
                raise AssertionError("a refusal without a sentence") from refused

    with tempfile.TemporaryDirectory() as folder:
        for number, example in enumerate(target.examples):
            Path(folder, str(number)).write_bytes(example)
        kept = [option for option in options if not option.startswith("-")]
        given = [option for option in options if option.startswith("-")]
        atheris.Setup([sys.argv[0], *LIMITS, *given, *(kept or [folder]), *([folder] if kept else [])], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
