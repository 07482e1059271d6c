from django.db import migrations

from dean06.core.usage.retention_sql import CREATE


class Migration(migrations.Migration):
    """No clock put forward and no rule rewritten by the program lets a look go before its day."""

    dependencies = [("usage", "0005_nine_digits")]

    operations = [migrations.RunSQL(CREATE, migrations.RunSQL.noop)]
