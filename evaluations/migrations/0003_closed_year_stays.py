from django.db import migrations

from sop_portal.foundation.kit.closed_years import stays_when_closed


class Migration(migrations.Migration):
    """The reports, evaluations and meetings of a closed year stay as they are; measures and answers live on."""

    dependencies = [("evaluations", "0002_promises"), ("planning", "0004_closed_year_stays")]
    operations = stays_when_closed(
        "evaluations_progressreport",
        "evaluations_issue",
        "evaluations_evaluation",
        "evaluations_goal",
        "evaluations_lesson",
        "evaluations_meeting",
        "evaluations_agendapoint",
        "evaluations_attendance",
        "evaluations_measure",
        "evaluations_feedback",
    )
