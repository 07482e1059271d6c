"""When a grant was last confirmed, invitations, and the rules of both."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import dean06.core.clock

_OWN = "Cấu hình của hệ thống, chờ cơ quan chủ trì quyết định"
_DUTIES = (
    "Tách nhiệm vụ: TCVN 11930:2017 (quản lý truy cập, quản trị tách khỏi vận hành và giám sát); bản thứ cấp, "
    "chưa đối chiếu bản công báo"
)
_ADMIN, _AUDITOR = "system_administrator", "auditor"
_WRITE = ["province_supervisor", "pilot_lead", "unit_head", "unit_officer", "desk_officer"]
RULES = {
    "access.incompatible_roles": (
        [[_ADMIN, _AUDITOR], *([one, other] for one in (_ADMIN, _AUDITOR) for other in _WRITE)],
        _DUTIES,
    ),
    "access.review_months": (12, f"Rà soát quyền truy cập hằng năm; {_OWN}"),
    "access.invitation_days": (7, _OWN),
}


def load(apps, schema_editor):
    rule = apps.get_model("rules", "Rule")
    for code, (value, citation) in RULES.items():
        rule.objects.get_or_create(code=code, valid_from=None, defaults={"value": value, "citation": citation})


class Migration(migrations.Migration):
    dependencies = [("access", "0003_limits"), ("rules", "0001_rules")]
    operations = [
        migrations.AddField("grant", "confirmed_at", models.DateTimeField(default=dean06.core.clock.machine_now)),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("token_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "access_invitation"},
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
