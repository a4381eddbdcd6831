"""What may happen to an audit and to a finding, on one screen."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from budgets.audits.models import HANDED_OVER, Audit, Finding
from budgets.audits.queries import money_audited
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import wrote_for_its_department
from sop_portal.foundation.organisation.models import Membership
from sop_portal.foundation.organisation.roles import Can, roles_that
from sop_portal.foundation.papers.queries import has_paper
from sop_portal.foundation.workflow.table import Missing, Step, Workflow

AuditState = Audit.State
FindingState = Finding.State
LISTED = 10


def under_way() -> QuerySet[Audit]:
    """Audits whose findings the audited department does not read yet: it reads them when it is asked for answers."""
    return Audit.objects.exclude(state__in=HANDED_OVER)


def while_audited() -> Q:
    """What is being found."""
    return Q(kind="audit", verb__in=["edit", "refused-edit"], record_id__in=under_way().values("pk"))


def missing_to_ask(audit: Audit, at: datetime) -> list[Missing]:
    """List what keeps the audit from asking for answers: no finding is recorded yet."""
    if audit.findings.exists():
        return []
    return [Missing(gettext("No finding is recorded yet; an audit without findings is closed."))]


def missing_to_close(audit: Audit, at: datetime) -> list[Missing]:
    """List what keeps the audit from being closed: findings that are not verified."""
    waiting = audit.findings.exclude(state=FindingState.VERIFIED).select_related("audit__cycle").order_by("number")
    return [
        Missing(
            gettext("Finding %(number)s is not verified yet; its state is “%(state)s”.")
            % {"number": finding.number, "state": finding.get_state_display()},
            finding.get_absolute_url(),
        )
        for finding in waiting[:LISTED]
    ]


def too_much_concerned(audit: Audit, amount: Decimal | None) -> str:
    """Why a finding cannot concern so much money: the audited project or department has less; nothing where it can."""
    most = money_audited(audit)
    if amount is None or most is None or amount <= most:
        return ""
    words = {"audited": audit.project or audit.department, "most": money(most, 2)}
    return interpolate(gettext("%(audited)s has %(most)s in this year. Enter that or less."), words)


def missing_to_answer(finding: Finding, at: datetime) -> list[Missing]:
    """Answers are given once they are asked for."""
    if finding.audit.state == AuditState.AWAITING:
        return []
    return [Missing(gettext("The audit has not asked for answers yet."))]


def audits() -> Exists:
    """The condition on a paper that whoever brought it audits."""
    return Exists(Membership.objects.filter(role__in=roles_that(Can.AUDIT), person_id=OuterRef("by_id")))


def missing_to_remedy(finding: Finding, at: datetime) -> list[Missing]:
    """What a remedy lacks, when it is reported and when it is verified, as long as no paper shows what was changed.

    What finance put there shows what it found.
    """
    if has_paper("finding", finding.pk, wrote_for_its_department() | Q(~audits())):
        return []
    sentence = gettext("No paper shows the remedy yet: attach one, such as the new rule, the receipt or a photo.")
    return [Missing(sentence, f"{finding.get_absolute_url()}#papers")]


AUDIT = Workflow(
    kind="audit",
    model=Audit,
    open_text=_("Audit “%(record)s” is open: %(state)s."),
    created=_("planned the audit"),
    label=_("Periodic audit"),
    states=AuditState,
    initial=AuditState.PLANNED,
    closed=frozenset({AuditState.CLOSED}),
    tones={
        AuditState.PLANNED: "draft", AuditState.IN_PROGRESS: "review", AuditState.AWAITING: "back",
        AuditState.CLOSED: "ok",
    },
    editable=frozenset({AuditState.PLANNED, AuditState.IN_PROGRESS}),
    fields={"finding": _("finding")},
    withheld=while_audited,
    withheld_while=under_way,
    steps=(
        Step(
            "begin", _("Begin audit"), [AuditState.PLANNED], AuditState.IN_PROGRESS, by=Can.AUDIT,
            done=_("%(person)s began the audit"), four_eyes=True,
            says=_("Findings can be recorded from then on."),
        ),
        Step(
            "ask", _("Ask for answers"), [AuditState.IN_PROGRESS], AuditState.AWAITING, by=Can.AUDIT,
            done=_("%(person)s asked for answers to the findings"),
            missing=missing_to_ask,
            says=_("The department answers every finding."),
        ),
        Step(
            "close", _("Close audit"), [AuditState.IN_PROGRESS, AuditState.AWAITING], AuditState.CLOSED, by=Can.AUDIT,
            done=_("%(person)s closed the audit"), stamps="closed", awaited=False,
            missing=missing_to_close, says=_("Nothing is left to answer or to remedy."),
        ),
    ),
)  # fmt: skip

FINDING = Workflow(
    kind="finding",
    model=Finding,
    year="audit__cycle",
    created=_("recorded the finding"),
    label=_("Audit finding"),
    states=FindingState,
    initial=FindingState.OPEN,
    closed=frozenset({FindingState.VERIFIED}),
    tones={
        FindingState.OPEN: "back", FindingState.ANSWERED: "sent", FindingState.REMEDIED: "review",
        FindingState.VERIFIED: "ok",
    },
    steps=(
        Step(
            "answer", _("Answer finding"), [FindingState.OPEN], FindingState.ANSWERED, by=Can.ANSWER_FINDING,
            done=_("%(person)s answered the finding"), stamps="answered", authors=True, comment=True,
            missing=missing_to_answer, says=_("Write how it came about and what you will do."),
            asks=_("Answer"),
            task=_("Answer finding %(number)s: %(what)s"),
        ),
        Step(
            "remedy", _("Report remedy"), [FindingState.ANSWERED], FindingState.REMEDIED, by=Can.ANSWER_FINDING,
            done=_("%(person)s reported what was done about the finding"), stamps="remedied", authors=True,
            comment=True, missing=missing_to_remedy,
            says=_("Write what was changed, so that it does not happen again."), asks=_("What was changed"),
            task=_("Report what was done about finding %(number)s: %(what)s"),
        ),
        Step(
            "verify", _("Verify remedy"), [FindingState.REMEDIED], FindingState.VERIFIED, by=Can.AUDIT,
            done=_("%(person)s verified the remedy"), stamps="verified", four_eyes=True,
            missing=missing_to_remedy,
            says=_("Check that the remedy works. Verifying it closes the finding."),
            task=_("Verify the remedy of finding %(number)s: %(what)s"),
        ),
        Step(
            "reopen", _("Open again"), [FindingState.ANSWERED, FindingState.REMEDIED], FindingState.OPEN, by=Can.AUDIT,
            done=_("%(person)s opened the finding again"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
