from django.db import migrations

from sop_portal.kit.triggers import decided_by_another


class Migration(migrations.Migration):
    """Four eyes, kept by the database."""

    dependencies = [("evaluations", "0001_initial"), ("workflow", "0001_initial")]
    operations = [
        *decided_by_another("report_four_eyes", "evaluations_progressreport", "accepted_by_id", "report"),
        *decided_by_another("issue_four_eyes", "evaluations_issue", "verified_by_id", "issue"),
        *decided_by_another("evaluation_four_eyes", "evaluations_evaluation", "reviewed_by_id", "evaluation"),
        *decided_by_another("measure_four_eyes", "evaluations_measure", "verified_by_id", "measure"),
        *decided_by_another("feedback_four_eyes", "evaluations_feedback", "answered_by_id", "feedback"),
    ]
