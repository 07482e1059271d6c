from django.db import migrations


class Migration(migrations.Migration):
    """The trigger that refuses late rows reads no table of a temporary schema."""

    dependencies = [("plan", "0002_engine")]

    operations = [
        migrations.RunSQL(
            "alter function plan_refuse_late() set search_path = pg_catalog, public, pg_temp",
            "alter function plan_refuse_late() reset search_path",
        )
    ]
