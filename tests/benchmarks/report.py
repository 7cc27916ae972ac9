"""A table of figures, each with its limit and the ratio of the two."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    limit_name: str = ""
    limit: float | None = None
    target: str = ""

    def row(self) -> tuple[str, ...]:
        ratio = f"{self.value / self.limit:.2f}" if self.limit else ""
        limit = f"{self.limit:,.0f}" if self.limit else ""
        return (
            self.name,
            f"{self.value:,.1f}" if self.value < 100 else f"{self.value:,.0f}",
            self.unit,
            limit,
            self.limit_name,
            ratio,
            self.target,
        )


HEADINGS = ("what", "figure", "unit", "limit", "limit is", "ratio", "target")


@dataclass(slots=True)
class Report:
    figures: list[Figure] = field(default_factory=list)

    def add(self, *figures: Figure) -> None:
        for figure in figures:
            self.figures.append(figure)
            print("  ".join(part for part in figure.row() if part), flush=True)

    def print(self) -> None:
        rows = [HEADINGS, *(figure.row() for figure in self.figures)]
        widths = [max(len(row[index]) for row in rows) for index in range(len(HEADINGS))]
        print()
        for row in rows:
            print("  ".join(part.ljust(width) for part, width in zip(row, widths, strict=True)).rstrip())
