"""What members prefer: the one place where their preferences are checked."""

from dataclasses import replace
from typing import Final

from actors.errors import Invalid
from actors.locales import language_tag
from storage.kinds import Visibility
from storage.members import Member
from storage.preferences import Preferences
from storage.transaction import Transaction

QUOTE_POLICIES: Final = ("public", "followers", "nobody")
MEDIA_SHOWN: Final = ("default", "show_all", "hide_all")


async def change_preferences(
    tx: Transaction,
    member: Member,
    *,
    privacy: str | None = None,
    sensitive: bool | None = None,
    language: str | None = None,
    quote_policy: str | None = None,
    expand_media: str | None = None,
    expand_spoilers: bool | None = None,
    autoplay_gifs: bool | None = None,
) -> Preferences:
    """Change what is given of a member's preferences; an empty `language` means that of the node.

    Raises Invalid with every bad field named.
    """
    known = await tx.preferences.of(member)
    tag = language_tag(language) if language else None
    faults: dict[str, str] = {}
    for name, value, allowed in (
        ("privacy", privacy, tuple(Visibility)),
        ("quote_policy", quote_policy, QUOTE_POLICIES),
        ("expand_media", expand_media, MEDIA_SHOWN),
    ):
        if value is not None and value not in allowed:
            faults[name] = f"is not one of {', '.join(allowed)}"
    if language and tag is None:
        faults["language"] = "is not a language code, such as en or pt-BR"
    if faults:
        said = ", ".join(f"{name.replace('_', ' ').capitalize()} {what}" for name, what in faults.items())
        raise Invalid(f"Validation failed: {said}", faults)
    changed = replace(
        known,
        privacy=known.privacy if privacy is None else privacy,
        sensitive=known.sensitive if sensitive is None else sensitive,
        language=known.language if language is None else tag,
        quote_policy=known.quote_policy if quote_policy is None else quote_policy,
        expand_media=known.expand_media if expand_media is None else expand_media,
        expand_spoilers=known.expand_spoilers if expand_spoilers is None else expand_spoilers,
        autoplay_gifs=known.autoplay_gifs if autoplay_gifs is None else autoplay_gifs,
    )
    if changed != known:
        await tx.preferences.keep(changed)
    return changed
