from django.db import migrations

from sop_portal.foundation.kit.closed_years import stays_when_closed
from sop_portal.foundation.kit.triggers import (
    RefuseWhen,
    decided_by_another,
    frozen_while,
    never_changes,
    not_above_its_department,
    not_by_its_head,
)

HANDED_IN = "OLD.state = 'submitted' AND NEW.state IN ('submitted', 'accepted')"
REPORT = (
    "cycle_id", "department_id", "project_id", "period_first", "period_last", "activities_held", "participants_reached",
    "problems", "outlook", "explanation", "activities_before", "participants_before", "spent", "spent_total",
    "budgeted", "frozen_at", "submitted_at", "submitted_by_id",
)


class Migration(migrations.Migration):
    """Four eyes, reports frozen from the moment they are handed in, and nobody who decides on the department they head."""

    dependencies = [("evaluations", "0001_initial"), ("workflow", "0001_initial")]
    operations = [
        *decided_by_another("report_four_eyes", "evaluations_progressreport", "accepted_by_id", "report"),
        *decided_by_another("issue_four_eyes", "evaluations_issue", "verified_by_id", "issue"),
        *decided_by_another("evaluation_four_eyes", "evaluations_evaluation", "reviewed_by_id", "evaluation"),
        *decided_by_another("measure_four_eyes", "evaluations_measure", "verified_by_id", "measure"),
        *decided_by_another("feedback_four_eyes", "evaluations_feedback", "answered_by_id", "feedback"),
        *never_changes("accepted_report_frozen", "evaluations_progressreport", "{row}.state = 'accepted'"),
        frozen_while("submitted_report_frozen", "evaluations_progressreport", HANDED_IN, REPORT),
        RefuseWhen(
            "submitted_report_stays", "evaluations_progressreport", "DELETE", "OLD.state = 'submitted'",
            "submitted_report_stays: this never changes",
        ),
        *never_changes("reviewed_evaluation_frozen", "evaluations_evaluation", "{row}.state = 'reviewed'"),
        # Whoever adopts a measure may own it, and an owner's hand is laid on it in the same act.
        *decided_by_another(
            "measure_adopted_four_eyes", "evaluations_measure", "adopted_by_id", "measure",
            unless="NEW.owner_id = NEW.adopted_by_id",
        ),
        *decided_by_another("measure_declined_four_eyes", "evaluations_measure", "declined_by_id", "measure"),
        not_by_its_head("report_not_by_its_head", "evaluations_progressreport", "accepted"),
        not_by_its_head("issue_not_by_its_head", "evaluations_issue", "verified"),
        not_by_its_head("evaluation_not_by_its_head", "evaluations_evaluation", "reviewed"),
        not_by_its_head("measure_not_adopted_by_its_head", "evaluations_measure", "adopted"),
        not_by_its_head("measure_not_declined_by_its_head", "evaluations_measure", "declined"),
        not_by_its_head("measure_not_by_its_head", "evaluations_measure", "verified"),
        not_by_its_head("feedback_not_by_its_head", "evaluations_feedback", "answered"),
        frozen_while("submitted_report_carries", "evaluations_progressreport", HANDED_IN, ["spent_earlier"]),
        *decided_by_another("proposal_adopted_four_eyes", "evaluations_changeproposal", "adopted_by_id", "proposal"),
        *decided_by_another("proposal_declined_four_eyes", "evaluations_changeproposal", "declined_by_id", "proposal"),
        not_above_its_department("issue_not_by_its_programme_manager", "evaluations_issue", "verified"),
        not_above_its_department("evaluation_not_by_its_programme_manager", "evaluations_evaluation", "reviewed"),
        not_above_its_department("measure_not_adopted_by_its_programme_manager", "evaluations_measure", "adopted"),
        not_above_its_department("measure_not_declined_by_its_programme_manager", "evaluations_measure", "declined"),
        not_above_its_department("measure_not_by_its_programme_manager", "evaluations_measure", "verified"),
        not_above_its_department("feedback_not_by_its_programme_manager", "evaluations_feedback", "answered"),
        *stays_when_closed(
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
            "evaluations_trainingsession",
            "evaluations_trainee",
            "evaluations_changeproposal",
            "evaluations_stageanswers",
            "evaluations_answermark",
            "evaluations_meetingseries",
        ),
    ]
