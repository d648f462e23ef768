/* The lasso that leads into a component in which a fair behaviour can stay.
 *
 * The way there is the one by which the product was explored. If a behaviour can stop somewhere in the component for
 * good, it stops at the first such place. Else it makes a tour: from the first node of the component it goes to the
 * nearest step that meets something which is left to be met, from there to the next, and at last back to its beginning.
 */
#include <stdlib.h>

#include "liveness_search.h"

/* What a cycle has still to meet, and the edges it has so far. */
typedef struct {
    uint64_t sets;
    uint64_t *weak, *strong; /* sets of constraints */
    uint32_t here;           /* the node where it ends */
    uint64_t steps;          /* so many, stutter steps included */
    uint64_t *edges;
    uint64_t length, capacity;
} qx_tour;

/* Whether a behaviour may stutter at a node for ever. */
static bool may_rest(const qx_search *search, uint32_t node)
{
    const qx_fair_graph *graph = search->product.graph;
    uint64_t enabled = 0;
    for (uint32_t w = 0; w < graph->words; w++)
        enabled |= qx_enabled_at(search, node)[w] & (graph->weak[w] | graph->strong[w]);
    return qx_fulfilled_at(search, node) == search->product.automaton->all && enabled == 0 && qx_may_stay(search, node);
}

static uint32_t resting_place(const qx_search *search)
{
    for (uint32_t node = search->nearest; node < search->product.count; node++)
        if (search->region[node] == search->best && may_rest(search, node))
            return node;
    return QX_NO_NODE;
}

/* Whether a step would meet anything that is left. */
static bool is_progress(const qx_search *search, const qx_tour *tour, uint64_t edge, uint32_t target)
{
    uint64_t met = tour->sets & qx_fulfilled_at(search, target);
    for (uint32_t w = 0; w < search->product.graph->words; w++) {
        uint64_t label = edge == QX_STUTTER ? 0 : qx_label_of(search, edge)[w];
        met |= (tour->weak[w] & (label | ~qx_enabled_at(search, target)[w])) | (tour->strong[w] & label);
    }
    return met != 0;
}

static bool is_done(const qx_search *search, const qx_tour *tour)
{
    uint64_t left = tour->sets;
    for (uint32_t w = 0; w < search->product.graph->words; w++)
        left |= tour->weak[w] | tour->strong[w];
    return left == 0;
}

/* The tour arrives at a node along an edge. */
static void arrive(const qx_search *search, qx_tour *tour, uint64_t edge, uint32_t node)
{
    tour->here = node;
    tour->sets &= ~qx_fulfilled_at(search, node);
    for (uint32_t w = 0; w < search->product.graph->words; w++) {
        uint64_t label = edge == QX_STUTTER ? 0 : qx_label_of(search, edge)[w];
        tour->weak[w] &= ~label & qx_enabled_at(search, node)[w];
        tour->strong[w] &= ~label;
    }
}

/* Appends an edge to a list, unless it is stuttering. */
static bool append(qx_means *means, uint64_t **edges, uint64_t *length, uint64_t *capacity, uint64_t edge)
{
    if (edge == QX_STUTTER)
        return true;
    void *grown = *edges;
    bool has_room = qx_grow(means, &grown, capacity, *length + 1, sizeof **edges);
    *edges = grown;
    if (has_room)
        (*edges)[(*length)++] = edge;
    return has_room;
}

/* Goes the way back from `last` to where the tour is, by the nodes that `number` has, and then the tour along it. */
static bool follow(qx_search *search, qx_tour *tour, uint32_t last, uint64_t edge, uint32_t target)
{
    uint64_t length = 0;
    for (uint32_t node = last; node != tour->here; node = search->number[node] - 1)
        search->members[length++] = node;
    while (length > 0) {
        uint32_t node = search->members[--length];
        uint64_t before = qx_first_edge(search->product.graph, search->product.state[tour->here],
                                        search->product.state[node]);
        arrive(search, tour, before, node);
        tour->steps++;
        if (!append(search->means, &tour->edges, &tour->length, &tour->capacity, before))
            return false;
    }
    arrive(search, tour, edge, target);
    tour->steps++;
    return append(search->means, &tour->edges, &tour->length, &tour->capacity, edge);
}

static bool is_wanted(const qx_search *search, const qx_tour *tour, uint64_t edge, uint32_t target)
{
    return is_done(search, tour) ? target == search->nearest : is_progress(search, tour, edge, target);
}

/* Finds the nearest step, breadth first from where the tour is, that meets something; if nothing is left, one that
 * leads back to where it began. `number` has one more than the node before, `stack` the queue, from the first node. */
static bool find_wanted(qx_search *search, const qx_tour *tour, uint32_t *last, uint64_t *edge, uint32_t *target)
{
    search->opened = 0;
    search->stack[search->opened++] = tour->here;
    for (uint64_t head = 0; head < search->opened; head++) {
        if (head % QX_LOOK_EVERY == 0 && qx_is_stopped(search->means))
            return false;
        *last = search->stack[head];
        qx_cursor cursor = qx_steps_from(*last);
        while (qx_next_step(&search->product, &cursor, edge, target)) {
            if (search->region[*target] != search->best)
                continue;
            if (is_wanted(search, tour, *edge, *target))
                return true;
            if (search->number[*target] == 0 && *target != tour->here) {
                search->number[*target] = *last + 1;
                search->stack[search->opened++] = *target;
            }
        }
    }
    search->means->failure = QX_LASSO_BROKEN;
    return false;
}

/* Goes on to the nearest step that is wanted. False if the search had to end. */
static bool extend(qx_search *search, qx_tour *tour)
{
    uint64_t edge;
    uint32_t last, target;
    bool is_going_well =
        find_wanted(search, tour, &last, &edge, &target) && follow(search, tour, last, edge, target);
    while (search->opened > 0)
        search->number[search->stack[--search->opened]] = 0;
    return is_going_well;
}

/* Begins a tour at the first node of the component that was kept. */
static bool begin_tour(qx_search *search, qx_tour *tour)
{
    const qx_fair_graph *graph = search->product.graph;
    *tour = (qx_tour){.sets = search->product.automaton->all};
    tour->weak = qx_take(search->means, graph->words, sizeof(uint64_t));
    tour->strong = qx_take(search->means, graph->words, sizeof(uint64_t));
    if (tour->weak == NULL || tour->strong == NULL)
        return false;
    for (uint32_t node = search->nearest; node < search->product.count; node++)
        for (uint32_t w = 0; w < graph->words && search->region[node] == search->best; w++) {
            tour->weak[w] |= graph->weak[w] & qx_enabled_at(search, node)[w];
            tour->strong[w] |= graph->strong[w] & qx_enabled_at(search, node)[w];
        }
    arrive(search, tour, QX_STUTTER, search->nearest);
    return true;
}

/* A cycle through the first node of the component, in which all is met that has to be. */
static bool find_cycle(qx_search *search, qx_lasso *lasso)
{
    qx_tour tour;
    bool is_going_well = begin_tour(search, &tour);
    while (is_going_well && !is_done(search, &tour))
        is_going_well = extend(search, &tour);
    if (is_going_well && (tour.here != search->nearest || tour.steps == 0))
        is_going_well = extend(search, &tour);
    free(tour.weak);
    free(tour.strong);
    lasso->cycle = tour.edges;
    lasso->cycle_length = tour.length;
    return is_going_well;
}

/* A shortest way from an initial state to a node. */
static bool find_stem(qx_search *search, uint32_t node, qx_lasso *lasso)
{
    const qx_product *product = &search->product;
    uint64_t capacity = 0;
    for (; product->parent[node] != QX_NO_NODE; node = product->parent[node]) {
        uint64_t edge = qx_first_edge(product->graph, product->state[product->parent[node]], product->state[node]);
        if (!append(search->means, &lasso->stem, &lasso->stem_length, &capacity, edge))
            return false;
    }
    lasso->start = product->state[node];
    for (uint64_t i = 0; i < lasso->stem_length / 2; i++) {
        uint64_t edge = lasso->stem[i];
        lasso->stem[i] = lasso->stem[lasso->stem_length - 1 - i];
        lasso->stem[lasso->stem_length - 1 - i] = edge;
    }
    return true;
}

bool qx_search_lasso(qx_search *search, qx_lasso *lasso)
{
    if (search->best == QX_DROPPED)
        return true;
    uint32_t rest = resting_place(search);
    if (rest != QX_NO_NODE)
        return find_stem(search, rest, lasso);
    return find_stem(search, search->nearest, lasso) && find_cycle(search, lasso);
}

