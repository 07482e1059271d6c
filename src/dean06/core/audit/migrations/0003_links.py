from django.db import migrations

from dean06.core.audit.triggers import CREATE, DROP

# Not a number of any law: see the citation.
RULE = """
insert into core_rule (code, value, valid_from, valid_to, citation)
select 'audit.anchor_limit_seconds', '14400'::jsonb, null, null,
       'Cấu hình của hệ thống theo mặc định của X-Road (acceptable-timestamp-failure-period, 4 giờ); '
       'đơn vị vận hành có thể thay'
where not exists (select from core_rule where code = 'audit.anchor_limit_seconds')
"""


class Migration(migrations.Migration):
    """Every row of the logs becomes a link of a hash chain, those that exist already too."""

    dependencies = [
        ("audit", "0002_chain"),
        ("usage", "0001_usage"),
        ("rules", "0001_rules"),
    ]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(RULE, "delete from core_rule where code = 'audit.anchor_limit_seconds'"),
    ]
