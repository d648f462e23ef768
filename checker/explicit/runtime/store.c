/* The parts of a store that do not depend on its kind. */
#include "store.h"

#include <stdlib.h>

qx_store *qx_store_new(qx_store_kind kind, unsigned words, unsigned workers, uint64_t memory_bytes,
                       uint64_t states_max)
{
    static const qx_store_methods *const kinds[] = {
        [QX_EXACT] = &qx_store_exact, [QX_TREE] = &qx_store_tree, [QX_FP64] = &qx_store_fp64};
    if (words == 0 || words > QX_WORDS_MAX || workers == 0)
        return NULL;
    qx_store *store = calloc(1, kinds[kind]->size);
    if (store == NULL)
        return NULL;
    store->methods = kinds[kind];
    store->slots_base = (const char *)store; /* no slots: prefetching without an effect */
    store->words = words;
    store->workers = workers;
    store->states_max = states_max;
    store->budget.bytes_max = memory_bytes;
    if (qx_budget_take(&store->budget, kinds[kind]->size) && qx_levels_open(&store->levels, &store->budget) &&
        store->methods->open(store))
        return store;
    qx_store_free(store);
    return NULL;
}

void qx_store_free(qx_store *store)
{
    if (store == NULL)
        return;
    store->methods->close(store);
    qx_levels_close(&store->levels);
    free(store);
}

bool qx_store_grow(qx_store *store)
{
    atomic_store_explicit(&store->wants_growth, false, memory_order_relaxed);
    return store->methods->grow(store);
}

uint64_t qx_store_count(const qx_store *store)
{
    return store->methods->count(store);
}

uint64_t qx_store_bytes(const qx_store *store)
{
    return atomic_load_explicit(&store->budget.bytes, memory_order_relaxed);
}

const char *qx_store_limit(const qx_store *store)
{
    return atomic_load(&store->budget.refusal);
}

bool qx_store_next_level(qx_store *store)
{
    return store->methods->next_level(store);
}

size_t qx_store_segments(const qx_store *store, unsigned level)
{
    size_t count;
    qx_levels_of(&store->levels, level, &count);
    return count;
}

void qx_store_segment(const qx_store *store, unsigned level, size_t i, qx_ref *first, uint64_t *count)
{
    size_t segments;
    const qx_segment *segment = qx_levels_of(&store->levels, level, &segments) + i;
    *first = segment->first;
    *count = segment->count;
}

qx_ref qx_store_find(const qx_store *store, const uint64_t *state, uint64_t hash)
{
    return store->methods->find(store, state, hash);
}

bool qx_store_parent(const qx_store *store, uint64_t hash, unsigned *depth, uint64_t *parent_hash)
{
    return store->methods->parent != NULL && store->methods->parent(store, hash, depth, parent_hash);
}
