"""Who may sign in at the simulated VNeID: made-up citizens. Needs nothing of the extra `demo`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

CITIZENS_FILE = "vneid-simulator.json"


@dataclass(frozen=True, slots=True)
class Citizen:
    """A made-up person. `family` is the họ, `rest` what follows it."""

    number: str
    family: str
    rest: str
    born: date
    level: int = 2

    def claims(self) -> dict[str, object]:
        """As VNeID writes them: the parts of the name swapped, the day without separators, the level."""
        return {
            "preferred_username": self.number,
            "given_name": self.family,
            "family_name": self.rest,
            "birthdate": f"{self.born:%Y%m%d}",
            "acr": str(self.level),
            "IAL": str(self.level),
            "LoaiTaiKhoan": "1",
            "email_verified": False,
        }

    @property
    def subject(self) -> str:
        """Under which the provider knows him: the text on his button."""
        return f"{self.family} {self.rest} (mức {self.level})"


def made_up() -> list[Citizen]:
    """Two citizens whose numbers no province gives (they start with 999)."""
    prefix = "999" + "0" * 8
    return [
        Citizen(prefix + "1", "Nguyễn", "Thị Mô Phỏng", date(1990, 1, 31)),
        Citizen(prefix + "2", "Trần", "Văn Thử Nghiệm", date(1985, 12, 5), level=1),
    ]


def citizens(data_dir: Path) -> list[Citizen]:
    """Those of DATA_DIR/vneid-simulator.json (a list of number, family, rest, born, level), else made up."""
    path = data_dir / CITIZENS_FILE
    if not path.exists():
        return made_up()
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [
        Citizen(
            row["number"], row["family"], row["rest"], date.fromisoformat(row["born"]), row.get("level", 2)
        )
        for row in rows
    ]
