"""Telling one event: to whom, on which streams, and as each of them sees it.

The timelines themselves say who is told: an event is told on a stream to whom the timeline of that name would
show it. So blocks, mutes, limits and visibility are decided in one place.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import orjson

from actors.tags import tag_names
from node.context import Node
from node.mastodon.conversations import conversation_entities
from node.mastodon.notification_views import notification_entities
from node.mastodon.streams.channels import PUBLIC, TAGS, Channel, Frame
from node.mastodon.streams.listeners import Listener
from node.mastodon.view import View
from storage.actors import Actor
from storage.items import Item
from storage.kinds import Visibility
from storage.paging import Page
from storage.publications import Publication
from storage.stream_events import StreamEvent
from storage.timelines import Origin
from storage.transaction import Transaction

_ORIGINS: Final = {None: Origin.ANYWHERE, True: Origin.HERE, False: Origin.ELSEWHERE}
_OF_PUBLICATIONS: Final = frozenset({"update", "status.update"})
#: Told in the stream of the member alone: to its owner where the event has one, and to everybody else.
_TO_USERS: Final = frozenset(
    {
        "announcement",
        "announcement.reaction",
        "announcement.delete",
        "filters_changed",
        "notifications_merged",
    }
)


async def tell(tx: Transaction, node: Node, listeners: Iterable[Listener], event: StreamEvent) -> None:
    """Put frames about an event before those whom it concerns; what is seen alike is made once."""
    telling = _Telling(tx, node, listeners, event)
    if event.event in _OF_PUBLICATIONS:
        await telling.of_publication()
    elif event.event == "notification":
        await telling.of_notification()
    elif event.event == "conversation":
        await telling.of_conversation()
    elif event.event == "delete":
        telling.send(lambda channel: channel.name != "user:notification", event.payload)
    elif event.event in _TO_USERS:
        telling.send(lambda channel: channel.name == "user", event.payload)


class _Telling:
    """One event, and those who may be told, by who they are and what they listen to."""

    def __init__(
        self, tx: Transaction, node: Node, listeners: Iterable[Listener], event: StreamEvent
    ) -> None:
        self._tx = tx
        self._node = node
        self._event = event
        self._actors: dict[int, Actor] = {}
        self._ears: dict[int, dict[Channel, list[Listener]]] = {}
        self._frames: dict[tuple[Channel, str | None], Frame] = {}
        for listener in listeners:
            actor = listener.caller.actor
            if event.owner_id in {None, actor.id}:
                self._actors[actor.id] = actor
                channels = self._ears.setdefault(actor.id, {})
                for channel in listener.channels:
                    channels.setdefault(channel, []).append(listener)

    def send(self, on: Callable[[Channel], bool], payload: str | None) -> None:
        """Tell everybody the same, on these streams."""
        for channels in self._ears.values():
            for channel, listeners in channels.items():
                if on(channel):
                    self._put(listeners, channel, payload)

    async def of_notification(self) -> None:
        """Tell its owner of a notification, as far as their programs may know."""
        number = self._event.notification_id
        for actor_id, channels in self._ears.items():
            found = await self._tx.notifications.find(actor_id, number) if number else None
            if found is None:
                continue
            view = View(self._tx, self._node, self._actors[actor_id])
            for body in await notification_entities(self._tx, view, [found]):
                payload = orjson.dumps(body).decode()
                for channel, listeners in channels.items():
                    if channel.name in {"user", "user:notification"}:
                        may = [each for each in listeners if each.caller.may("read:notifications")]
                        self._put(may, channel, payload)

    async def of_conversation(self) -> None:
        """Tell its owner how a conversation ends now."""
        for actor_id, channels in self._ears.items():
            ears = [(channel, each) for channel, each in channels.items() if channel.name == "direct"]
            if not ears or not self._event.payload:
                continue
            owner = self._actors[actor_id]
            found = await self._tx.conversations.find(owner, int(self._event.payload))
            if found is None:
                continue
            [body] = await conversation_entities(self._tx, self._node, owner, [found])
            if body["last_status"] is not None:
                for channel, listeners in ears:
                    self._put(listeners, channel, orjson.dumps(body).decode())

    async def of_publication(self) -> None:
        """Tell each on each stream in whose timeline it stands, as that timeline shows it."""
        event = self._event
        assert event.publication_id is not None, "an update is about a publication"
        publication = await self._tx.publications.find(event.publication_id)
        if publication is None:
            return
        owners: set[int] | None = None
        for actor_id, channels in self._ears.items():
            actor, payloads = self._actors[actor_id], dict[int, str]()
            for channel, listeners in channels.items():
                if channel.name in {"user", "list"}:
                    if owners is None:
                        owners = await self._tx.home.owners(publication.id)
                    if actor_id not in owners:
                        continue
                elif not _may_stand_in(channel, publication, is_share=event.share_id is not None):
                    continue
                for item in await self._in_timeline(actor, channel):
                    if item.id not in payloads:
                        payloads[item.id] = await self._status(actor, item)
                    self._put(listeners, channel, payloads[item.id])

    async def _in_timeline(self, actor: Actor, channel: Channel) -> list[Item]:
        """Return what the event is about as a page of the timeline; nothing where it does not stand in it."""
        number = self._event.share_id or self._event.publication_id or 0
        page = Page(size=1, max_id=number + 1, since_id=number - 1)
        timelines = self._tx.timelines
        if channel.name == "user":
            return await timelines.home(actor, page)
        if channel.name == "list":
            wanted = await self._tx.account_lists.find(actor, channel.list_id)
            return await timelines.of_list(actor, page, wanted) if wanted else []
        if channel.name in TAGS:
            return await timelines.tagged(actor, page, channel.tag, origin=_ORIGINS[TAGS[channel.name]])
        here, only_media = PUBLIC[channel.name]
        return await timelines.public(actor, page, origin=_ORIGINS[here], only_media=only_media)

    async def _status(self, actor: Actor, item: Item) -> str:
        status: dict[str, Any] = await View(self._tx, self._node, actor).status(item)
        return orjson.dumps(status).decode()

    def _put(self, listeners: Iterable[Listener], channel: Channel, payload: str | None) -> None:
        key = (channel, payload)
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = Frame(channel, self._event.event, payload)
        for listener in listeners:
            listener.put(frame)


def _may_stand_in(channel: Channel, publication: Publication, *, is_share: bool) -> bool:
    """Say whether it is worth asking the timeline of a public stream; that decides."""
    if is_share or publication.visibility != Visibility.PUBLIC:
        return False
    if channel.name in TAGS:
        return channel.tag in tag_names(publication.tags)
    if channel.name not in PUBLIC or publication.in_reply_to is not None:
        return False
    here, only_media = PUBLIC[channel.name]
    return here in {None, publication.is_local} and (not only_media or bool(publication.attachments))
