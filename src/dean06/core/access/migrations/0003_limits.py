"""The limits of sign-in as dated rules with their sources."""

from django.db import migrations

_LEVEL = "Yêu cầu kiểm soát truy cập theo cấp độ an toàn hệ thống thông tin (NĐ 85/2016; TCVN 11930:2017)"
_OWN = "Cấu hình của hệ thống, chờ cơ quan chủ trì quyết định"
RULES = {
    "access.failures": (5, f"{_LEVEL}: sai không quá 5 lần"),
    "access.lock_minutes": (15, _OWN),
    "access.address_failures": (50, _OWN),
    "access.address_minutes": (10, _OWN),
    "access.idle_minutes": (15, f"{_LEVEL}: khoá phiên sau tối đa 15 phút"),
    "access.admin_idle_minutes": (5, f"{_LEVEL}: quản trị tối đa 5 phút"),
    "access.absolute_hours": (8, _OWN),
    "access.dormant_days": (45, f"{_LEVEL}: vô hiệu tài khoản không dùng 45 ngày"),
    "access.password_length": (14, f"{_LEVEL}: từ 14 ký tự khi không có xác thực hai lớp"),
    "access.password_length_mfa": (8, f"{_LEVEL}: từ 8 ký tự khi có xác thực hai lớp"),
    "access.admin_password_days": (60, f"{_LEVEL}: quản trị đổi mật khẩu 2 tháng một lần"),
    "access.reconfirm_minutes": (5, _OWN),
    "access.mfa_roles": (["system_administrator"], f"{_LEVEL}: quản trị phải xác thực hai lớp"),
    "access.citizen_level": (2, "NĐ 69/2024 Đ7: tài khoản định danh mức 02; trước ngày có hiệu lực áp dụng như cấu hình"),
}


def load(apps, schema_editor):
    rule = apps.get_model("rules", "Rule")
    for code, (value, citation) in RULES.items():
        rule.objects.get_or_create(code=code, valid_from=None, defaults={"value": value, "citation": citation})


class Migration(migrations.Migration):
    dependencies = [("access", "0002_sign_in"), ("rules", "0001_rules")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
