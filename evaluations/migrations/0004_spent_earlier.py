from django.db import migrations

import sop_portal.foundation.kit.money
from sop_portal.foundation.kit.triggers import frozen_while

HANDED_IN = "OLD.state = 'submitted' AND NEW.state IN ('submitted', 'accepted')"


class Migration(migrations.Migration):
    """A report carries what was booked since for months already reported."""

    dependencies = [("evaluations", "0003_closed_year_stays")]
    operations = [
        migrations.AddField(
            "progressreport",
            "spent_earlier",
            sop_portal.foundation.kit.money.MoneyField(
                blank=True, null=True, verbose_name="booked since for months already reported"
            ),
        ),
        frozen_while("submitted_report_carries", "evaluations_progressreport", HANDED_IN, ["spent_earlier"]),
    ]
