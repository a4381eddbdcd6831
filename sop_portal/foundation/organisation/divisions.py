"""A division: a name under which departments stand together."""

from dataclasses import dataclass

from sop_portal.foundation.kit.sentences import typed


@dataclass(frozen=True)
class Division:
    """A division, by its name: that is all there is of it."""

    name: str

    def __str__(self) -> str:
        return typed(self.name)
