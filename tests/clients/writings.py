"""What people wrote."""

from datetime import timedelta
from typing import Any

from tests.clients.circle import Circle
from tests.clients.pictures import PNG
from tests.clients.stage import Person
from tests.drafting import EVENT, OFFER, PRACTICE, RESOURCE


class Writings(Circle):
    """Statuses, media, polls, conversations, and what is more than a post."""

    async def status(self) -> str:
        return str((await self.me.post("Legal aid for all. #LegalAid"))["id"])

    async def new_status(self) -> str:
        return str((await self.me.post(f"Note {self.number()} #LegalAid"))["id"])

    async def other_status(self) -> str:
        return await self.new_other_status()

    async def new_other_status(self) -> str:
        return str((await self.other.post(f"Report {self.number()}"))["id"])

    async def pinned_status(self) -> str:
        return await self.new_status()

    async def remote_status(self) -> str:
        """A post of somebody elsewhere, with a picture, a mention and a hashtag."""
        stranger = await self.value("stranger")
        published = await self.node.publish(
            stranger,
            content='<p>From afar <a href="https://elsewhere.example/tags/bail" rel="tag">#Bail</a></p>',
            tags=[{"type": "Hashtag", "name": "#Bail", "href": "https://elsewhere.example/tags/bail"}],
            attachments=[
                {
                    "type": "Document",
                    "mediaType": "image/png",
                    "url": "https://elsewhere.example/media/1.png",
                    "name": "A courtroom",
                    "width": 40,
                    "height": 30,
                }
            ],
        )
        return str(published.id)

    async def medium(self) -> str:
        return await self.new_medium()

    async def new_medium(self, person: Person | None = None) -> str:
        """A picture that is attached to nothing yet."""
        answer = await (person or self.me).send(
            "POST",
            "/api/v2/media",
            files={"file": ("square.png", PNG, "image/png")},
            data={"description": "A grey square", "focus": "0.5,-0.5"},
        )
        assert answer.status_code in (200, 202), f"POST /api/v2/media: {answer.status_code} {answer.text}"
        return str(answer.json()["id"])

    async def status_with_all(self) -> str:
        """A status with everything at once that can be at once."""
        medium = await self.new_medium()
        posted = await self.me.post(
            "See https://example.org/a/long/path/that/is/cut?q=1 @baraka #LegalAid\n\nMore.",
            media_ids=[medium],
            spoiler_text="Custody",
            language="en",
        )
        return str(posted["id"])

    async def baraka_with_all(self) -> str:
        """A member who posted, boosted, asked and answered."""
        mine = await self.value("status")
        await self.value("poll_status")
        await self.other.do("POST", f"/api/v1/statuses/{mine}/reblog")
        await self.other.post("An answer, @amina", in_reply_to_id=mine)
        medium = await self.new_medium(self.other)
        await self.other.post("A picture", media_ids=[medium])
        return self.other.id

    async def answered_status(self) -> str:
        """The middle of a thread."""
        first = (await self.me.post("First"))["id"]
        second = (await self.other.post("Second", in_reply_to_id=first))["id"]
        await self.me.post("Third", in_reply_to_id=second)
        await self.other.post("Fourth", in_reply_to_id=second)
        return str(second)

    async def liked_status(self) -> str:
        mine = (await self.me.post("Liked"))["id"]
        await self.other.do("POST", f"/api/v1/statuses/{mine}/favourite")
        await self.other.do("POST", f"/api/v1/statuses/{mine}/reblog")
        return str(mine)

    async def kept(self) -> str:
        """A status that the caller liked and bookmarked."""
        number = await self.new_other_status()
        await self.me.do("POST", f"/api/v1/statuses/{number}/favourite")
        await self.me.do("POST", f"/api/v1/statuses/{number}/bookmark")
        return number

    async def edited_status(self) -> str:
        mine = (await self.me.post("Before"))["id"]
        await self.me.do("PUT", f"/api/v1/statuses/{mine}", json={"status": "After"})
        return str(mine)

    async def quoted_status(self) -> str:
        mine = await self.me.post("To be quoted", quote_approval_policy="public")
        await self._quote(mine["id"])
        return str(mine["id"])

    async def quoting_status(self) -> str:
        return await self.new_quoting_status()

    async def new_quoting_status(self) -> str:
        return await self._quote(await self.value("quoted_status"))

    async def _quote(self, quoted: str) -> str:
        posted = await self.other.post(f"Look, {self.number()}", quoted_status_id=quoted)
        return str(posted["id"])

    async def poll_status(self) -> str:
        posted = await self.other.post("Which?", poll={"options": ["One", "Two"], "expires_in": 86400})
        return str(posted["id"])

    async def poll(self) -> str:
        status = await self.me.do("GET", f"/api/v1/statuses/{await self.value('poll_status')}")
        return str(status["poll"]["id"])

    async def new_poll(self) -> str:
        posted = await self.other.post(
            f"Which, {self.number()}?", poll={"options": ["One", "Two"], "expires_in": 86400}
        )
        return str(posted["poll"]["id"])

    async def next_week(self) -> str:
        return (self.node.clock.now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    async def scheduled(self) -> str:
        return await self.new_scheduled()

    async def new_scheduled(self) -> str:
        scheduled = await self.me.do(
            "POST",
            "/api/v1/statuses",
            json={"status": f"Later {self.number()}", "scheduled_at": await self.value("next_week")},
        )
        return str(scheduled["id"])

    async def conversation(self) -> str:
        return await self.new_conversation()

    async def new_conversation(self) -> str:
        # What a stranger writes privately waits, unless it answers.
        first = await self.me.post(f"Between us {self.number()}, @{self.other.name}", visibility="direct")
        await self.other.post("Yes, @amina", visibility="direct", in_reply_to_id=first["id"])
        return str((await self.me.do("GET", "/api/v1/conversations"))[0]["id"])

    async def practice(self) -> str:
        """The example of a practice, published by the body."""
        return await self._typed(PRACTICE)

    async def event(self) -> str:
        """The example of an event, published by the body."""
        return await self._typed(EVENT)

    async def offer(self) -> str:
        """The example of an expert's offer."""
        return await self._typed(OFFER)

    async def resource(self) -> str:
        """The example of a manual."""
        return await self._typed(RESOURCE)

    async def _typed(self, document: dict[str, Any]) -> str:
        sent = {
            name: each for name, each in document.items() if name not in ("audience_group", "translations")
        }
        answer = await self.people["editor"].send("POST", "/api/ilan/v1/publications", json=sent)
        assert answer.status_code == 201, f"POST /api/ilan/v1/publications: {answer.text}"
        return str(answer.json()["id"])
