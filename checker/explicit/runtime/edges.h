/* The steps between the states that a search has stored: what temporal properties are decided on.
 *
 * A second pass, after a search that was complete, walks the states once more, breadth first from the initial states,
 * and numbers them as they are met. One thread does so; therefore the numbers, and the lasso that is found with them,
 * depend neither on how many workers searched nor on who of them came first. The counterpart of
 * checker/interp/edges.py, which says what is recorded:
 *
 *   edges    the steps that change the state. Those that lead from one state to the same other state are one edge,
 *            which serves what any of them serves.
 *   enabled  what a step from a state serves, or would serve if no bound cut it.
 *   letters  which predicates are true in a state.
 *
 * A constraint of fairness is a declaration, by its number in the program, with the values of its `per` parameters
 * packed into a word. Constraints are numbered as they are met.
 *
 * Memory: 28 bytes for each state (38 while it is recorded) and 8 for each edge, besides the store, which must be kept.
 */
#ifndef QX_EDGES_H
#define QX_EDGES_H

#include "explore.h"
#include "liveness.h"

typedef struct {
    qx_fair_graph graph;   /* but for `weak` and `strong`, which are of one property */
    uint64_t edges;
    qx_ref *refs;          /* by state: where the store has it */
    uint64_t *constraints; /* two words each: declaration, values */
    uint64_t *letters;     /* the different ones */
    uint32_t constraints_count, letters_count;
    uint64_t bytes;        /* what all this takes */
    uint32_t trouble;      /* qx_trouble: a predicate has no value in a state */
    uint32_t trouble_detail;
    qx_spot trouble_at;    /* room for the state is the caller's */
} qx_recorded;

/* Records the edges of a complete, unreduced search whose program has letters. QX_LASSO_NONE: done, or `trouble`.
 * QX_LASSO_BROKEN: not the very states of the search were met, which is a bug. Give it back in any case. */
qx_lasso_answer qx_record_edges(qx_run *run, uint64_t bytes_max, qx_recorded *recorded);

void qx_recorded_free(qx_recorded *recorded);

/* Copies a state, given by its number. */
void qx_recorded_state(const qx_run *run, const qx_recorded *recorded, uint32_t number, uint64_t *state);

#endif
