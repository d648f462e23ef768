"""Finding and loading models: bundled ones by name, a user's by file.

A folder of models is mounted as a package under a private name, so that models import each other relatively and a
user's own `models` package is never mistaken for the bundled one, or the other way round.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import sys
import traceback
import types
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import checker
from checker.diagnostics import NOWHERE, QuoraxError, Span, error
from checker.dsl.compile import compile_model
from checker.dsl.model import Model, MutantInfo, Refinement
from checker.dsl.refine import refinement_info, refining
from checker.dsl.registry import nearest
from checker.dsl.source import Sources, display_name, parse, syntax_error
from checker.ir.refinement import PREFIX
from checker.ir.system import System

BUNDLED = Path(checker.__file__).parent.parent / "models"
"""The folder of the models that come with the toolkit: beside it, in a checkout and when installed."""

MUTANTS_SUFFIX = "_mutants"
REFINES_SUFFIX = "_refines"

FORMS = {
    "Map": "write Map[Key, Value]",
    "Seq": "write Seq[Element, Length], where Length is a Bound",
    "MessageSet": "write MessageSet[Prepare | Promise]",
    "Bag": "write Bag[Prepare | Promise]",
    "Fifo": "write Fifo[Server, Prepare | Promise, Length], where Length is a Bound",
}
"""What to write instead of a generic type with the wrong number of parameters."""


@dataclass(frozen=True)
class LoadedMutant:
    """A named wrong variant. Its system is compiled when it is first asked for."""

    name: str
    id: str
    breaks: str
    model: type

    @cached_property
    def system(self) -> System:
        return compile_model(self.model)


@dataclass(frozen=True)
class LoadedModel:
    """A model and its mutants, by their name in snake_case. `name` is the file's stem.

    `refinements` are its mappings to coarser models, by the name under which they are checked: `refines:voting`.
    """

    name: str
    model: type
    path: Path
    mutants: Mapping[str, LoadedMutant]
    refinements: Mapping[str, type] = field(default_factory=dict[str, type])

    @cached_property
    def system(self) -> System:
        return compile_model(self.model)

    def refining(self, names: Collection[str], mutant: str = "") -> System:
        """Return the system of the model, or of a mutant, with those of its refinements that are named.

        Raises:
            QuoraxError: every error in the models and the mappings.

        """
        mappings = {name: mapping for name, mapping in self.refinements.items() if name in names}
        return refining(self.mutants[mutant].model if mutant else self.model, mappings)

    def mutant(self, name: str) -> LoadedMutant:
        """Return a mutant by name or catalogue number.

        Raises:
            QuoraxError: M016, if there is none.
        """
        for mutant in self.mutants.values():
            if name in (mutant.name, mutant.id):
                return mutant
        remedy = nearest(name, self.mutants) or f"it has {', '.join(self.mutants) or 'none'}"
        raise error(NOWHERE, "M016", f"{self.name} has no mutant {name}", remedy)


def bundled_models() -> tuple[str, ...]:
    """Return the names of the bundled models, sorted."""
    names = (p.stem for p in BUNDLED.glob("*.py"))
    return tuple(sorted(n for n in names if not n.startswith("_") and not n.endswith((MUTANTS_SUFFIX, REFINES_SUFFIX))))


def load(target: str) -> LoadedModel:
    """Return the model that `target` names: `raft`, `my/model.py`, `my/model.py:Class` or `raft:Class`.

    Raises:
        QuoraxError: M001–M003 if the file cannot be loaded, M015 if it holds no such model. The model's own text is
            compiled, and its errors are raised, when `system` is first asked for.
    """
    place, _, class_name = target.partition(":")
    path = Path(place)
    if path.suffix != ".py":
        path = BUNDLED / f"{place}.py"
        if place not in bundled_models():
            remedy = nearest(place, bundled_models()) or f"bundled are {', '.join(bundled_models())}; or give a file.py"
            raise error(NOWHERE, "M017", f"there is no model called {place!r}", remedy)
    elif not path.is_file():
        raise error(NOWHERE, "M017", f"there is no file {place}", "give the path of a model file, or a bundled name")
    module = _import(path.resolve())
    model = _model_class(module, path, class_name)
    path_found = path.resolve()
    return LoadedModel(
        path.stem, model, path, _mutants(module, path_found, model), _refinements(module, path_found, model)
    )


def snake_case(name: str) -> str:
    """Return PickLowest as pick_lowest."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _import(path: Path) -> types.ModuleType:
    """Import a file as a member of the private package of its folder."""
    digest = hashlib.sha256(str(path.parent).encode()).hexdigest()[:12]
    package = f"_quorax_models_{digest}"
    if package not in sys.modules:
        mounted = types.ModuleType(package)
        mounted.__path__ = [str(path.parent)]
        sys.modules[package] = mounted
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise error(NOWHERE, "M001", f"cannot read {display_name(str(path))}: {problem}") from None
    parse(display_name(str(path)), text)
    name = f"{package}.{path.stem}"
    try:
        return importlib.import_module(name)
    except QuoraxError:
        raise
    except SyntaxError as problem:  # in a module that this one imports
        raise syntax_error(display_name(problem.filename or str(path)), problem) from None
    except (Exception, SystemExit) as problem:
        sys.modules.pop(name, None)
        raise _import_error(path, problem) from None


def _import_error(path: Path, problem: BaseException) -> QuoraxError:
    """Return the diagnostic for a module that fails while Python runs it, at the deepest line in its folder."""
    frames = traceback.extract_tb(problem.__traceback__)
    inside = [f for f in frames if Path(f.filename).parent == path.parent]
    span = Span(display_name(str(path)), 1, 0, 1, 0)
    if inside and inside[-1].lineno:
        frame = inside[-1]
        line, column = frame.lineno or 1, frame.colno or 0
        span = Span(display_name(frame.filename), line, column, frame.end_lineno or line, frame.end_colno or column)
    wrong = re.match(r"Too (few|many) arguments for <class 'checker\.dsl\.\w+\.(\w+)'>", str(problem))
    if wrong:  # Python words the rest of this differently from version to version
        return error(
            span, "M021", f"{wrong[2]} has too {wrong[1]} parameters", FORMS.get(wrong[2], "see the reference")
        )
    remedy = "mend the file so that Python can import it"
    if isinstance(problem, NameError) and problem.name:
        remedy = f"define or import {problem.name}"
    elif isinstance(problem, ImportError):
        remedy = "import only checker.dsl, the standard library, and models beside this one (from .paxos import Paxos)"
    return error(span, "M001", f"cannot import the model: {type(problem).__name__}: {problem}", remedy)


def _model_class(module: types.ModuleType, path: Path, class_name: str) -> type:
    candidates = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, Model)
        and value.__module__ == module.__name__
        and "__mutant__" not in vars(value)
    }
    if class_name:
        named = vars(module).get(class_name)
        if isinstance(named, type) and issubclass(named, Model):
            return named
        remedy = nearest(class_name, candidates) or f"its models are {', '.join(candidates) or 'none'}"
        raise error(NOWHERE, "M015", f"{path.name} has no model {class_name}", remedy)
    if not candidates:
        raise error(NOWHERE, "M015", f"{path.name} has no model", "define `class MyProtocol(Model)` in it")
    for name, value in candidates.items():
        if len(candidates) == 1 or snake_case(name) == path.stem:
            return value
    raise error(NOWHERE, "M015", f"{path.name} has several models", f"say which: {path}:{next(iter(candidates))}")


def _mutants(module: types.ModuleType, path: Path, model: type) -> dict[str, LoadedMutant]:
    """Return the mutants of a model, from its own file and from the file of mutants beside it."""
    found: dict[str, LoadedMutant] = {}
    for place in (module, *_beside(path, MUTANTS_SUFFIX)):
        for value in vars(place).values():
            info = vars(value).get("__mutant__") if isinstance(value, type) else None
            if isinstance(info, MutantInfo) and issubclass(value, model) and value.__module__ == place.__name__:
                name = snake_case(value.__name__)
                found[name] = LoadedMutant(name, info.id, info.breaks, value)
    return found


def _refinements(module: types.ModuleType, path: Path, model: type) -> dict[str, type]:
    """Return the mappings of a model to coarser ones, from its own file and from the file of mappings beside it."""
    found: dict[str, type] = {}
    for place in (module, *_beside(path, REFINES_SUFFIX)):
        for value in vars(place).values():
            if not isinstance(value, type) or not issubclass(value, Refinement) or value is Refinement:
                continue
            info = refinement_info(value)
            if info.fine is model and value.__module__ == place.__name__:
                name = f"{PREFIX}{snake_case(info.coarse.__name__)}"
                if name in found:
                    shown = f"{found[name].__name__} and {value.__name__}"
                    file, node = Sources().of_class(value)
                    message = f"{path.name} has two mappings {name}: {shown}"
                    raise error(file.span(node), "M092", message, "keep one of them")
                found[name] = value
    return found


def _beside(path: Path, suffix: str) -> list[types.ModuleType]:
    """Return the module in the file that is called as the model's with a suffix, if there is one."""
    beside = path.with_name(f"{path.stem}{suffix}.py")
    return [_import(beside)] if beside.is_file() else []
