"""Every officer signs in with two factors (ASVS 5.0 6.3.3), not administrators alone; a demo switches it off."""

from django.db import migrations

ROLES = [
    "province_leader",
    "province_supervisor",
    "pilot_lead",
    "unit_head",
    "unit_officer",
    "desk_officer",
    "auditor",
    "system_administrator",
]
CITATION = (
    "Quản trị: yêu cầu kiểm soát truy cập theo cấp độ an toàn hệ thống thông tin (NĐ 85/2016; TCVN 11930:2017);"
    " mọi cán bộ: OWASP ASVS 5.0.0, 6.3.3"
)


def widen(apps, schema_editor):
    """Only where the rule stands as it was shipped: an installation's own decision stays."""
    apps.get_model("rules", "Rule").objects.filter(
        code="access.mfa_roles", valid_from=None, value=["system_administrator"]
    ).update(value=ROLES, citation=CITATION)


class Migration(migrations.Migration):
    dependencies = [("access", "0006_hashed_codes"), ("rules", "0001_rules")]
    operations = [migrations.RunPython(widen, migrations.RunPython.noop)]
