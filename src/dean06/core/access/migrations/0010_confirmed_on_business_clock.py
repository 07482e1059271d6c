"""A new grant counts as confirmed on the business clock, like every other confirmation."""

from django.db import migrations, models

import dean06.core.clock


class Migration(migrations.Migration):
    dependencies = [("access", "0009_citizens_factors")]
    operations = [
        migrations.AlterField("grant", "confirmed_at", models.DateTimeField(default=dean06.core.clock.now)),
    ]
