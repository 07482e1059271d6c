"""One account for each role of the demo province, with a password of this installation's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from dean06.core import clock
from dean06.core.access.models import Grant, Role, User
from dean06.core.rules.models import Rule
from dean06.core.units.models import Kind, Unit


@dataclass(frozen=True, slots=True)
class Login:
    username: str
    password: str
    role: str
    unit: str


def password() -> str:
    """The demo password: different on every installation, the same each time it is asked for."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"dean06 demo accounts", hashlib.sha256).digest()
    return "demo-" + base64.b32encode(digest)[:12].decode().lower()


def make_accounts(province: Unit, points: Sequence[Unit], district: Unit, commune: Unit) -> list[User]:
    """Create the accounts and their grants."""
    desk = next(
        point for point in points if point.kind == Kind.ONE_STOP_DESK and point.key.endswith(commune.key)
    )
    rows: tuple[tuple[str, str, Role, Unit, bool, list[str]], ...] = (
        ("lanhdao", "Lãnh đạo UBND tỉnh", Role.PROVINCE_LEADER, province, False, []),
        ("theodoi", "Cán bộ theo dõi, Công an tỉnh", Role.PROVINCE_SUPERVISOR, province, False, []),
        ("chutri", "Cán bộ chủ trì P0", Role.PILOT_LEAD, province, True, ["P0"]),
        ("thutruong", "Thủ trưởng cấp huyện", Role.UNIT_HEAD, district, True, []),
        ("canbo", "Cán bộ cấp xã", Role.UNIT_OFFICER, commune, True, []),
        ("motcua", "Cán bộ một cửa", Role.DESK_OFFICER, desk, False, []),
        ("kiemtra", "Kiểm tra viên", Role.AUDITOR, province, False, []),
        ("quantri", "Quản trị hệ thống", Role.SYSTEM_ADMINISTRATOR, province, False, []),
    )
    secret = password()
    users = []
    for username, full_name, role, unit, personal, pilots in rows:
        user = User.objects.create_user(
            username=username, full_name=f"{full_name} (mô phỏng)", password=secret
        )
        Grant.objects.create(
            user=user,
            role=role,
            unit=unit,
            personal_data=personal,
            pilots=pilots,
            confirmed_at=clock.now(),
        )
        users.append(user)
    Rule.objects.filter(code="access.mfa_roles").update(
        value=[], citation="Bản trình diễn: không bắt buộc xác thực hai lớp, để ai cũng vào xem được"
    )
    return users


def logins() -> list[Login]:
    """The demo accounts with their roles; call inside a wide scope."""
    secret = password()
    grants = Grant.objects.filter(user__full_name__endswith="(mô phỏng)").select_related("user", "unit")
    return [
        Login(grant.user.username, secret, str(Role(grant.role).label), grant.unit.name)
        for grant in grants.order_by("user_id")
    ]
