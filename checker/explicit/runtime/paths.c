/* Ways to states: levels are walked backwards, from the deepest target on, and of the states that lead to a target the
 * least is kept. All targets are looked for at once.
 */
#include "worker.h"

#include <stdlib.h>

typedef struct {
    worker walker; /* first: expands states, and looks for targets among the successors */
    const qx_spot *const *spots;
    unsigned count;
    uint64_t *const *states;
    uint64_t *hashes; /* of the targets in the level below */
    bool *is_found;
    unsigned level;
} seeker;

static uint64_t *target(const seeker *k, unsigned i, unsigned level)
{
    return k->states[i] + (size_t)level * k->walker.work.words;
}

/* Keeps the least state of this level that has a target among its successors. */
static void seek(qx_work *work)
{
    seeker *k = (seeker *)work;
    for (unsigned i = 0; i < k->count; i++) {
        if (k->spots[i]->level <= (int64_t)k->level)
            continue;
        for (unsigned n = 0; n < work->filled; n++)
            if (work->hashes[n] == k->hashes[i]
                && qx_same(k->walker.batch + (size_t)n * work->words, target(k, i, k->level + 1), work->words)) {
                uint64_t *least = target(k, i, k->level);
                qx_keep_least(&least, k->walker.source, work->words, !k->is_found[i]);
                k->is_found[i] = true;
            }
    }
    work->filled = 0;
    work->room = k->walker.batch;
}

static void no_decision(qx_work *work, uint64_t goals, const uint64_t *s)
{
    (void)work;
    (void)goals;
    (void)s;
}

static void no_prefetch(const void *store, uint64_t hash)
{
    (void)store;
    (void)hash;
}

/* Expands a state by one action, or by all; where something is undefined it has the successors that came before. */
static void seek_by(seeker *k, qx_step step)
{
    worker *w = &k->walker;
    jmp_buf here;
    w->escape = &here;
    if (setjmp(here) == 0)
        step(w->source, &w->work);
    seek(&w->work);
}

/* Expands a state as it may have been expanded: under reduction, by some actions without others before them. */
static void seek_from(seeker *k, const qx_run *run, qx_ref ref)
{
    const qx_model *model = run->model;
    k->walker.source = qx_store_get(run->store, ref, k->walker.scratch);
    for (unsigned i = 0; model->few_count != 0 && i < model->actions; i++)
        seek_by(k, model->steps[i]);
    if (model->few_count == 0)
        seek_by(k, model->expand);
}

static bool seek_level(seeker *k, qx_run *run)
{
    for (unsigned i = 0; i < k->count; i++) {
        k->is_found[i] = false;
        if (k->spots[i]->level > (int64_t)k->level)
            k->hashes[i] = qx_hash(target(k, i, k->level + 1), run->model->words);
    }
    const size_t segments = qx_store_segments(run->store, k->level);
    for (size_t n = 0; n < segments; n++) {
        qx_ref first;
        uint64_t count;
        qx_store_segment(run->store, k->level, n, &first, &count);
        for (uint64_t i = 0; i < count && !run->stop; i++)
            seek_from(k, run, first + i);
    }
    for (unsigned i = 0; i < k->count; i++)
        if (k->spots[i]->level > (int64_t)k->level && !k->is_found[i])
            return false;
    return !run->stop;
}

bool qx_paths(qx_run *run, const qx_spot *const *spots, unsigned count, uint64_t *const *states)
{
    search s = {.run = run};
    seeker k = {.spots = spots, .count = count, .states = states};
    int64_t deepest = 0;
    s.workers = &k.walker;
    k.hashes = calloc(count + 1u, sizeof *k.hashes);
    k.is_found = calloc(count + 1u, sizeof *k.is_found);
    bool is_found = qx_open_worker(&s, 0) && k.hashes != NULL && k.is_found != NULL;
    qx_be(&k.walker);
    k.walker.work.flush = seek;
    k.walker.work.decide_step = no_decision;
    k.walker.work.prefetch = no_prefetch;
    for (unsigned i = 0; i < count && is_found; i++) {
        memcpy(target(&k, i, (unsigned)spots[i]->level), spots[i]->state, run->model->words * sizeof(uint64_t));
        deepest = spots[i]->level > deepest ? spots[i]->level : deepest;
    }
    for (k.level = (unsigned)deepest; is_found && k.level-- > 0;)
        is_found = seek_level(&k, run);
    qx_run nowhere = {.model = run->model, .fired = k.walker.work.fired, .cuts = k.walker.work.cuts,
                      .reached = k.walker.work.reached, .refused = k.walker.work.refused};
    qx_close_worker(&nowhere, &k.walker);
    free(k.hashes);
    free(k.is_found);
    return is_found;
}

bool qx_fingerprints(qx_run *run, uint64_t hash, int64_t level, uint64_t *hashes)
{
    for (hashes[level] = hash; level > 0; level--) {
        unsigned depth;
        if (run->stop || !qx_store_parent(run->store, hashes[level], &depth, &hashes[level - 1]))
            return false;
    }
    return true;
}
