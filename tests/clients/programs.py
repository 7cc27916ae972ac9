"""Mastodon.py as its users have it, with a look at every entity that it returns."""

import types
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mastodon import Mastodon
from mastodon.return_types import AdminAccount
from mastodon.types_base import AttribAccessDict, Entity

from tests.clients.live import Live
from tests.clients.recording import RecordingSession
from tests.clients.validation import OURS

#: Fields that Mastodon sends and Mastodon.py's types do not name.
_UNNAMED = {
    "MediaAttachment": {"preview_remote_url", "text_url"},
    "Account": {OURS},
    "Status": {"text", OURS},
    "Instance": {"max_toot_chars", "poll_limits", OURS},
    "InstanceV2": {OURS},
    "Report": {"rule_ids", "collection_ids"},
    "OAuthServerInfo": {"authorization_response_iss_parameter_supported"},
    "Notification": {OURS},
    "NotificationGroup": {OURS},
    # It takes the filter of a match for one of version 1, and the featured hashtags of others for hashtags.
    "Filter": {"title", "filter_action", "keywords", "statuses"},
    "Tag": {"statuses_count", "last_status_at"},
}
#: Objects that may hold anything.
_FREE = {"AttribAccessDict", "NodeinfoMetadata"}
_SCOPES = ["read", "write", "follow", "push", "profile"]


class Program:
    """A logged-in Mastodon.py whose every method checks the types of what it returns."""

    def __init__(self, live: Live, api: Mastodon, session: RecordingSession) -> None:
        self.live = live
        self.api = api
        self.session = session

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.api, name)

        def call(*arguments: Any, **named: Any) -> Any:
            answer = method(*arguments, **named)
            faults = list(untyped(answer, name))
            assert not faults, "\n".join(faults)
            return answer

        return call

    def all_of(self, page: Any) -> list[Any]:
        """Return the entries of a page and of all that follow."""
        return list(self.api.fetch_remaining(page))


@contextmanager
def program(live: Live, name: str, *more: str) -> Iterator[Program]:
    """Register a program, let a member sign in, and log out at the end; `more` are further scopes."""
    scopes = [*_SCOPES, *more]
    session = RecordingSession()
    try:
        client_id, client_secret = Mastodon.create_app(
            "Example bot", scopes=scopes, api_base_url=live.base, session=session
        )
        api = Mastodon(
            client_id, client_secret, api_base_url=live.base, session=session, ratelimit_method="throw"
        )
        url = api.auth_request_url(scopes=scopes, allow_http=True)
        api.log_in(code=live.let_in(name, url), scopes=scopes, allow_http=True)
        yield Program(live, api, session)
        if api.access_token is not None:
            api.revoke_access_token(allow_http=True)
    finally:
        session.close()


def untyped(value: Any, path: str) -> Iterator[str]:
    """Yield every place in what Mastodon.py returned that its own types do not foresee."""
    if isinstance(value, AttribAccessDict):
        name = type(value).__name__
        hints = typing.get_type_hints(type(value))
        # What is renamed is there under both names.
        named = {*_UNNAMED.get(name, ()), *getattr(type(value), "_rename_map", {}).values()}
        if name == "Account" and path.startswith("admin_report"):
            # Its reports take the accounts that moderators see for those that everybody sees.
            named |= typing.get_type_hints(AdminAccount).keys()
        for field, each in value.items():
            if field in hints:
                if not _fits(each, hints[field]):
                    yield f"{path}.{field} is {each!r} ({type(each).__name__}), should be {hints[field]}"
                yield from untyped(each, f"{path}.{field}")
            elif field not in named and name not in _FREE:
                yield f"{path}.{field} is nothing that Mastodon.py's {name} has"
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from untyped(each, f"{path}[{number}]")


def _fits(value: Any, hint: Any) -> bool:
    if value is None or hint is Any or isinstance(hint, typing.TypeVar):
        return True
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, each) for each in typing.get_args(hint))
    if isinstance(origin, type):
        if issubclass(origin, list | tuple):
            return isinstance(value, list)
        return isinstance(value, origin)
    if hint is float:
        return isinstance(value, int | float)
    return not isinstance(hint, type) or isinstance(value, hint) or not issubclass(hint, Entity | str | int)
