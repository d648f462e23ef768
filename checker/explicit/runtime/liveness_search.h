/* A search for fair cycles: what its parts share. The theory is at the top of liveness.c. */
#ifndef QX_LIVENESS_SEARCH_H
#define QX_LIVENESS_SEARCH_H

#include "liveness_product.h"

enum { QX_LOOK_EVERY = 1 << 12 }; /* nodes between two looks at whether to stop */

#define QX_DROPPED 0 /* the region of nodes that no fair behaviour stays at */

typedef struct {
    uint64_t begin, end; /* places in `members` */
    uint32_t region;
} qx_task;

/* What is known of a component: what holds somewhere in it, everywhere in it, and along its steps. */
typedef struct {
    uint64_t fulfilled;
    uint64_t *ever, *always, *taken; /* sets of constraints */
} qx_summary;

typedef struct {
    qx_product product;
    qx_means *means;
    uint32_t *region;  /* by node */
    uint32_t *number;  /* by node: when it was met, from 1; 0: not yet, or its component is complete */
    uint32_t *lowest;  /* by node */
    uint32_t *members; /* the nodes of regions that are still to be searched, each region side by side */
    uint32_t *stack;   /* from below: nodes of open components; from above: those of complete ones */
    uint64_t opened, closed;
    qx_cursor *path; /* from the root of the search to the node that is looked at */
    uint64_t path_capacity, path_length;
    qx_task *tasks;
    uint64_t tasks_capacity, tasks_count;
    qx_summary summary;
    uint32_t met;     /* nodes of the region that were met */
    uint32_t regions; /* so many numbers are in use */
    uint32_t best;    /* the region of the component that is kept; QX_DROPPED: none */
    uint32_t nearest; /* its first node */
} qx_search;

static inline const uint64_t *qx_label_of(const qx_search *search, uint64_t edge)
{
    const qx_fair_graph *graph = search->product.graph;
    return graph->label_sets + (uint64_t)graph->labels[edge] * graph->words;
}

static inline const uint64_t *qx_enabled_at(const qx_search *search, uint32_t node)
{
    const qx_fair_graph *graph = search->product.graph;
    return graph->enabled_sets + (uint64_t)graph->enabled[search->product.state[node]] * graph->words;
}

static inline uint64_t qx_fulfilled_at(const qx_search *search, uint32_t node)
{
    return search->product.automaton->fulfils[search->product.location[node]];
}

/* Whether a step leads from a node to itself: only stuttering does. */
static inline bool qx_may_stay(const qx_search *search, uint32_t node)
{
    const qx_automaton *automaton = search->product.automaton;
    uint32_t location = search->product.location[node];
    for (uint32_t i = automaton->offsets[location]; i < automaton->offsets[location + 1]; i++)
        if (automaton->successors[i] == location)
            return true;
    return false;
}

/* Fills in the lasso that leads into the component that was kept. False if the search had to end. */
bool qx_search_lasso(qx_search *search, qx_lasso *lasso);

#endif
