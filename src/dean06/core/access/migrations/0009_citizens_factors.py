"""A citizen comes in by VNeID alone: factors that citizens had set up go, and the sessions of those."""

from django.db import migrations


def drop(apps, schema_editor):
    factors = apps.get_model("mfa", "Authenticator").objects.exclude(user__subject_key=None)
    held = list(factors.values_list("user_id", flat=True))
    apps.get_model("access", "Session").objects.filter(user_id__in=held).delete()
    factors.delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0008_identity"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]
