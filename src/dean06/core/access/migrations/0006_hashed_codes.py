"""Recovery codes that followed from a kept seed no longer open: new ones are kept as hashes only."""

from django.db import migrations


def drop(apps, schema_editor):
    apps.get_model("mfa", "Authenticator").objects.filter(type="recovery_codes", data__has_key="seed").delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0005_incompatible"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]
