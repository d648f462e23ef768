"""The state graph of an instance as a whole: every reachable state, and every step between two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from checker.interp.machine import Cut, Failure, Machine, Next, StateValues, Values
from checker.interp.watch import failed, starts


@dataclass(frozen=True, slots=True)
class GraphStep:
    """A step from one state to another, both by number."""

    source: int
    target: int
    action: str
    args: Values


@dataclass(frozen=True, slots=True)
class StateGraph:
    """The states in the order in which a breadth-first search meets them, the first `initial` of them initial.

    `cuts` counts the transitions cut at each bound. Unless `is_complete` there are more states and steps.
    """

    states: tuple[StateValues, ...]
    initial: int
    steps: tuple[GraphStep, ...]
    cuts: Mapping[str, int]
    is_complete: bool


def state_graph(machine: Machine, states_max: int) -> StateGraph:
    """Return the reachable states, at most about `states_max` of them, and the steps between them.

    Raises:
        UndefinedError: a step of the model has no meaning in a reachable state, or there is no initial state.

    """
    first, cuts_at_start = starts(machine)
    numbers = {state: number for number, state in enumerate(dict.fromkeys(first))}
    states, initial = list(numbers), len(numbers)
    cuts, steps = Counter(cuts_at_start), list[GraphStep]()
    source = 0
    while source < len(states) <= states_max:
        for outcome in machine.outcomes(states[source]):
            match outcome:
                case Next(action, args, _, state):
                    if state not in numbers:
                        numbers[state] = len(states)
                        states.append(state)
                    steps.append(GraphStep(source, numbers[state], action, args))
                case Cut(bound=bound):
                    cuts[bound] += 1
                case Failure():
                    raise failed(outcome, machine)
        source += 1
    return StateGraph(tuple(states), initial, tuple(steps), cuts, is_complete=source == len(states))
