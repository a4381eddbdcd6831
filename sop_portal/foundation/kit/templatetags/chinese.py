"""Sentences of templates in Chinese: no blank between a name and the words around it where both are Chinese."""

import re

from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.library import Library
from django.templatetags.i18n import do_block_translate
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = Library()

SIGN = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
# A blank with a Chinese sign on both sides and the beginning or the end of an element on one of them.
BEFORE_ELEMENT = re.compile(rf"(?<={SIGN}) (?=(?:<\w[^>]*>)+{SIGN})")
AFTER_ELEMENT = re.compile(rf"({SIGN}(?:</\w+>)+) (?=(?:<\w[^>]*>)*{SIGN})")


class ClosedUp(Node):
    """A translated block whose names are closed up with the Chinese around them."""

    child_nodelists = ()

    def __init__(self, block: Node | NodeList) -> None:
        self.block = block

    def render(self, context: Context) -> SafeString:
        """Render the block, which escapes what it says, and take out the blanks that only set off Latin letters."""
        html = self.block.render(context)
        return closed_up(html) if get_language() == "zh-hans" else mark_safe(html)


def closed_up(html: str) -> SafeString:
    """A sentence as HTML without blanks between its elements and the Chinese around them."""
    # Nothing but blanks is taken out of what the block has escaped.
    return mark_safe(AFTER_ELEMENT.sub(r"\1", BEFORE_ELEMENT.sub("", html)))


@register.tag("blocktranslate")
def blocktranslate(parser: Parser, token: Token) -> Node:
    """Translate a block as Django does, and close names up in Chinese."""
    return ClosedUp(do_block_translate(parser, token))


@register.tag("closeup")
def closeup(parser: Parser, token: Token) -> Node:
    """Close up what the portal says beside a name or after a sentence, in Chinese."""
    block = parser.parse(("endcloseup",))
    parser.delete_first_token()
    return ClosedUp(block)
