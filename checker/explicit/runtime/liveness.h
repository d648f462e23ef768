/* Whether some fair behaviour of a state graph is accepted by an automaton; if so, one of them: a lasso.
 *
 * The counterpart of checker/temporal/decide.py, which says what is decided and why it may be decided so. Both number
 * and search everything in the same order, and find the same lasso.
 *
 *   states       0 .. states - 1. Every state may stutter; that needs no edge. The graph must be complete, and neither
 *                reduced nor quotiented: symmetric states are not the same state to a formula, or to fairness.
 *   atoms        for each state the set of atoms that are true there: the letter that it is for the automaton.
 *   edges        those of state s are offsets[s] .. offsets[s + 1] - 1. An edge back to its own state is stuttering.
 *   constraints  of fairness, in sets of `words` words. An edge has a label, a state has what is enabled in it; both
 *                are rows of a table of sets, since few different ones occur. What a bound cuts is enabled, and has no
 *                edge.
 *   weak, strong the constraints that have to be met. One in both sets is strong; one in neither is ignored.
 *   automaton    a generalised Buechi automaton as checker/temporal/automaton.py has it: location q reads a letter that
 *                has all of must[q] and nothing of must_not[q]; its successors are successors[offsets[q]] and on,
 *                ascending; each acceptance set is a bit of fulfils[q].
 *
 * The behaviour that is found goes from state `start` along the edges of the stem, and then round the edges of the
 * cycle for ever; without a cycle it stutters for ever where the stem ends. Other stutter steps are left out.
 * What calls this from Python passes the lasso through checker.temporal.lasso.normalised.
 *
 * Memory: 4 bytes for each state and about 50 for each node of the reachable product, besides the arguments. Time:
 * linear in the edges of the product, once more for each strong constraint that fails somewhere.
 */
#ifndef QX_LIVENESS_H
#define QX_LIVENESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t states;
    uint32_t initials;
    const uint32_t *initial; /* ascending */
    const uint64_t *atoms;   /* by state */
    const uint64_t *offsets; /* states + 1 of them */
    const uint32_t *targets; /* by edge */
    const uint32_t *labels;  /* by edge: a row of label_sets */
    const uint32_t *enabled; /* by state: a row of enabled_sets */
    const uint64_t *label_sets;
    const uint64_t *enabled_sets;
    const uint64_t *weak;
    const uint64_t *strong;
    uint32_t words; /* of a set of constraints; 0: there are none, and the seven fields above are not looked at */
} qx_fair_graph;

typedef struct {
    uint32_t locations; /* at most 65,536 */
    uint32_t initials;
    const uint32_t *initial; /* ascending */
    const uint64_t *must;
    const uint64_t *must_not;
    const uint64_t *fulfils;
    const uint32_t *offsets; /* locations + 1 of them */
    const uint32_t *successors;
    uint64_t all; /* acceptance sets */
} qx_automaton;

typedef struct {
    uint32_t start;
    uint64_t stem_length, cycle_length;
    uint64_t *stem, *cycle; /* numbers of edges */
    uint64_t nodes;         /* of the product, in any case */
} qx_lasso;

typedef enum {
    QX_LASSO_NONE,      /* every fair behaviour is rejected */
    QX_LASSO_FOUND,
    QX_LASSO_STOPPED,   /* *stop became true */
    QX_LASSO_NO_MEMORY, /* more than bytes_max would be needed, or more than there is */
    QX_LASSO_TOO_LARGE, /* the product has 2^32 - 1 nodes or more */
    QX_LASSO_BROKEN     /* a component lacks what it was judged to have: a bug, and no verdict */
} qx_lasso_answer;

/* Looks at `stop` (which may be NULL) every few thousand nodes. `bytes_max` bounds what is allocated; 0 sets no bound.
 * Fills in `lasso` in any case; give it back with qx_lasso_free. */
qx_lasso_answer qx_find_lasso(const qx_fair_graph *graph, const qx_automaton *automaton, const volatile int *stop,
                              uint64_t bytes_max, qx_lasso *lasso);

void qx_lasso_free(qx_lasso *lasso);

#endif
