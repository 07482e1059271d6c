"""The program's own settings and the benches' app."""

from dean06.config.settings import *  # noqa: F403
from dean06.config.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.bench.app"]
ROOT_URLCONF = "tests.bench.app.urls"
