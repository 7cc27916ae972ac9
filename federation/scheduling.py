"""Publishing at its time what was scheduled: mentions are looked up as they are then."""

import logging
from typing import Final

from actors.composing import Usual, read_composition
from actors.errors import ActorsError
from actors.scheduling import composition_of, postpone, publish_scheduled
from federation.context import Federation
from federation.lookups import look_up
from storage.actors import Actor
from storage.errors import Busy, Conflict
from storage.members import Member
from storage.scheduled import ScheduledStatus

log = logging.getLogger(__name__)

AT_ONCE: Final = 10


async def publish_due(federation: Federation, *, language: str, most_characters: int) -> int:
    """Publish the next few of what is due; return how many that were.

    `language` is the node's own, `most_characters` the longest post. Each is published exactly once, whatever
    breaks in between, because it is taken out in the transaction that publishes it.
    """
    async with federation.database.read() as tx:
        due = await tx.scheduled.due(tx.now, AT_ONCE)
    for status, member, author in due:
        try:
            await _publish(federation, status, member, author, (language, most_characters))
        except ActorsError as error:
            log.info("something scheduled could not be published: %s", error)
            async with federation.database.begin() as tx:
                await postpone(tx, status, str(error))
        except (Busy, Conflict) as error:
            log.warning("something scheduled is published in a moment: %s", error)
            return 0
    return len(due)


async def _publish(
    federation: Federation,
    status: ScheduledStatus,
    member: Member,
    author: Actor,
    node: tuple[str, int],
) -> None:
    async with federation.database.read() as tx:
        usual = Usual(await tx.preferences.of(member), *node)
        draft = await read_composition(tx, author, composition_of(status.parameters), usual)
    looked_up = await look_up(federation, draft)
    async with federation.database.begin() as tx:
        await publish_scheduled(tx, author, status, usual, looked_up.mentioned)
