"""Writing down how deliveries went and how their hosts fare, for many at once."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from federation.retrying import Health, Verdict, rest_after_failure
from storage.transaction import Transaction


async def conclude(
    tx: Transaction, verdicts: Sequence[Verdict], *, is_cleared: Callable[[str], bool]
) -> set[str]:
    """Write down what became of attempts; return the hosts that took something.

    One success clears a host's record, whatever else failed there. It is not written again for a host of
    which the caller knows that it `is_cleared` and has not failed since.
    """
    if not verdicts:
        return set()
    by_host: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_host[verdict.conclusion.delivery.host].append(verdict)
    await tx.deliveries.conclude([verdict.conclusion for verdict in verdicts], tx.now)
    took = {host for host, of in by_host.items() if any(each.health is Health.WELL for each in of)}
    for host in took:
        if not is_cleared(host):
            await _clear(tx, host)
    await tx.deliveries.reschedule(by_host.keys())
    for host, of in by_host.items():
        failures = [verdict for verdict in of if not verdict.health.is_sound]
        if failures and host not in took:
            await _count_failure(tx, host, failures)
    return took


async def _clear(tx: Transaction, host: str) -> None:
    """Clear a host's record; where it was left alone until now, let everything follow at once."""
    peer = await tx.peers.by_host(host)
    if peer is not None and peer.resting_until is not None:
        await tx.deliveries.hasten(host, tx.now)
    await tx.peers.succeeded(host, tx.now)


async def _count_failure(tx: Transaction, host: str, failures: Sequence[Verdict]) -> None:
    """Count one failure, however many requests it took, and let the host rest where that is due."""
    peer = await tx.peers.by_host(host)
    if peer is None:
        return
    until = rest_after_failure(peer, tx.now)
    asked = tx.now + max(verdict.rest for verdict in failures)
    if asked > tx.now:
        until = max(until or asked, asked)
    why = failures[-1].conclusion.error or "It failed without a word."
    await tx.peers.failed(host, tx.now, why, resting_until=until)
