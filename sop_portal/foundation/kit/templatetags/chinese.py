"""Sentences of templates in Chinese: no blank between a name and the words around it where both are Chinese."""

import re
from collections.abc import Iterable

from django.template.base import Node, NodeList, Parser, Token, TokenType
from django.template.context import Context
from django.template.library import Library
from django.templatetags.i18n import BlockTranslateNode, do_block_translate
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = Library()

SIGN = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
# A blank with a Chinese sign on both sides and the beginning or the end of an element on one of them.
BEFORE_ELEMENT = re.compile(rf"(?<={SIGN}) (?=(?:<\w[^>]*>)+{SIGN})")
AFTER_ELEMENT = re.compile(rf"({SIGN}(?:</\w+>)+) (?=(?:<\w[^>]*>)*{SIGN})")

# Marks that bring their own room: no blank follows them, and none stands before those that open or end something.
ENDING, OPENING = "，。；：、！？）》", "（《，。；：、！？"
INLINE = "(?:a|abbr|b|bdi|em|i|q|small|span|strong|time)"
LEAVES, ENTERS = rf"(?:</{INLINE}>)*", rf"(?:<{INLINE}\b[^>]*>)*"
# Passed over: what somebody types or typed, and the marks of elements themselves.
AS_TYPED = r"<(?:textarea|pre|script)\b.*?</(?:textarea|pre|script)>|<[^>]*\btranslate=\"no\"[^>]*>[^<]*"
BESIDE_MARK = re.compile(
    rf"(?P<typed>{AS_TYPED})"
    rf"|(?P<after>[{ENDING}]{LEAVES})\s+(?={ENTERS}[^\s<])"
    rf"|(?P<before>{SIGN}{LEAVES})\s+(?={ENTERS}[{OPENING}])"
    rf"|(?P<mark><[^>]*>)",
    re.DOTALL,
)

CHINESE_WORD = re.compile(rf"{SIGN}(?:.*{SIGN})?")


class ClosedUp(Node):
    """A translated block whose names are closed up with the Chinese around them."""

    child_nodelists = ()

    def __init__(self, block: Node | NodeList) -> None:
        self.block = block

    def render(self, context: Context) -> SafeString:
        """Render the block, which escapes what it says, and take out the blanks that only set off Latin letters."""
        html = self.block.render(context)
        if get_language() != "zh-hans":
            return mark_safe(html)
        kept, words = getattr(self.block, "asvar", None), words_in(self.block, context)
        if kept:
            context[kept] = closed_up(context[kept], words)
        return closed_up(html, words)


def words_in(block: Node | NodeList, context: Context) -> list[str]:
    """The words that are put into a translated block, as it writes them: an attribute has no elements around them."""
    if not isinstance(block, BlockTranslateNode):
        return []
    named = {name: value.resolve(context) for name, value in block.extra_context.items()}
    places = [token.contents for token in block.singular if token.token_type == TokenType.VAR]
    return [conditional_escape(named[name]) for name in places if isinstance(named.get(name), str)]


def closed_up(html: str, words: Iterable[str] = ()) -> SafeString:
    """A sentence as HTML without blanks between its elements or these words and the Chinese around them."""
    for word in words:
        if CHINESE_WORD.fullmatch(word):
            html = re.sub(rf"(?<={SIGN}) (?={re.escape(word)})|(?<={re.escape(word)}) (?={SIGN})", "", html)
    # Nothing but blanks is taken out of what the block has escaped.
    return mark_safe(AFTER_ELEMENT.sub(r"\1", BEFORE_ELEMENT.sub("", html)))


class Punctuated(Node):
    """A part of a page in which no blank stands beside a Chinese punctuation mark, whatever was put beside what."""

    child_nodelists = ("block",)

    def __init__(self, block: NodeList) -> None:
        self.block = block

    def render(self, context: Context) -> SafeString:
        """Render the part; in other languages it stays as it is."""
        html = self.block.render(context)
        return punctuated(html) if get_language() == "zh-hans" else html


def punctuated(html: str) -> SafeString:
    """HTML without blanks beside Chinese punctuation; what people typed and what stands in a field stays."""
    # Nothing but blanks is taken out of what the page has escaped.
    return mark_safe(BESIDE_MARK.sub(lambda found: found[found.lastgroup or 0], html))


@register.tag("punctuated")
def do_punctuated(parser: Parser, token: Token) -> Node:
    """Close up what templates set beside Chinese punctuation: a sentence and the next one, a word and its bracket."""
    block = parser.parse(("endpunctuated",))
    parser.delete_first_token()
    return Punctuated(block)


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
