"""What people do about training: say what is needed, plan and move sessions, invite, reply, note who came."""

from evaluations.training.actions.needs import NeedTerms, add_need, change_need
from evaluations.training.actions.places import invite, reply
from evaluations.training.actions.sessions import SessionTerms, cancel, hold, move, plan

__all__ = ["NeedTerms", "SessionTerms", "add_need", "cancel", "change_need", "hold", "invite", "move", "plan", "reply"]
