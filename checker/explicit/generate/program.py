"""A whole C program: one system in one instance, with the goals that a run asks about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checker.explicit.generate.actions import Actions, Numbers
from checker.explicit.generate.expressions import Expressions
from checker.explicit.generate.labels import Labelling, Labels, letter_function
from checker.explicit.generate.symmetry import define_symmetry
from checker.explicit.generate.text import Definitions, Lines, comment, function
from checker.explicit.layout import Layout
from checker.interp.goals import Goal, range_of
from checker.ir.expr import Expr
from checker.ir.symmetry import NO_SYMMETRY, Symmetry
from checker.ir.system import Require, System
from checker.ir.walk import walk_statements

GOALS_MAX = 64
"""Goals of one run, freedom from deadlock included: each is a bit of a word."""


@dataclass(frozen=True, slots=True)
class Program:
    """The C text of one system, and what the numbers in it stand for.

    `goals` are those with a predicate, by bit; `ranges` the bits of invariants that may hold of nothing. `symbol` is a
    name of the exported `qx_model`, `listed` the types of listed sets and bags by the number they complain under.
    """

    text: str
    symbol: str
    goals: tuple[Goal, ...]
    ranges: frozenset[int]
    bounds: tuple[str, ...]
    listed: tuple[str, ...]


def program_of(
    layout: Layout,
    goals: tuple[Goal, ...],
    labelling: Labelling | None = None,
    symmetry: Symmetry = NO_SYMMETRY,
    few: Sequence[frozenset[str]] = (),
) -> Program:
    """Return the program of a system, which judges the goals that have a predicate, and says what is labelled how.

    Under symmetry its successors are the least of their orbits. `few` are sets of actions that may be expanded alone.

    Raises:
        AsymmetricError: an action depends on the order in which interchangeable members are met.
        UnsupportedError: the model, or the labelling, has something that generated code does without.

    """
    system = layout.shapes.system
    named = [n.name for kind in (system.functions, system.actions, system.properties) for n in kind]
    definitions = Definitions(hidden=frozenset(named))
    expressions = Expressions(layout, definitions, symmetry)
    numbers = Numbers(
        {a.name: i for i, a in enumerate(system.actions)},
        guards={id(g): i for i, g in enumerate(guards_of(system))},
    )
    judged = tuple(g for g in goals if g.body is not None)
    judges, ranges = _judges(expressions, judged)
    labels, letter = None, ("", "")
    if labelling is not None:
        labels, letter = Labels(expressions, labelling), letter_function(expressions, labelling)
    orbits = define_symmetry(expressions.p, layout, symmetry) if symmetry.classes else ""
    predicates = len(definitions.texts)
    actions = Actions(expressions, numbers, labels)
    names = [actions.define(action) for action in system.actions]
    expand = function(
        comment("Takes every step from a state."),
        "void expand(const uint64_t *s, qx_work *work)",
        [f"{name}(s, work);" for name in names] or ["(void)s;", "(void)work;"],
    )
    everything = (
        comment(f"{system.name}, {layout.shapes.instance}: {layout.words} words a state. Generated from the model."),
        *definitions.texts[:predicates],
        *judges,
        *([letter[1]] if letter[1] else []),
        _prelude(layout, has_steps=any(g.kind == "transition" for g in judged), orbits=orbits),
        *definitions.texts[predicates:],
        expand,
        *_reduction(few, names, numbers),
        _model(system, layout, numbers, {"symmetry": orbits, "letter": letter[0]}, len(few)),
    )
    text = "\n\n".join(part.strip("\n") for part in everything) + "\n"
    return Program(text, SYMBOL, judged, ranges, tuple(numbers.bounds), tuple(expressions.p.outgrowable))


SYMBOL = "qx_system"
"""The name of the `qx_model` in a program."""

INCLUDE = '#include "context.h"\n'
"""What stands before the programs in a file."""


def guards_of(system: System) -> list[Require]:
    """Return every `require` of the actions in program order."""
    return [s for a in system.actions for s in walk_statements(a.body) if isinstance(s, Require)]


def _judges(expressions: Expressions, goals: tuple[Goal, ...]) -> tuple[Lines, frozenset[int]]:
    """Return the functions that judge states and steps, and the goals whose range may be empty."""
    steps = [(i, g) for i, g in enumerate(goals) if g.kind == "transition"]
    states = [(i, g) for i, g in enumerate(goals) if g.kind != "transition"]
    ranged = [(i, g.name, range_of(g.body)) for i, g in states if g.kind == "invariant" and g.body is not None]
    ranges = [(i, f"{name}_range", found, True) for i, name, found in ranged if found is not None]
    state, step = "const uint64_t *s, uint64_t open", "const uint64_t *old, const uint64_t *s, uint64_t open"
    judges = [
        _judge(expressions, "judge", state, [(i, g.name, g.body, g.sought) for i, g in states], "state"),
        _judge(expressions, "judge_step", step, [(i, g.name, g.body, False) for i, g in steps], "step"),
        _judge(expressions, "inhabited", state, list(ranges), "range"),
    ]
    return judges, frozenset(i for i, *_ in ranges)


def _judge(
    expressions: Expressions, name: str, parameters: str, goals: Sequence[tuple[int, str, Expr | None, bool]], what: str
) -> str:
    """Return the function that says which of the open goals a state (or a step) decides."""
    lines: Lines = ["uint64_t decided = 0;"]
    for bit, own, body, sought in goals:
        assert body is not None
        signature = expressions.define(own, body, {}, f"{own} ({what})")
        test = f"{signature.name}({', '.join(signature.states)})"
        lines += [
            f"if ((open >> {bit} & 1) && {'' if sought else '!'}{test})",
            f"    decided |= UINT64_C(1) << {bit};",
        ]
    named = [p.rpartition("*")[2].rpartition(" ")[2] for p in parameters.split(", ")]
    body_lines = [*(f"(void){p};" for p in named), *lines, "return decided;"]
    return function(comment(f"Which of the open goals a {what} decides."), f"uint64_t {name}({parameters})", body_lines)


def _prelude(layout: Layout, *, has_steps: bool, orbits: str) -> str:
    """Return what actions begin and end their steps with."""
    push = "qx_push(work, qx_hash(t, WORDS));" if not orbits else f"qx_push_orbit(work, {orbits});"
    judge = [
        "if (work->open_steps != 0) {",
        "    const uint64_t decided = judge_step(s, t, work->open_steps);",
        "    if (decided != 0)",
        "        work->decide_step(work, decided, s);",
        "}",
    ]
    functions = (
        (
            "Begins a successor as a copy of a state.",
            "uint64_t *successor(qx_work *work, const uint64_t *from)",
            ["uint64_t *const t = work->room;", "memcpy(t, from, WORDS * sizeof *t);", "return t;"],
        ),
        (
            "Counts a step that leaves the state as it is.",
            "void stay(qx_work *work, unsigned action)",
            ["work->outcomes++;", "work->generated += work->weight;", "work->fired[action] += work->weight;"],
        ),
        (
            "Ends a step from s to t, the successor that was begun last.",
            "void took(qx_work *work, const uint64_t *s, uint64_t *t, unsigned action)",
            [
                "stay(work, action);",
                "if (qx_same(s, t, WORDS))",
                "    return;",
                *(judge if has_steps else []),
                "work->action = action;",
                push,
            ],
        ),
        (
            "Counts the ways of binding what is left of a transition that a bound cuts.",
            "void cut(qx_work *work, unsigned bound, uint64_t ways)",
            ["work->cuts[bound] += ways * work->weight;", "work->outcomes += ways;"],
        ),
    )
    texts = [function(comment(remark), head, body) for remark, head, body in functions]
    return "\n\n".join([f"enum {{ WORDS = {layout.words} }};", *texts])


def _reduction(few: Sequence[frozenset[str]], names: Lines, numbers: Numbers) -> Lines:
    """Return the tables of actions one by one, and of those that may be expanded alone."""
    if not few:
        return []
    sets = [sum(1 << numbers.actions[name] for name in one) for one in few]
    return [
        "static const qx_step steps[] = {\n    " + ",\n    ".join(names) + ",\n};",
        "static const uint64_t few[] = {" + ", ".join(f"UINT64_C({s})" for s in sets) + "};",
    ]


def _model(system: System, layout: Layout, numbers: Numbers, optional: dict[str, str], few: int) -> str:
    """Return the description of the program that the runtime works with."""
    entries = {
        "name": f'"{system.name}"',
        "words": layout.words,
        "actions": len(numbers.actions),
        "bounds": len(numbers.bounds),
        "guards": len(numbers.guards),
        "expand": "expand",
        "judge": "judge",
        "judge_step": "judge_step",
        "inhabited": "inhabited",
    }
    entries |= {name: value for name, value in optional.items() if value}
    if few:
        entries |= {"few": "few", "few_count": few, "steps": "steps"}
    lines = "\n".join(f"    .{name} = {value}," for name, value in entries.items())
    return f"const qx_model {SYMBOL} = {{\n{lines}\n}};"
