/* Where an exploration keeps the states that it has seen: one interface, three kinds.
 *
 *   exact  every state, as it is; wide ones without their zero words
 *   tree   every state, as a tree whose subtrees are shared with other states
 *   fp64   the hash of every state, and its depth and parent; states only of two levels. Two states with the same hash
 *          count as one, so that states can be missed.
 *
 * A state is an array of `words` words, and equal states have equal words. Any number of workers insert at the same
 * time; a worker is a number from 0, used by one thread at a time. What is stored at the end does not depend on the
 * number of workers, or on who was faster, unless a limit was hit.
 *
 * The duties of the caller:
 *   1. The hash of a state is qx_hash(state, words).
 *   2. Between two looks at qx_store_wants_growth a worker has at most QX_BATCH insertions that return QX_NEW. If
 *      growth is wanted, the workers stop, and one calls qx_store_grow.
 *   3. qx_store_grow, qx_store_next_level and qx_store_free are called while no other thread uses the store.
 *   4. After QX_FULL, or if qx_store_next_level fails, the search is incomplete, for the reason qx_store_limit.
 *
 * Breadth-first search: the states inserted before the first qx_store_next_level are level 0, those before the second
 * level 1, and so on. A level is a list of segments; the references of a segment are consecutive, so that it
 * can be divided among workers in any way.
 */
#ifndef QX_STORE_H
#define QX_STORE_H

#include "table.h"

enum { QX_BATCH = 2048, QX_WORDS_MAX = 2048 };

typedef enum { QX_EXACT, QX_TREE, QX_FP64 } qx_store_kind;

typedef struct qx_store qx_store;

/* What a kind of store does. The functions below say what each of these means. */
typedef struct {
    size_t size;               /* of its struct */
    bool (*open)(qx_store *);  /* completes a store whose common part is set; if it fails the store is closed */
    void (*close)(qx_store *); /* all but the common part */
    qx_insertion (*insert)(qx_store *, unsigned, const uint64_t *, uint64_t, uint64_t, qx_ref *);
    void (*prefetch_state)(const qx_store *, uint64_t);
    const uint64_t *(*source)(qx_store *, unsigned, qx_ref, uint64_t *);
    bool (*grow)(qx_store *);
    uint64_t (*count)(const qx_store *);
    bool (*next_level)(qx_store *);
    const uint64_t *(*get)(const qx_store *, qx_ref, uint64_t *);
    qx_ref (*find)(const qx_store *, const uint64_t *, uint64_t);
    bool (*parent)(const qx_store *, uint64_t, unsigned *, uint64_t *);
    bool (*is_new)(const qx_store *, qx_ref);
} qx_store_methods;

/* What all kinds have; each kind has a struct of its own that begins with it. */
struct qx_store {
    const qx_store_methods *methods;
    const char *slots_base; /* where qx_store_prefetch looks */
    uint64_t slots;
    unsigned slot_bytes;
    unsigned words;
    unsigned workers;
    uint64_t states_max;
    _Atomic bool wants_growth;
    qx_budget budget;
    qx_levels levels;
};

/* `memory_bytes` limits everything the store allocates; `states_max` may be UINT64_MAX. NULL: not enough memory. */
qx_store *qx_store_new(qx_store_kind kind, unsigned words, unsigned workers, uint64_t memory_bytes,
                       uint64_t states_max);
void qx_store_free(qx_store *store);

/* Inserts a state unless it is stored already. `parent_hash` is the hash of the state that it was reached from, and 0
 * for initial states; only fp64 looks at it. `ref` names the state then; for fp64 it is QX_NONE after QX_OLD. */
static inline qx_insertion qx_store_insert(qx_store *store, unsigned worker, const uint64_t *state, uint64_t hash,
                                           uint64_t parent_hash, qx_ref *ref)
{
    return store->methods->insert(store, worker, state, hash, parent_hash, ref);
}

/* Begins to fetch the slot of a state that will be inserted soon. */
static inline void qx_store_prefetch(const qx_store *store, uint64_t hash)
{
    __builtin_prefetch(store->slots_base + qx_slots_home(hash, store->slots) * store->slot_bytes);
}

/* Begins to fetch the stored state that it will be compared with. The slot should have been prefetched a while ago. */
static inline void qx_store_prefetch_state(const qx_store *store, uint64_t hash)
{
    store->methods->prefetch_state(store, hash);
}

static inline bool qx_store_wants_growth(const qx_store *store)
{
    return atomic_load_explicit(&store->wants_growth, memory_order_relaxed);
}

/* False: no more memory is allowed. Insertion then goes on until the store is full, and growth is not wanted again. */
bool qx_store_grow(qx_store *store);

/* States stored; exact when no worker is inserting. */
uint64_t qx_store_count(const qx_store *store);

/* Bytes of memory that are in use, or set aside for immediate use. */
uint64_t qx_store_bytes(const qx_store *store);

/* After QX_FULL, or a level that could not be listed: the limit that was hit, as a noun phrase. */
const char *qx_store_limit(const qx_store *store);

/* The states inserted since the last call become the level that is walked next. False: no memory to list them. */
bool qx_store_next_level(qx_store *store);

/* Levels count from 0. fp64 has only the last one, and no segments for others. */
size_t qx_store_segments(const qx_store *store, unsigned level);
void qx_store_segment(const qx_store *store, unsigned level, size_t i, qx_ref *first, uint64_t *count);

/* The words of a stored state: in place, where they stay while the store grows, or rebuilt in `scratch`, which has room
 * for one. fp64: only states of the last level, and of the one being built. */
static inline const uint64_t *qx_store_get(const qx_store *store, qx_ref ref, uint64_t *scratch)
{
    return store->methods->get(store, ref, scratch);
}

/* Like qx_store_get, and announces that the worker will now insert successors of this state. This is never necessary;
 * but a tree store inserts a state much faster if it differs from the announced one in few words. The words stay until
 * the worker's next call. */
static inline const uint64_t *qx_store_source(qx_store *store, unsigned worker, qx_ref ref, uint64_t *scratch)
{
    return store->methods->source(store, worker, ref, scratch);
}

/* QX_NONE if the state is not stored. For fp64 other results have no meaning. */
qx_ref qx_store_find(const qx_store *store, const uint64_t *state, uint64_t hash);

/* Only for fp64, with the workers quiescent: the depth at which a state was found and the hash of its parent: of the
 * states one level before that reached it, the one with the least hash. An initial state has depth 0, and the parent 0.
 * False: the state is not stored, or the store is of another kind. */
bool qx_store_parent(const qx_store *store, uint64_t hash, unsigned *depth, uint64_t *parent_hash);

/* Not for fp64: whether a stored state was found since the last qx_store_next_level. */
static inline bool qx_store_is_new(const qx_store *store, qx_ref ref)
{
    return store->methods->is_new(store, ref);
}

/* For the kinds: what they are, and a table of slots of 8 bytes that gets up to `records_per_state` for each state. */
extern const qx_store_methods qx_store_exact;
extern const qx_store_methods qx_store_tree;
extern const qx_store_methods qx_store_fp64;

static inline qx_slots_plan qx_store_slots_plan(qx_store *store, unsigned records_per_state)
{
    return (qx_slots_plan){
        .workers = store->workers,
        .slot_bytes = sizeof(uint64_t),
        .records_max = store->states_max,
        .records_per_batch = (uint64_t)QX_BATCH * records_per_state,
        .wants_growth = &store->wants_growth,
    };
}

#endif
