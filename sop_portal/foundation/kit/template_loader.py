"""Our templates as they are sent: their indentation is for whoever reads the file, and was half of a long page."""

import re

from django.template import Origin
from django.template.loaders.filesystem import Loader

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class UnindentedLoader(Loader):
    """Pages without the indentation of their files; their lines keep their numbers."""

    def get_contents(self, origin: Origin) -> str:
        """The text of a template, read once when it is first used."""
        contents = super().get_contents(origin)
        return INDENTATION.sub("", contents) if origin.name.endswith(".html") else contents
