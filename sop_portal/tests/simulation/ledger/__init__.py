"""The ledger: what every act must do to the figures and which acts must be refused. It knows nothing of the portal."""

from sop_portal.tests.simulation.ledger.book import Ledger
from sop_portal.tests.simulation.ledger.facts import Refused

__all__ = ["Ledger", "Refused"]
