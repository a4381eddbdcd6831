"""What people wrote beside their answer how hard a stage was, as the review of the process shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from evaluations.feedback.queries import FEWEST_SHOWN, answers_in
from evaluations.models import StageAnswers
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.sentences import typed


@dataclass(frozen=True)
class HardWord:
    """What somebody wrote beside an answer, and after which stage."""

    text: str
    stage: str


def hard_words(cycle: Cycle) -> list[HardWord]:
    """The words beside the answers, where they are enough, in the order of the alphabet."""
    enough = [answers for answers in answers_in(cycle) if answers.count >= FEWEST_SHOWN]
    after = _("after %(stage)s")
    return [
        HardWord(typed(word), after % {"stage": stage_called(answers)}) for answers in enough for word in answers.words
    ]


def stage_called(answers: StageAnswers) -> str:
    """The stage as it is called."""
    return str(Stage(answers.stage).label)
