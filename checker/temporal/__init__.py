"""Temporal logic: formulas, fairness, and whether a graph has a fair behaviour that violates a formula.

What an engine does to decide a `TemporalProperty`, once it has the whole state graph, unreduced:

    translate.violations_of(property)   the automaton of the words that violate it; its atoms are the model's predicates
    Constraints(system, properties)     `of_step(action, args)` is the set of constraints that a step serves; the union
                                        over the steps and cuts of a state is what is enabled in it
    FairGraph                           the states' atoms and enabled constraints, the edges with what they serve, and
                                        `Constraints.of_property` as what has to be met weakly and strongly
    decide.find_lasso(graph, automaton) None, or a fair behaviour that violates the property

`checker/explicit/runtime/liveness.h` takes the same graph and automaton as arrays. Whatever finds a lasso hands it to
`checker.interp.replay`, which checks it by other means: `lasso.is_satisfied` evaluates the formula on the behaviour.
"""
