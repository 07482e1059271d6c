from django.db import migrations

from dean06.core.usage.retention_sql import CREATE, DROP


class Migration(migrations.Migration):
    """Looks go on the day of the rule, by one function that counts them in the audit, and by no other way."""

    dependencies = [
        ("usage", "0002_catalogue"),
        ("rules", "0001_rules"),
        ("clock", "0001_clock"),
        ("audit", "0003_links"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
