"""Runs generated code compiled so that what C leaves undefined ends the process: a program, for it may end there."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from checker.explicit import build as building
from checker.explicit import engine as engines
from checker.explicit import shapes
from checker.explicit.build import CompilerError, build
from checker.explicit.engine import ExplicitEngine
from checker.ir.instance import build_instance
from checker.spec.parse import parse_spec
from checker.spec.temporal import temporal_properties
from tests.explicit.comparison import everything
from tests.explicit.constructs import CASES, CORNERS, system_called
from tests.explicit.test_shipped_models import MODELS, SPECS, first_instance

SANITIZER = ("-fsanitize=undefined", "-fsanitize-undefined-trap-on-error")


def main() -> None:
    """Explore everything, with sets as bits and as lists."""
    building.FLAGS = (*building.FLAGS, *SANITIZER)  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        try:
            build("int nothing;\n", folder=Path(folder))
        except CompilerError:
            print("cannot trap undefined behaviour")
            return
        for dense in (shapes.DENSE_MAX, 8):
            shapes.DENSE_MAX = dense
            engines.FIRST_CAPACITY = shapes.FIRST_CAPACITY = 1
            explore_everything(Path(folder))
    print("defined")


def explore_everything(folder: Path) -> None:
    """Explore the constructs, the corners and the shipped models."""
    for name in CASES:
        system, settings = system_called(name, folder)
        ExplicitEngine(2).run(system, build_instance(system, "test", settings), everything(system))
    for system in CORNERS.values():
        ExplicitEngine().run(system, build_instance(system, "test", {"Node": 2, "Limit": 1}), everything(system))
    for name in MODELS:
        system, instance = first_instance(name)
        spec = parse_spec(SPECS / f"{name}.spec")
        ExplicitEngine(2).run(
            system, instance, replace(everything(system), temporal=tuple(temporal_properties(spec).values()))
        )


if __name__ == "__main__":
    sys.exit(main())
