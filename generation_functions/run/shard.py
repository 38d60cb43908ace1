"""One shard of a run: the part of its source documents that one of several processes works through.

A shard runs the very same pipeline and asks what its documents ask for. It ends where a pipeline needs to see more than
its part: what follows is left to the run that it is a shard of. So whatever it has asked, that run will ask as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from generation_functions.errors import RunStopped
from generation_functions.rows import Place, content_key


@dataclass(frozen=True, slots=True)
class Shard:
    """The shard `index` of `count`, from 0 on.

    replays  whether stored passing faults are final, as they are to the run that it is a shard of
    ranks    where each file stands in its folder, so that neighbours go to different shards
    """

    index: int
    count: int
    replays: bool = False
    ranks: dict[str, int] = field(default_factory=dict, compare=False)

    def rank(self, sources: Iterable[str]) -> None:
        """Deal the files of a folder out, like cards. A file that was dealt before stays where it is."""
        for number, source in enumerate(sources):
            self.ranks.setdefault(source, number)

    def has(self, place: Place) -> bool:
        """Whether a source row is this shard's. It goes by the document: a file, or a record or a member of one."""
        source, record = (*place, 0, 0)[:2]
        number = record if isinstance(record, int) else 0
        return (self._rank(str(source)) + number) % self.count == self.index

    def has_file(self, source: str) -> bool:
        """Whether the one document of a file is this shard's."""
        return self.has((source, 0))

    def _rank(self, source: str) -> int:
        known = self.ranks.get(source)
        return known if known is not None else int(content_key(source)[:8], 16)


def ends_here(what: str) -> RunStopped:
    """The end of a shard, before something that needs the rows of all shards."""
    return RunStopped("limit", f"the shard ends here: {what} needs all the documents")
