"""Which kind of campaign the words speak of."""

import re

from bot.core.campaign import CampaignKind

_CHANNELS = {
    CampaignKind.PUSH: r"push(?:es)?|(?:push[ -])?notifications?",
    CampaignKind.EMAIL: r"e-?mails?|mailings?|mailshots?|newsletters?",
    CampaignKind.TV: r"tv|television|tv[ -]spots?|commercials?",
    CampaignKind.PAID_SOCIAL: r"paid social|social ads?|(?<!tv )(?<!tv-)ads?(?! hoc)|instagram|facebook|tiktok|influencers?",
}
_OCCASIONS = {
    CampaignKind.SALE: r"sales?|promos?|promotions?|discounts?|deals?|clearance",
    CampaignKind.DROP: r"drops?|launch|release",
}
_WORDS = {
    kind: re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
    for kind, words in (*_CHANNELS.items(), *_OCCASIONS.items())
}
_ONLY_KIND = re.compile(
    rf"(?:(?:{'|'.join(_CHANNELS.values())}|spots?|ads?|{'|'.join(_OCCASIONS.values())}|\s)+)"
)
_OTHER = re.compile(r"(?<![\w-])other(?![\w-])")


def kinds_in(text: str) -> tuple[CampaignKind, ...]:
    """The kinds named in lower-case `text`.

    The channel (push, e-mail, TV, paid social) says how the audience arrives, so it goes before the
    occasion (sale, drop): "sale e-mail" is an e-mail. More than one means that a person must say.
    """
    for family in (_CHANNELS, _OCCASIONS):
        named = tuple(kind for kind in family if _WORDS[kind].search(text))
        if named:
            return named
    return ()


def says_other(text: str) -> bool:
    """Whether the word `other` stands alone in lower-case `text`."""
    return bool(_OTHER.search(text))


def only_a_kind(text: str) -> bool:
    """Whether `text` is nothing but words for a kind, so no name of its own."""
    return bool(_ONLY_KIND.fullmatch(text.lower()))


def kind_named(value: str) -> CampaignKind | None:
    """The kind whose value is exactly `value`, upper or lower case; None if there is none."""
    wanted = value.strip().casefold()
    return next((kind for kind in CampaignKind if kind.value.casefold() == wanted), None)
