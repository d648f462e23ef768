"""Mistakes in specs, by name: the text that stands in the place of `tests/spec/lamps.spec`, whole or added to it."""

SYNTAX = {
    "unknown statement": "chek small: one_at_a_time hold",
    "no statement": "small",
    "missing colon": "check small one_at_a_time hold",
    "missing expectation": "check small: one_at_a_time",
    "misspelt expectation": "check small: one_at_a_time hld",
    "missing engine": "check small: one_at_a_time hold by",
    "missing instance": "check",
    "missing value": "instance tiny: Lamp =",
    "name as a value": "instance tiny: Lamp = Hour",
    "member twice": "instance tiny: Lamp = {x, x}",
    "bare mutant": "mutant leak at small",
    "bare name in a preset": "preset nightly: small",
    "strange character": "limits named: seconds $60",
    "limit twice": "limits named: seconds 2, seconds 3",
    "indented statement": "check named: lit hold\n    witness named: lit",
    "unfinished formula": "property p: always",
    "open parenthesis": "property p: (always lit",
    "no steps": "mutant leak at leaky breaks time_passes in steps",
    "depth of nothing": "check named: time_passes hold to depth",
    "any number": "prove one_at_a_time for any number",
    "second model": "model paxos",
}
"""Statements that do not parse."""

PROMISES = [
    f"({'not ' * (i & 1)}lit until always ({'not ' * (i >> 1 & 1)}row_lit until eventually {'not ' * (i >> 2)}all_lit))"
    for i in range(8)
]
"""Promises within promises, of which eight make thousands of cases."""

NAMES = {
    "unknown instance": "check smal: time_passes hold by explicit",
    "unknown base instance": "instance other extends smal: Lamp = 2",
    "instance that extends itself": "instance a extends b: Lamp = 2\ninstance b extends a: Lamp = 2",
    "instance twice": "instance small: Lamp = 3",
    "setting twice": "instance other extends small: Hour = 3, Hour = 4",
    "unknown property": "check small: one_at_a_tim hold by explicit",
    "unknown refinement": "check small: refines:darkness hold",
    "predicate as a property": "check small: lit hold",
    "deadlock without no": "check small: deadlock hold",
    "unknown predicate": "witness small: litt",
    "invariant as a predicate": "witness small: time_passes",
    "predicate with parameters": "witness small: burns",
    "unknown mutant": "mutant leek at leaky breaks one_at_a_time",
    "unknown property of a mutant": "mutant leak at leaky breaks one",
    "unknown engine": "check small: time_passes hold by exhaustive",
    "unknown prover": "prove time_passes for any size by interp",
    "demanded twice": "check small: time_passes fail",
    "engine twice": "witness named: lit by interp, interp",
    "unknown preset": "preset nightly: preset smok",
    "preset that includes itself": "preset a: preset b\npreset b: preset a",
    "preset twice": "preset smoke: checks",
    "preset that selects nothing": "preset nightly: witness leaky",
    "mutant not at that instance": "preset nightly: mutant leak at small",
    "set for a list": "instance other extends small: keeper = {l1, l2}",
    "list for a set": "instance other extends small: Lamp = (x, y)",
    "limits twice": "limits small: states 5",
    "unknown action": "property p: always lit under weak fairness of lite",
    "unknown parameter": "property p: always lit under weak fairness of light(per=b)",
    "unknown predicate in a formula": "property p: always lamp",
    "predicate that is not one in a formula": "property p: eventually burns",
    "fairness twice": "property p: always lit under weak fairness of pass_on, light and weak fairness of pass_on",
    "parameter twice in a fairness": "property p: always lit under strong fairness of light(per=a, a)",
    "formula that is nested too deep": "property p: " + "not " * 150 + "lit",
    "formula that is too large": f"property p: not ({' and '.join(PROMISES)})",
    "temporal property to a depth": "check small: progress hold to depth 5",
    "property of the model": "property time_passes: always lit",
    "unknown setting": "instance other extends small: Lamps = 2",
    "unusable setting": "instance other extends small: Row = {{l1, l3}}",
}
"""Statements that name what is not there; each is added to the spec of the lamps."""
