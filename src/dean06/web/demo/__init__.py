"""The demo province: synthetic, deterministic, labelled as such on every page.

Units, registrations and plan are the real ones of `plans/`; desks, posts, people, records, photos and
stated figures are made up from a seed. The business clock is set back to December 2023.
"""

from dean06.web.demo.accounts import Login, logins
from dean06.web.demo.fill import SCALES, Report, Scale, fill, is_filled

__all__ = ["SCALES", "Login", "Report", "Scale", "fill", "is_filled", "logins"]
