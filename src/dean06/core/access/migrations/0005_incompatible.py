"""The pairs of roles that exclude each other stand in incompatible.toml and in a trigger, no longer in a rule."""

from django.db import migrations

CODE = "access.incompatible_roles"


def forget(apps, schema_editor):
    apps.get_model("rules", "Rule").objects.filter(code=CODE).delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0004_grants")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
