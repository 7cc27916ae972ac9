"""Who gets what a local actor did: from an audience to inboxes (V1).

A document's `to` and `cc` decide; nobody gets what does not address them. What addresses everybody goes to
two more: nodes that follow our server's actor keep a replica of the catalogue, so they are told of every
change to it; and whoever is answered is told of the answer. Those who voted are told how the poll stands.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from actors.addresses import SERVER
from federation.context import Federation
from federation.errors import Malformed
from federation.origins import read_url
from federation.retrying import is_dead
from federation.translate.activities import Audience, Deed, audience_of
from storage.actors import Actor
from storage.kinds import CATALOGUE
from storage.peers import Peer
from storage.transaction import Transaction

_AT_ONCE = 500
_FEW = 64


@dataclass(frozen=True, slots=True)
class Recipients:
    """Where an activity goes: distinct inboxes, each with its host (and port where that is not the usual)."""

    inboxes: dict[str, str] = field(default_factory=dict)


class Addressing:
    """Finds recipients within one transaction, and looks up once what several activities share.

    Who may be contacted at all is asked of the federation's policy from memory: refresh it before.
    """

    def __init__(self, tx: Transaction, federation: Federation) -> None:
        self._tx = tx
        self._federation = federation
        self._actors: dict[str, Actor] = {}
        self._looked_up: set[str] = set()
        self._followers: dict[int, frozenset[str]] = {}
        self._server: Actor | None = None
        self._knows_server = False
        self._hosts: dict[str, str | None] = {}
        self._peers: dict[str, Peer | None] = {}
        self._knows_all_peers = False

    async def recipients(self, deed: Deed) -> Recipients:
        """Return where an activity goes: no inbox twice, none of our own, none that may not be contacted."""
        audience = audience_of(deed)
        found = {
            inbox: host
            for actor in await self._named(deed, audience)
            if (inbox := _inbox(deed, actor)) and (host := self._host(inbox))
        }
        followers = {
            inbox: host for inbox in await self._following(deed, audience) if (host := self._host(inbox))
        }
        if deed.activity.verb != "Delete":
            # A deletion is kept for those who may come back; other news they then fetch (V6).
            dead = await self._dead(followers.values())
            followers = {inbox: host for inbox, host in followers.items() if host not in dead}
        return Recipients(found | followers)

    async def waiting_hosts(self) -> list[str]:
        """Return all hosts for which anything waits to be sent."""
        await self._learn_all_peers()
        return [host for host, peer in self._peers.items() if peer and peer.next_delivery_at is not None]

    async def _named(self, deed: Deed, audience: Audience) -> list[Actor]:
        """Return the remote actors whom an activity names, and the one it must be told to."""
        wanted = {uri for uri in (*audience.to, *audience.cc) if uri not in self._looked_up}
        for batch in _batches(sorted(wanted)):
            self._actors |= await self._tx.actors.by_uris(batch)
        self._looked_up |= wanted
        named = [self._actors[uri] for uri in (*audience.to, *audience.cc) if uri in self._actors]
        named += [actor for actor in (deed.target, await self._answered(deed, audience)) if actor is not None]
        if deed.activity.verb == "Update" and deed.attached.poll is not None:
            # Who voted is told how it went, but named to nobody.
            named += await self._tx.polls.voters(deed.attached.poll.poll.publication_id, local=False)
        named = [actor for actor in named if _can_be_told(actor)]
        if deed.activity.verb in {"Create", "Update"}:
            # Nobody reads what stands between two who block, even where it is addressed to them.
            blocked = self._tx.follows.blocked_either_way
            return [actor for actor in named if not await blocked(deed.actor, actor)]
        return named

    async def _answered(self, deed: Deed, audience: Audience) -> Actor | None:
        """Return whom a public publication answers."""
        answered = deed.publication.in_reply_to if deed.publication else None
        parent = await self._tx.publications.by_uri(answered) if answered and audience.is_public else None
        return await self._tx.actors.get(parent.author_id) if parent else None

    async def _following(self, deed: Deed, audience: Audience) -> list[str]:
        """Return the inboxes of all whom an activity reaches as followers."""
        inboxes: set[str] = set()
        for actor in (deed.actor, deed.author):
            if actor is not None and actor.is_local and actor.followers and actor.followers in audience:
                inboxes |= await self._inboxes_of_followers(actor)
        if audience.is_public and _is_replicated(deed):
            if not self._knows_server:
                self._server = await self._tx.actors.local(SERVER)
                self._knows_server = True
            if self._server is not None:
                inboxes |= await self._inboxes_of_followers(self._server)
        return sorted(inboxes)

    async def _inboxes_of_followers(self, actor: Actor) -> frozenset[str]:
        if actor.id not in self._followers:
            self._followers[actor.id] = frozenset(await self._tx.follows.remote_inboxes([actor.id]))
        return self._followers[actor.id]

    def _host(self, inbox: str) -> str | None:
        """Return the host of an inbox; None where nothing may be sent."""
        if inbox not in self._hosts:
            try:
                host = read_url(inbox, allow_http=self._federation.allow_http).domain
            except Malformed:
                self._hosts[inbox] = None
            else:
                may = host not in self._federation.hosts and self._federation.policy.last_known(host)
                self._hosts[inbox] = host if may else None
        return self._hosts[inbox]

    async def _dead(self, hosts: Iterable[str]) -> set[str]:
        """Return the hosts that are taken for dead and have something waiting to probe them with."""
        wanted = set(hosts)
        await self._learn_peers(wanted)
        return {
            host
            for host in wanted
            if (peer := self._peers.get(host)) and is_dead(peer) and peer.next_delivery_at is not None
        }

    async def _learn_peers(self, hosts: Collection[str]) -> None:
        unknown = [host for host in hosts if host not in self._peers]
        if len(unknown) > _FEW:
            await self._learn_all_peers()
        elif not self._knows_all_peers:
            for host in unknown:
                self._peers[host] = await self._tx.peers.by_host(host)

    async def _learn_all_peers(self) -> None:
        if not self._knows_all_peers:
            self._peers = {peer.host: peer for peer in await self._tx.peers.all()}
            self._knows_all_peers = True


def _is_replicated(deed: Deed) -> bool:
    """Whether an activity changes what nodes that follow ours keep: the catalogue, and who writes it."""
    if deed.is_about_its_actor:
        return deed.activity.verb in {"Update", "Delete"}
    if not _is_broadcast(deed):
        return False
    kind = deed.publication.kind if deed.publication else deed.activity.details.get("kind")
    # Where not even the kind is left, telling too many nodes of a deletion is better than too few.
    return kind is None or kind in CATALOGUE


def _is_broadcast(deed: Deed) -> bool:
    return deed.activity.verb in {"Create", "Update", "Delete"} or deed.is_share


def _inbox(deed: Deed, actor: Actor) -> str:
    # What concerns one actor alone goes to that actor's own inbox: some servers look for it only there.
    return (actor.shared_inbox or actor.inbox) if _is_broadcast(deed) else actor.inbox


def _can_be_told(actor: Actor) -> bool:
    return not actor.is_local and actor.gone_at is None and actor.moved_to is None


def _batches(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
