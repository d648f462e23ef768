"""A clock that refines a coarser clock: two small models as text, a mapping, and edits to them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from checker.dsl.loader import load
from checker.ir.system import System

IMPORTS = """from checker.dsl import (
    Annotated, Bag, Budget, Majority, Map, MessageSet, Model, Order, Range, Refinement, Set, Sort, action, initial,
    invariant, mapping, message, record, require, spend, successor,
)
"""

COARSE = f'''"""A clock that shows whether it is day."""

{IMPORTS}

class Coarse(Model):
    """Day and night take turns."""

    hour: Annotated[int, Range(0, 2)]  # what it shows

    @initial
    def start(self) -> None:
        """It starts at 0."""
        self.hour = 0

    @action
    def strike(self) -> None:
        """It goes on by one hour, and from 2 to 0."""
        self.hour = (self.hour + 1) % 3
'''

FINE = f'''"""A clock with two hands."""

{IMPORTS}

class Fine(Model):
    """It counts to 5 in steps of one, and shows every other of them."""

    minute: Annotated[int, Range(0, 5)]  # how far it is

    @initial
    def start(self) -> None:
        """It starts at 0."""
        self.minute = 0

    @action
    def tick(self) -> None:
        """It goes on by one minute."""
        self.minute = (self.minute + 1) % 6
'''

MAPPING = f'''"""How the finer clock is seen."""

{IMPORTS}
from .coarse import Coarse
from .fine import Fine


class FineRefinesCoarse(Refinement, fine=Fine, coarse=Coarse):
    """Two minutes are an hour."""

    def hour(self, fine: Fine) -> Annotated[int, Range(0, 2)]:
        """Return the hour."""
        return fine.minute // 2
'''

NAME = "refines:coarse"


ORDERED = {
    "coarse": f'''"""A clock that does not go round."""

{IMPORTS}

class Hour(Order):
    """A time of the day."""


class Coarse(Model):
    hour: Hour

    @initial
    def start(self, h: Hour) -> None:
        require(all(h <= i for i in Hour))
        self.hour = h

    @action
    def strike(self) -> None:
        self.hour = successor(self.hour)
''',
    "fine": f'''"""The same, or not."""

{IMPORTS}

class Hour(Order):
    """A time of the day."""


class Fine(Model):
    hour: Hour

    @initial
    def start(self, h: Hour) -> None:
        require(all(h <= i for i in Hour))
        self.hour = h

    @action
    def tick(self) -> None:
        self.hour = successor(self.hour)  # fine
''',
    "mapping": f'''"""What both have needs no words."""

{IMPORTS}
from .coarse import Coarse
from .fine import Fine


class FineRefinesCoarse(Refinement, fine=Fine, coarse=Coarse):
    """The same hour."""
''',
}
"""Clocks whose last hour is a bound."""

STRICT = ("def tick(self)", "def tick(self, h: Hour)")

SENDING = {
    "coarse": f'''"""A clock that is heard."""

{IMPORTS}

@message
class Tick:
    """It strikes."""

    hour: Annotated[int, Range(0, 5)]


class Coarse(Model):
    net: MessageSet[Tick]

    @initial
    def start(self) -> None:
        pass

    @action
    def strike(self, h: Annotated[int, Range(0, 5)]) -> None:
        self.net.send(Tick(h))
''',
    "mapping": f'''"""What has been heard."""

{IMPORTS}
from .coarse import Coarse, Tick
from .fine import Fine


class FineRefinesCoarse(Refinement, fine=Fine, coarse=Coarse):
    """Every minute is heard."""

    def net(self, fine: Fine) -> Set[Tick]:
        return {{Tick(m) for m in range(6) if 1 <= m and m <= fine.minute}}
''',
}
"""A coarser clock with a network."""


def refined(
    folder: Path, *edits: tuple[str, str], coarse: str = COARSE, fine: str = FINE, mapping: str = MAPPING
) -> System:
    """Return the finer system with its refinement, each edit made in the one text that it fits."""
    texts = {"coarse": coarse, "fine": fine, "fine_refines": mapping}
    for before, after in edits:
        fitting = [name for name, text in texts.items() if text.count(before) == 1]
        assert len(fitting) == 1, f"{before!r} must stand once, in one text"
        texts[fitting[0]] = texts[fitting[0]].replace(before, after)
    place = folder / f"models_{len(list(folder.iterdir()))}"
    written(place, texts)
    return load(str(place / "fine.py")).refining([NAME])


def written(place: Path, texts: Mapping[str, str]) -> None:
    """Write models into a new folder."""
    place.mkdir()
    for name, text in texts.items():
        (place / f"{name}.py").write_text(text, encoding="utf-8")
