"""The private keys of local actors, ready to sign requests with."""

from collections.abc import Mapping
from datetime import timedelta

from actors.addresses import SERVER
from federation import signatures
from federation.errors import FederationError
from federation.keyring import Remembered
from federation.signatures import SigningKey
from federation.transport import Signer
from storage.database import Database

REMEMBERED = 1000

#: How long a key that another process replaced (`ilan` beside a serving node) may still be used here.
FRESH_FOR = timedelta(minutes=5)


class Signers:
    """Lends what signs for local actors; each key is loaded once in a while. One for each process.

    Only a key that is not remembered opens a transaction, a reading one.
    """

    def __init__(self, database: Database, *, size: int = REMEMBERED) -> None:
        """Remember at most `size` keys."""
        self._database = database
        self._signers: Remembered[Signer] = Remembered(FRESH_FOR, size)
        self._server: int | None = None

    async def of(self, actor_id: int) -> Signer:
        """Return what signs for a local actor with its RSA key, which everybody can check (S2).

        Raises FederationError when this node has no such key.
        """
        name = str(actor_id)
        now = self._database.clock()
        signer = self._signers.get(name, now)
        if signer is None:
            signer = await self._load(actor_id)
            self._signers.put(name, signer, now)
        return signer

    async def server(self) -> Signer:
        """Return what signs fetches: the server's actor, so that nobody's interest shows."""
        if self._server is None:
            async with self._database.read() as tx:
                actor = await tx.actors.local(SERVER)
            if actor is None:
                raise FederationError(f"This node has no actor {SERVER!r} to sign with; run `ilan init`.")
            self._server = actor.id
        return await self.of(self._server)

    def forget(self, actor_id: int) -> None:
        """Forget an actor's key, which was replaced."""
        self._signers.drop(str(actor_id))

    async def _load(self, actor_id: int) -> Signer:
        async with self._database.read() as tx:
            actor = (await tx.actors.by_ids([actor_id])).get(actor_id)
            rows = await tx.signing_keys.of(actor) if actor is not None else []
        for row in reversed(rows):  # The newest comes last.
            if row.algorithm == "rsa" and row.private:
                return _signer(_load_key(row.private, row.uri), row.uri, self._database)
        raise FederationError(f"This node has no private RSA key for the actor {actor_id}.")


def _load_key(private: str, uri: str) -> SigningKey:
    try:
        return SigningKey.load(private)
    except ValueError as error:
        raise FederationError(f"The private key {uri} cannot be used: {error}") from error


def _signer(key: SigningKey, key_id: str, database: Database) -> Signer:
    def sign(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        return signatures.sign(method, url, body, key=key, key_id=key_id, now=database.clock())

    return sign
