"""Faults to plant in the compiled engine, and the tests that have to see them.

To add one: say what is wrong, name the file in `checker/explicit`, give a text that stands there once and what is to
stand there instead, and the quickest tests that turn red. What is planted has to compile.
"""

from __future__ import annotations

from dataclasses import dataclass

HERE = "tests/explicit/"
PAXOS = (f"{HERE}test_shipped_models.py::test_a_model_is_explored_as_by_the_interpreter[paxos]",)
WIDE = (f"{HERE}test_shipped_models.py::test_a_model_is_explored_as_by_the_interpreter[pbft]",)
RAFT = (f"{HERE}test_shipped_models.py::test_a_model_is_explored_as_by_the_interpreter[raft]",)
ENDS = (f"{HERE}test_shipped_models.py::test_a_model_is_explored_as_by_the_interpreter[consensus]",)
CONSTRUCTS = (f"{HERE}test_every_construct.py::test_a_construct_means_what_the_interpreter_says",)
CHOICES = (f"{CONSTRUCTS[0]}[bits-choices that end in an error]",)
CORNERS = (f"{HERE}test_every_construct.py::test_a_corner_of_the_ir_means_what_the_interpreter_says",)
STEPS = (f"{CORNERS[0]}[0-a step that writes what was there]",)
NUMBERS = (f"{CORNERS[0]}[0-quotients and rests of negative numbers]",)
RANDOM = (f"{HERE}test_random_systems.py::test_a_random_model_is_explored_as_by_the_interpreter_and_few_err",)
WILD = (f"{HERE}test_random_systems.py::test_a_wild_system_is_explored_as_by_the_interpreter",)
LAYOUT = (f"{HERE}test_layout.py",)
LEAST = (f"{HERE}test_least_trace.py",)
WORKERS = (f"{HERE}test_engine.py::test_every_store_and_number_of_workers_finds_the_same",)
SYMMETRY = (f"{HERE}test_symmetry.py",)
GRAPHS = (f"{SYMMETRY[0]}::test_functions_have_as_many_orbits_as_there_are_functional_graphs",)
REDUCTION = (f"{HERE}test_reduction.py", "tests/ir/test_independence.py")
STORES = (f"{HERE}test_store.py::test_the_claim_holds",)


@dataclass(frozen=True, slots=True)
class Fault:
    """A text of a file in `checker/explicit`, another one in its place, and the tests of which one must then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


FAULTS = (
    # -- packing -------------------------------------------------------------------------------------------------------
    Fault("a place overlaps the one before", "layout.py",
          "end += bits\n    for key, _, bits in loose:",
          "end += max(bits - 1, 0)\n    for key, _, bits in loose:", LAYOUT),
    Fault("a field is not packed", "codec.py",
          "zip(fields, value[1:], strict=True))", "zip(fields[1:], value[2:], strict=True))", PAXOS),
    Fault("None is packed as the first value", "codec.py",
          "return code << WORD | 1 if shape.is_wide else code + 1",
          "return code << WORD | 1 if shape.is_wide else code", LAYOUT),
    Fault("None is taken for the first value", "generate/values.py",
          'return Val(shape, f"{atom(self.code(value))} + 1")',
          'return Val(shape, f"{atom(self.code(value))}")', PAXOS),
    Fault("ranks of optional values are mixed up", "generate/values.py",
          "{self.rank(held)} + 1;", "{self.rank(held)};", RANDOM),
    Fault("ranks of records forget a factor", "generate/values.py",
          "{place.shape.card} + {atom(own)}", "{place.shape.card - 1} + {atom(own)}", PAXOS),
    Fault("a slice ends with its word", "runtime/values.h",
          "if (at % 64 + width > 64)\n        bits", "if (at % 64 + width > 128)\n        bits", WIDE),
    # -- expressions ---------------------------------------------------------------------------------------------------
    Fault("a loop over a sort leaves out the last", "generate/expressions.py",
          "{name} < {shape.card}; {name}++)", "{name} + 1 < {shape.card}; {name}++)", PAXOS),
    Fault("a conjunction is a disjunction", "generate/expressions.py", '" && ".join', '" || ".join', PAXOS),
    Fault("no value is out of range", "runtime/values.h",
          "if (value < low || value > high)", "if (value < low && value > high)", CHOICES),
    Fault("quotients round to zero", "runtime/values.h",
          "return a / b - (a % b != 0 && (a < 0) != (b < 0));", "return a / b;", NUMBERS),
    Fault("long values are compared but for the last word", "runtime/values.h",
          "for (unsigned i = 0; i < words; i++)\n        differ",
          "for (unsigned i = 0; i + 1 < words; i++)\n        differ",
          PAXOS),
    Fault("quorums are never covered", "generate/expressions.py", "& ~members) == 0", "& ~members) != 0", RANDOM),
    # -- actions -------------------------------------------------------------------------------------------------------
    Fault("guards are negated", "generate/actions.py",
          "refused = negated(self.e.condition(statement.condition, at.scope))",
          "refused = self.e.condition(statement.condition, at.scope)", PAXOS),
    Fault("a successor keeps all but its last word", "generate/program.py",
          "memcpy(t, from, WORDS * sizeof *t);", "memcpy(t, from, (WORDS - 1) * sizeof *t);", PAXOS),
    Fault("cuts are not counted", "generate/program.py",
          '"work->cuts[bound] += ways * work->weight;", ', '"(void)bound;", ', RANDOM),
    Fault("a state with a cut is a deadlock", "generate/program.py",
          '"work->cuts[bound] += ways * work->weight;", "work->outcomes += ways;"',
          '"work->cuts[bound] += ways * work->weight;"', RANDOM),
    Fault("steps are not judged", "generate/program.py", "*(judge if has_steps else []),", "*(judge[:0]),", RANDOM),
    Fault("a step that changes nothing is judged", "generate/program.py",
          '"if (qx_same(s, t, WORDS))",\n                "    return;",\n', "", STEPS),
    Fault("a step that changes nothing is not counted", "generate/program.py",
          '["work->outcomes++;", "work->generated += work->weight;"', '["work->outcomes++;"', PAXOS),
    Fault("an end of an order is passed", "generate/actions.py",
          'f"if ({before} == {shape.top})"', 'f"if ({before} > {shape.top})"', RANDOM),
    Fault("only the first choice is made", "runtime/context.h", "turns->made = 0;", "return false;", RANDOM),
    Fault("a budget is not spent", "generate/actions.py", "({left} - 1)", "({left} - 0)", RANDOM),
    # -- networks ------------------------------------------------------------------------------------------------------
    Fault("a copy of several in a bag stays", "runtime/lists.h",
          "qx_set_copies(bag, counts_at, at, copies - 1);\n    } else {\n        qx_list_remove",
          "qx_set_copies(bag, counts_at, at, copies);\n    } else {\n        qx_list_remove", RANDOM),
    Fault("channels give the newest message", "generate/actions.py",
          'self.p.element(where, "0")', 'self.p.element(where, f"({self.p.length(where)} - 1)")', CONSTRUCTS),
    Fault("nothing can be made up", "generate/networks.py",
          "bits = sum(1 << r for r in self.always_forged(record))", "bits = 0", CONSTRUCTS),
    # -- searching -----------------------------------------------------------------------------------------------------
    Fault("the depth is one too large", "runtime/explore.c",
          "run->depth = s->level;", "run->depth = s->level + 1;", PAXOS),
    Fault("a level goes by unseen", "runtime/explore.c",
          "    if (!is_first)\n        s->level++;", "    s->level++;", PAXOS),
    Fault("a state inherits the steps of the one before", "runtime/explore.c", "w->work.outcomes = 0;", "", ENDS),
    Fault("the greatest state is kept", "runtime/worker.c",
          "qx_compare(state, *least, words) >= 0", "qx_compare(state, *least, words) <= 0", LEAST),
    Fault("the first state is kept", "runtime/worker.c",
          "if (!is_first && qx_compare(state, *least, words) >= 0)", "if (!is_first)", LEAST),
    Fault("steps of a second worker are not counted", "runtime/worker.c",
          "run->generated += w->work.generated;", "run->generated += w->number == 0 ? w->work.generated : 0;", WORKERS),
    Fault("nothing is ever vacuous", "runtime/explore.c",
          "w->uninhabited &= ~model->inhabited(state, w->uninhabited);", "w->uninhabited = 0;", RAFT),
    Fault("the first state of a chunk is left out", "runtime/explore.c",
          "expand_places(w, from, from + CHUNK", "expand_places(w, from + 1, from + CHUNK", PAXOS),
    # -- symmetry ------------------------------------------------------------------------------------------------------
    Fault("members that are told apart are exchanged", "../ir/symmetry.py",
          "if exchanged(value, given.type, exchange, system) != value:", "if False:", SYMMETRY),
    Fault("quorums are not looked at", "../ir/symmetry.py", "if moved != set(family):", "if False:", SYMMETRY),
    Fault("keys of maps stay where they are", "generate/symmetry.py",
          "return isinstance(shape.type, MapType) and shape.type.key == SortType(self.own.sort)",
          "return False", SYMMETRY),
    Fault("a digit is not exchanged", "generate/symmetry.py",
          "for digit in digits:", "for digit in digits[:0]:", SYMMETRY),
    Fault("optional members keep their bits", "generate/digits.py", "d.zeros << 1) for", "d.zeros) for", SYMMETRY),
    Fault("colours know names", "generate/colours.py",
          "return [first.get(m, m) for m in", "return [m for m in", SYMMETRY),
    Fault("ties are left as they are", "runtime/symmetry.c",
          "if (!are_interchangeable(c, state, at->class, from, alike)) {", "if (false) {", GRAPHS),
    Fault("the size of an orbit forgets who is alike", "runtime/symmetry.c",
          "now.alike *= i;", "now.alike *= 1;", SYMMETRY),
    Fault("what stands for others counts for one", "runtime/explore.c",
          "w->work.weight = orbit_of(w, state);", "w->work.weight = 1;", SYMMETRY),
    Fault("what is undefined for some is not asked of all", "generate/bodies.py",
          'found = "is_found = true;"', 'found = f"return {str(is_any).lower()};"', SYMMETRY),
    # -- reduction -----------------------------------------------------------------------------------------------------
    Fault("what is left out is left out for ever", "runtime/explore.c",
          "w->leads_on |= qx_store_is_new(store, ref);", "w->leads_on = true;", REDUCTION),
    Fault("what a property reads may change unseen", "../ir/independence.py",
          "return bool(action.writes & read.reads or action.sends & read.inspects)", "return False", REDUCTION),
    Fault("an action is expanded without what enables it", "../ir/independence.py",
          "(_conflict(own, its) or its.sends & own.receives)", "_conflict(own, its)", REDUCTION),
    Fault("writing what others read is no conflict", "../ir/independence.py",
          "if a.writes & (b.reads | b.writes) or b.writes & a.reads:", "if a.writes & b.writes:", REDUCTION),
    # -- stores --------------------------------------------------------------------------------------------------------
    Fault("a table that grows forgets what it held", "runtime/table.c",
          "    qx_region_release(&old);\n    fill(table);", "    qx_region_release(&old);\n    (void)fill;", STORES),
    Fault("a table that grows forgets its last window", "runtime/table.c",
          "begin < filled; begin += WINDOW", "begin + WINDOW < filled; begin += WINDOW", STORES),
    Fault("states of equal hash are one", "runtime/table.h",
          "    return equal == length;", "    return equal <= length;", STORES),
)  # fmt: skip

SAMPLE = ("a loop over a sort leaves out the last", "steps of a second worker are not counted", "a field is not packed")
"""What the ordinary run plants."""
