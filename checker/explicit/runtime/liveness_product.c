/* The product of a state graph and an automaton: how it is built and walked. */
#include "liveness_product.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_EVERY = 1 << 12, CAPACITY_MIN = 1 << 10, AHEAD = 4 /* nodes: a few cache misses of time */ };

static bool refuse(qx_means *means)
{
    means->failure = QX_LASSO_NO_MEMORY;
    return false;
}

static bool is_affordable(const qx_means *means, uint64_t bytes)
{
    return bytes <= SIZE_MAX && (means->bytes_max == 0 || bytes <= means->bytes_max - means->bytes);
}

void *qx_take(qx_means *means, uint64_t count, uint64_t size)
{
    uint64_t bytes = count * size + 1;
    void *memory = is_affordable(means, bytes) ? calloc(1, (size_t)bytes) : NULL;
    if (memory == NULL)
        refuse(means);
    else
        means->bytes += bytes;
    return memory;
}

void qx_drop(qx_means *means, void *memory, uint64_t count, uint64_t size)
{
    if (memory == NULL)
        return;
    means->bytes -= count * size;
    free(memory);
}

bool qx_grow(qx_means *means, void **items, uint64_t *capacity, uint64_t needed, uint64_t size)
{
    if (needed <= *capacity)
        return true;
    uint64_t wanted = needed + needed / 2 + CAPACITY_MIN;
    uint64_t more = (wanted - *capacity) * size;
    void *memory = is_affordable(means, more) ? realloc(*items, (size_t)(wanted * size)) : NULL;
    if (memory == NULL)
        return refuse(means);
    means->bytes += more;
    *items = memory;
    *capacity = wanted;
    return true;
}

bool qx_is_stopped(qx_means *means)
{
    if (means->failure == QX_LASSO_NONE && means->stop != NULL && *means->stop)
        means->failure = QX_LASSO_STOPPED;
    return means->failure != QX_LASSO_NONE;
}

static bool is_read(const qx_automaton *automaton, uint32_t location, uint64_t letter)
{
    return (letter & automaton->must[location]) == automaton->must[location] &&
           (letter & automaton->must_not[location]) == 0;
}

static uint32_t node_of(const qx_product *product, uint32_t state, uint32_t location)
{
    uint32_t node = product->first[state];
    if (product->automaton->locations == 1)
        return node; /* as for most formulas: one cache miss instead of two */
    while (node != QX_NO_NODE && product->location[node] != location)
        node = product->sibling[node];
    return node;
}

/* Makes room for another node. */
static bool has_room(qx_product *product)
{
    uint64_t needed = product->count + UINT64_C(1);
    if (needed == QX_NO_NODE) {
        product->means->failure = QX_LASSO_TOO_LARGE;
        return false;
    }
    void *arrays[] = {product->state, product->location, product->sibling, product->parent};
    const uint64_t sizes[] = {sizeof(uint32_t), sizeof(uint16_t), sizeof(uint32_t), sizeof(uint32_t)};
    bool is_there = true;
    for (unsigned i = 0; i < 4; i++)
        is_there = is_there && qx_grow(product->means, &arrays[i], &product->capacity[i], needed, sizes[i]);
    product->state = arrays[0];
    product->location = arrays[1];
    product->sibling = arrays[2];
    product->parent = arrays[3];
    return is_there;
}

/* Adds a node, unless it is there already or its location does not read the letter of its state. */
static bool meet(qx_product *product, uint32_t state, uint32_t location, uint32_t parent)
{
    if (node_of(product, state, location) != QX_NO_NODE)
        return true;
    if (!is_read(product->automaton, location, product->graph->atoms[state]))
        return true;
    uint32_t node = product->count;
    if (node >= product->capacity[3] && !has_room(product))
        return false;
    product->state[node] = state;
    product->location[node] = (uint16_t)location;
    product->sibling[node] = product->first[state];
    product->parent[node] = parent;
    product->first[state] = node;
    product->count++;
    return true;
}

/* Meets what a step to a state leads to, wherever a run at the location of the parent may go. */
static bool meet_all(qx_product *product, uint32_t state, uint32_t parent)
{
    const qx_automaton *automaton = product->automaton;
    uint32_t location = product->location[parent];
    for (uint32_t i = automaton->offsets[location]; i < automaton->offsets[location + 1]; i++)
        if (!meet(product, state, automaton->successors[i], parent))
            return false;
    return true;
}

static bool meet_changes(qx_product *product, uint32_t node)
{
    const qx_fair_graph *graph = product->graph;
    uint32_t state = product->state[node];
    for (uint64_t edge = graph->offsets[state]; edge < graph->offsets[state + 1]; edge++)
        if (graph->targets[edge] != state && !meet_all(product, graph->targets[edge], node))
            return false;
    return true;
}

static bool meet_initial(qx_product *product)
{
    for (uint32_t i = 0; i < product->graph->initials; i++)
        for (uint32_t j = 0; j < product->automaton->initials; j++)
            if (!meet(product, product->graph->initial[i], product->automaton->initial[j], QX_NO_NODE))
                return false;
    return true;
}

/* A level is closed under stuttering before the states of the next one are met. */
static bool meet_levels(qx_product *product)
{
    uint32_t begin = 0;
    while (begin < product->count) {
        for (uint32_t node = begin; node < product->count; node++)
            if (!meet_all(product, product->state[node], node))
                return false;
        uint32_t end = product->count;
        for (uint32_t node = begin; node < end; node++) {
            if (node % LOOK_EVERY == 0 && qx_is_stopped(product->means))
                return false;
            if (node + AHEAD < end)
                qx_expect_steps(product, node + AHEAD);
            if (!meet_changes(product, node))
                return false;
        }
        begin = end;
    }
    return true;
}

bool qx_product_build(qx_product *product, const qx_fair_graph *graph, const qx_automaton *automaton, qx_means *means)
{
    *product = (qx_product){.graph = graph, .automaton = automaton, .means = means};
    product->first = qx_take(means, graph->states, sizeof *product->first);
    if (product->first == NULL)
        return false;
    memset(product->first, 0xff, graph->states * sizeof *product->first);
    return meet_initial(product) && meet_levels(product);
}

void qx_product_close(qx_product *product)
{
    free(product->first);
    free(product->state);
    free(product->location);
    free(product->sibling);
    free(product->parent);
}

/* The next edge that changes the state, from `edge` on; the end of the state's edges if there is none. */
static uint64_t changing(const qx_fair_graph *graph, uint32_t state, uint64_t edge)
{
    while (edge < graph->offsets[state + 1] && graph->targets[edge] == state)
        edge++;
    return edge;
}

bool qx_next_step(const qx_product *product, qx_cursor *cursor, uint64_t *edge, uint32_t *target)
{
    const qx_fair_graph *graph = product->graph;
    const qx_automaton *automaton = product->automaton;
    uint32_t own = product->state[cursor->node], location = product->location[cursor->node];
    const uint32_t *successors = automaton->successors + automaton->offsets[location];
    uint32_t degree = automaton->offsets[location + 1] - automaton->offsets[location];
    for (;;) {
        bool is_stutter = cursor->edge == QX_STUTTER;
        if (!is_stutter && cursor->edge == graph->offsets[own + 1])
            return false;
        uint32_t state = is_stutter ? own : graph->targets[cursor->edge];
        while (cursor->after < degree) {
            *edge = cursor->edge;
            *target = node_of(product, state, successors[cursor->after++]);
            if (*target != QX_NO_NODE)
                return true;
        }
        cursor->after = 0;
        cursor->edge = changing(graph, own, is_stutter ? graph->offsets[own] : cursor->edge + 1);
    }
}

uint64_t qx_first_edge(const qx_fair_graph *graph, uint32_t source, uint32_t target)
{
    if (source == target)
        return QX_STUTTER;
    uint64_t edge = graph->offsets[source];
    while (graph->targets[edge] != target)
        edge++;
    return edge;
}
