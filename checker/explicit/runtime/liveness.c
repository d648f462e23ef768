/* Fair cycles: the components of the product, which of them a fair behaviour can stay in, and a lasso into one.
 *
 * Every node is in a region. At first all are in one. Its strongly connected components (Tarjan 1972, with a stack of
 * its own) are judged as they are completed: one that cannot be stayed in is dropped; one that fails strong constraints
 * only becomes a region of its own, without the nodes where these are enabled, to be searched later; one that can be
 * stayed in is kept if it is nearer to an initial state than the one kept so far. The members of a component lie side
 * by side on a stack that grows from both ends, so no component needs memory of its own.
 */
#include "liveness.h"

#include <stdlib.h>
#include <string.h>

#include "liveness_search.h"

/* -- judging a component ------------------------------------------------------------------------------------------- */

static void summarise_nodes(qx_search *search, const uint32_t *nodes, uint64_t count)
{
    qx_summary *summary = &search->summary;
    uint32_t words = search->product.graph->words;
    summary->fulfilled = 0;
    memset(summary->ever, 0, words * sizeof(uint64_t));
    memset(summary->taken, 0, words * sizeof(uint64_t));
    memset(summary->always, 0xff, words * sizeof(uint64_t));
    for (uint64_t i = 0; i < count; i++) {
        summary->fulfilled |= qx_fulfilled_at(search, nodes[i]);
        for (uint32_t w = 0; w < words; w++) {
            summary->ever[w] |= qx_enabled_at(search, nodes[i])[w];
            summary->always[w] &= qx_enabled_at(search, nodes[i])[w];
        }
    }
}

/* What of the weak or strong constraints is not met, as far as the summary goes. */
static uint64_t unmet_weak(const qx_search *search, uint32_t word)
{
    const qx_summary *summary = &search->summary;
    return search->product.graph->weak[word] & summary->always[word] & ~summary->taken[word];
}

static uint64_t unmet_strong(const qx_search *search, uint32_t word)
{
    const qx_summary *summary = &search->summary;
    return search->product.graph->strong[word] & summary->ever[word] & ~summary->taken[word];
}

static bool is_met(const qx_search *search, uint64_t (*unmet)(const qx_search *search, uint32_t word))
{
    uint64_t left = 0;
    for (uint32_t w = 0; w < search->product.graph->words; w++)
        left |= unmet(search, w);
    return left == 0;
}

static bool is_all_met(const qx_search *search)
{
    return is_met(search, unmet_weak) && is_met(search, unmet_strong);
}

/* Adds what the steps between nodes of a region serve, until nothing is left that has to be met. */
static void summarise_steps(qx_search *search, const uint32_t *nodes, uint64_t count, uint32_t region)
{
    for (uint64_t i = 0; i < count && !is_all_met(search); i++) {
        qx_cursor cursor = qx_steps_from(nodes[i]);
        uint64_t edge;
        uint32_t target;
        while (qx_next_step(&search->product, &cursor, &edge, &target))
            if (edge != QX_STUTTER && search->region[target] == region)
                for (uint32_t w = 0; w < search->product.graph->words; w++)
                    search->summary.taken[w] |= qx_label_of(search, edge)[w];
    }
}

/* Whether a strong constraint that the component fails is enabled at a node. */
static bool is_in_the_way(const qx_search *search, uint32_t node)
{
    uint64_t both = 0;
    for (uint32_t w = 0; w < search->product.graph->words; w++)
        both |= unmet_strong(search, w) & qx_enabled_at(search, node)[w];
    return both != 0;
}

/* Keeps a component that a behaviour can stay in, if it is the nearest so far; else it is dropped. */
static void keep_if_nearer(qx_search *search, const uint32_t *nodes, uint64_t count, uint32_t region)
{
    uint32_t nearest = nodes[0];
    for (uint64_t i = 1; i < count; i++)
        nearest = nodes[i] < nearest ? nodes[i] : nearest;
    if (search->best == QX_DROPPED || nearest < search->nearest) {
        search->best = region;
        search->nearest = nearest;
    } else {
        for (uint64_t i = 0; i < count; i++)
            search->region[nodes[i]] = QX_DROPPED;
    }
}

/* Judges a component whose nodes are in a region of their own. True: what is left in the region is to be searched. */
static bool judge(qx_search *search, const uint32_t *nodes, uint64_t count, uint32_t region)
{
    summarise_nodes(search, nodes, count);
    bool may_last = search->summary.fulfilled == search->product.automaton->all;
    may_last = may_last && (count > 1 || qx_may_stay(search, nodes[0]));
    if (may_last && count > 1)
        summarise_steps(search, nodes, count, region);
    may_last = may_last && is_met(search, unmet_weak);
    if (may_last && is_met(search, unmet_strong)) {
        keep_if_nearer(search, nodes, count, region);
        return false;
    }
    uint64_t left = 0;
    for (uint64_t i = 0; i < count; i++)
        if (!may_last || is_in_the_way(search, nodes[i]))
            search->region[nodes[i]] = QX_DROPPED;
        else
            left++;
    return left > 0;
}

/* -- components ---------------------------------------------------------------------------------------------------- */

static bool enter(qx_search *search, uint32_t node)
{
    void *path = search->path;
    bool has_room =
        qx_grow(search->means, &path, &search->path_capacity, search->path_length + 1, sizeof *search->path);
    search->path = path;
    if (!has_room || (search->met % QX_LOOK_EVERY == 0 && qx_is_stopped(search->means)))
        return false;
    search->number[node] = search->lowest[node] = ++search->met;
    search->stack[search->opened++] = node;
    search->path[search->path_length++] = qx_steps_from(node);
    qx_expect_steps(&search->product, node);
    return true;
}

static void lower(qx_search *search, uint32_t node, uint32_t number)
{
    if (number < search->lowest[node])
        search->lowest[node] = number;
}

static bool add_task(qx_search *search, qx_task task)
{
    void *tasks = search->tasks;
    bool has_room =
        qx_grow(search->means, &tasks, &search->tasks_capacity, search->tasks_count + 1, sizeof *search->tasks);
    search->tasks = tasks;
    if (has_room)
        search->tasks[search->tasks_count++] = task;
    return has_room;
}

/* Moves the component of which `node` was met first to the other end of the stack, and judges it. */
static bool complete(qx_search *search, const qx_task *task, uint32_t node)
{
    uint32_t region = ++search->regions, member;
    uint64_t end = search->closed;
    do {
        member = search->stack[--search->opened];
        search->stack[--search->closed] = member;
        search->number[member] = 0;
        search->region[member] = region;
    } while (member != node);
    if (judge(search, search->stack + search->closed, end - search->closed, region))
        return add_task(search, (qx_task){task->begin + search->closed, task->begin + end, region});
    if (search->best != region)
        search->regions--; /* nothing is there any more */
    return true;
}

/* Goes on from the last node of the path. False if the search had to end. */
static bool advance(qx_search *search, const qx_task *task)
{
    qx_cursor *cursor = &search->path[search->path_length - 1];
    uint32_t node = cursor->node, target;
    uint64_t edge;
    while (qx_next_step(&search->product, cursor, &edge, &target)) {
        if (search->region[target] != task->region)
            continue;
        if (search->number[target] == 0)
            return enter(search, target);
        lower(search, node, search->number[target]);
    }
    search->path_length--;
    if (search->path_length > 0)
        lower(search, search->path[search->path_length - 1].node, search->lowest[node]);
    return search->lowest[node] != search->number[node] || complete(search, task, node);
}

/* Searches one region. Components keep their places: where they end up on the stack, they will be among `members`. */
static bool search_region(qx_search *search, const qx_task *task)
{
    uint64_t size = task->end - task->begin, tasks = search->tasks_count;
    search->met = 0;
    search->opened = 0;
    search->closed = size;
    for (uint64_t i = task->begin; i < task->end; i++) {
        if (search->region[search->members[i]] != task->region)
            continue; /* dropped, or in a component that is complete */
        if (!enter(search, search->members[i]))
            return false;
        while (search->path_length > 0)
            if (!advance(search, task))
                return false;
    }
    if (search->tasks_count > tasks)
        memcpy(search->members + task->begin, search->stack, size * sizeof *search->stack);
    return true;
}

static bool search_all(qx_search *search)
{
    search->regions = 1;
    for (uint32_t node = 0; node < search->product.count; node++) {
        search->region[node] = 1;
        search->members[node] = node;
    }
    if (!add_task(search, (qx_task){0, search->product.count, 1}))
        return false;
    while (search->tasks_count > 0) {
        qx_task task = search->tasks[--search->tasks_count];
        if (!search_region(search, &task))
            return false;
    }
    return true;
}

/* -- from outside -------------------------------------------------------------------------------------------------- */

static bool prepare(qx_search *search)
{
    uint64_t count = search->product.count, words = search->product.graph->words;
    search->region = qx_take(search->means, count, sizeof *search->region);
    search->number = qx_take(search->means, count, sizeof *search->number);
    search->lowest = qx_take(search->means, count, sizeof *search->lowest);
    search->members = qx_take(search->means, count, sizeof *search->members);
    search->stack = qx_take(search->means, count, sizeof *search->stack);
    search->summary.ever = qx_take(search->means, words, sizeof(uint64_t));
    search->summary.always = qx_take(search->means, words, sizeof(uint64_t));
    search->summary.taken = qx_take(search->means, words, sizeof(uint64_t));
    return search->means->failure == QX_LASSO_NONE;
}

static void finish(qx_search *search)
{
    qx_product_close(&search->product);
    free(search->region);
    free(search->number);
    free(search->lowest);
    free(search->members);
    free(search->stack);
    free(search->path);
    free(search->tasks);
    free(search->summary.ever);
    free(search->summary.always);
    free(search->summary.taken);
}

qx_lasso_answer qx_find_lasso(const qx_fair_graph *graph, const qx_automaton *automaton, const volatile int *stop,
                              uint64_t bytes_max, qx_lasso *lasso)
{
    qx_means means = {.bytes_max = bytes_max, .stop = stop, .failure = QX_LASSO_NONE};
    qx_search search = {.means = &means};
    *lasso = (qx_lasso){0};
    bool is_going_well = qx_product_build(&search.product, graph, automaton, &means);
    is_going_well = is_going_well && prepare(&search) && search_all(&search) && qx_search_lasso(&search, lasso);
    lasso->nodes = search.product.count;
    qx_lasso_answer answer = search.best == QX_DROPPED ? QX_LASSO_NONE : QX_LASSO_FOUND;
    finish(&search);
    return is_going_well ? answer : means.failure;
}

void qx_lasso_free(qx_lasso *lasso)
{
    free(lasso->stem);
    free(lasso->cycle);
    *lasso = (qx_lasso){0};
}
