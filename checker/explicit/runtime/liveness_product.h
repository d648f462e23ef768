/* The product of a state graph and an automaton, as far as it can be reached: what is searched for fair cycles.
 *
 * A node is a state with the location of a run that has read its letter. Nodes are numbered in the order of a
 * breadth-first search that counts steps which change the state and lets stutter steps go free. The nodes of one state
 * form a list, so that memory is proportional to what is there, not to all pairs; few states have more than two.
 */
#ifndef QX_LIVENESS_PRODUCT_H
#define QX_LIVENESS_PRODUCT_H

#include "liveness.h"

#define QX_NO_NODE UINT32_MAX
#define QX_STUTTER UINT64_MAX

/* Memory with a limit, and why a search has to end early. */
typedef struct {
    uint64_t bytes, bytes_max;
    const volatile int *stop;
    qx_lasso_answer failure; /* QX_LASSO_NONE: none */
} qx_means;

typedef struct {
    const qx_fair_graph *graph;
    const qx_automaton *automaton;
    qx_means *means;
    uint32_t *first; /* by state: the head of the list of its nodes */
    uint32_t *state; /* this one and the following by node */
    uint16_t *location;
    uint32_t *sibling; /* another node of the state, or QX_NO_NODE */
    uint32_t *parent;  /* the node that it was met from; QX_NO_NODE for an initial one */
    uint64_t capacity[4]; /* of these */
    uint32_t count;
} qx_product;

/* A place in the list of the steps that leave a node: stuttering first, then the edges in order. */
typedef struct {
    uint64_t edge;
    uint32_t node;
    uint32_t after; /* a place among the successors of the location */
} qx_cursor;

/* Memory for `count` items, zero. NULL, and the reason in `means`, if there is none. At least one byte is given. */
void *qx_take(qx_means *means, uint64_t count, uint64_t size);

/* Gives back what qx_take, or qx_grow, has given. */
void qx_drop(qx_means *means, void *memory, uint64_t count, uint64_t size);

/* The same memory with room for at least `needed` items. False, and all as before, if there is none. */
bool qx_grow(qx_means *means, void **items, uint64_t *capacity, uint64_t needed, uint64_t size);

/* True if the search has to end, for a reason that is then in `means`. */
bool qx_is_stopped(qx_means *means);

/* False if the search had to end; close it all the same. */
bool qx_product_build(qx_product *product, const qx_fair_graph *graph, const qx_automaton *automaton, qx_means *means);
void qx_product_close(qx_product *product);

static inline qx_cursor qx_steps_from(uint32_t node)
{
    return (qx_cursor){QX_STUTTER, node, 0};
}

/* The next step: its edge, or QX_STUTTER, and the node it leads to. False: there is no more. */
bool qx_next_step(const qx_product *product, qx_cursor *cursor, uint64_t *edge, uint32_t *target);

/* The states to which edges lead from a node will be looked up soon. */
static inline void qx_expect_steps(const qx_product *product, uint32_t node)
{
    const qx_fair_graph *graph = product->graph;
    uint32_t state = product->state[node];
    for (uint64_t edge = graph->offsets[state]; edge < graph->offsets[state + 1]; edge++)
        __builtin_prefetch(&product->first[graph->targets[edge]]);
}

/* The first edge from a state to another; QX_STUTTER from a state to itself. */
uint64_t qx_first_edge(const qx_fair_graph *graph, uint32_t source, uint32_t target);

#endif
