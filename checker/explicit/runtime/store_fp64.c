/* The store that keeps only fingerprints: hash compaction (Wolper, Leroy: Reliable Hashing without Collision Detection,
 * CAV 1993; Stern, Dill: Improved Probabilistic Verification by Hash Compaction, CHARME 1995).
 *
 * An entry has 16 bytes: the hash of a state, and from where it was reached: the level at which it was found, in 16
 * bits, and the high 48 bits of its parent's hash. An entry is claimed by compare-and-swap of its hash; what it says
 * about the parent is 0 until somebody fills it in. Whoever finds the state again while its level is being built lowers
 * the entry to the least parent; entries of earlier levels stay as they are. So in the end an entry does not depend on
 * who was first, nor does the path that parents make.
 *
 * Entries are in the order of hashes, but for the distance to their home. So a parent is found by its high bits, and
 * growth is one pass from front to back over both tables, that returns the old one piece by piece.
 *
 * Two arenas have the states of the level that is walked and of the one that is built. The references of one are told
 * from those of the other by a bit.
 */
#include "compact.h"
#include "store.h"

#define PARITY_BIT (UINT64_C(1) << QX_REF_BITS)

enum {
    PARENT_BITS = 48,
    LEVELS_MAX = UINT16_MAX, /* the number of a level is stored plus one: 0 is an entry that was not filled in */
    RECORD_WORDS_MAX = QX_WORDS_MAX + QX_WORDS_MAX / 64 + 1,
    FORGET_ENTRIES = 1 << 20
};

typedef struct {
    _Atomic uint64_t hash; /* 0: empty */
    _Atomic uint64_t origin;
} fp64_entry;

typedef struct {
    qx_store store;
    bool is_compact;
    qx_slots slots;
    qx_arena arenas[2]; /* level k is in arenas[k % 2] */
} fp64_store;

static void refill(fp64_store *fp64, qx_region *old, uint64_t count);

static fp64_store *of(qx_store *store)
{
    return (fp64_store *)store;
}

static const fp64_store *seen(const qx_store *store)
{
    return (const fp64_store *)store;
}

static void show_slots(fp64_store *fp64)
{
    fp64->store.slots_base = fp64->slots.region.base;
    fp64->store.slots = fp64->slots.count;
    fp64->store.slot_bytes = sizeof(fp64_entry);
}

static bool open_fp64(qx_store *store)
{
    fp64_store *fp64 = of(store);
    fp64->is_compact = store->words >= QX_COMPACT_WORDS_MIN;
    unsigned length = store->words + (fp64->is_compact ? qx_compact_map_words(store->words) : 0);
    qx_slots_plan plan = qx_store_slots_plan(store, 1);
    plan.slot_bytes = sizeof(fp64_entry);
    if (!qx_slots_open(&fp64->slots, &store->budget, &plan))
        return false;
    show_slots(fp64);
    for (unsigned i = 0; i < 2; i++) {
        if (!qx_arena_open(&fp64->arenas[i], &store->budget, store->workers, length, !fp64->is_compact))
            return false;
        qx_arena_limit(&fp64->arenas[i], PARITY_BIT, "2^40 states in a level, the most that a reference can name");
    }
    return true;
}

static void close_fp64(qx_store *store)
{
    qx_slots_close(&of(store)->slots);
    qx_arena_close(&of(store)->arenas[0]);
    qx_arena_close(&of(store)->arenas[1]);
}

/* Insertion. */

static inline fp64_entry *entry_at(const fp64_store *fp64, uint64_t i)
{
    return (fp64_entry *)fp64->slots.region.base + i;
}

/* The hash of an empty entry is not available as a fingerprint. qx_hash never returns it. */
static inline uint64_t fingerprint(uint64_t hash)
{
    return hash != 0 ? hash : 1;
}

/* The level being built is the first that is not finished. */
static inline uint64_t origin_of(const qx_store *store, uint64_t parent_hash)
{
    return (uint64_t)(store->levels.finished + 1) << PARENT_BITS | parent_hash >> (64 - PARENT_BITS);
}

/* To the least parent of the same level. */
static inline void lower(_Atomic uint64_t *origin, uint64_t candidate)
{
    uint64_t old = atomic_load_explicit(origin, memory_order_relaxed);
    while (old == 0 || (old >> PARENT_BITS == candidate >> PARENT_BITS && candidate < old))
        if (atomic_compare_exchange_weak_explicit(origin, &old, candidate, memory_order_relaxed, memory_order_relaxed))
            return;
}

/* Writes the state where the worker's next one goes. QX_NONE: a limit is reached. */
static qx_ref prepare(fp64_store *fp64, unsigned worker, const uint64_t *state, unsigned *length)
{
    qx_store *store = &fp64->store;
    if (store->levels.finished >= LEVELS_MAX) {
        qx_budget_refuse(&store->budget, "65535 levels, the most that an entry can tell apart");
        return QX_NONE;
    }
    if (!qx_quota_take(&fp64->slots.quota, worker)) {
        qx_slots_refuse(&fp64->slots);
        return QX_NONE;
    }
    uint64_t record[RECORD_WORDS_MAX];
    *length = store->words;
    if (fp64->is_compact)
        *length = qx_compact(state, store->words, record);
    qx_arena *arena = &fp64->arenas[store->levels.finished % 2];
    qx_ref ref = qx_arena_write(arena, worker, fp64->is_compact ? record : state, *length);
    if (ref == QX_NONE)
        qx_quota_give_back(&fp64->slots.quota, worker);
    return ref;
}

static qx_ref keep(fp64_store *fp64, unsigned worker, qx_ref ref, unsigned length)
{
    unsigned parity = fp64->store.levels.finished % 2;
    qx_arena_keep(&fp64->arenas[parity], worker, length);
    qx_slots_spend(&fp64->slots, worker);
    return ref | (parity != 0 ? PARITY_BIT : 0);
}

static qx_insertion insert(qx_store *store, unsigned worker, const uint64_t *state, uint64_t hash, uint64_t parent_hash,
                           qx_ref *ref)
{
    fp64_store *fp64 = of(store);
    uint64_t origin = origin_of(store, parent_hash);
    qx_ref mine = QX_NONE;
    unsigned length = 0;
    *ref = QX_NONE;
    hash = fingerprint(hash);
    for (uint64_t i = qx_slots_home(hash, fp64->slots.count);; i = qx_slots_after(&fp64->slots, i)) {
        fp64_entry *entry = entry_at(fp64, i);
        uint64_t found = atomic_load_explicit(&entry->hash, memory_order_relaxed);
        if (found == 0) {
            if (mine == QX_NONE && (mine = prepare(fp64, worker, state, &length)) == QX_NONE)
                return QX_FULL;
            if (atomic_compare_exchange_strong_explicit(&entry->hash, &found, hash, memory_order_relaxed,
                                                        memory_order_relaxed)) {
                lower(&entry->origin, origin);
                *ref = keep(fp64, worker, mine, length);
                return QX_NEW;
            }
        }
        if (found == hash) {
            if (mine != QX_NONE)
                qx_quota_give_back(&fp64->slots.quota, worker);
            lower(&entry->origin, origin);
            return QX_OLD;
        }
    }
}

/* Looking up. */

static fp64_entry *entry_of(const fp64_store *fp64, uint64_t hash)
{
    for (uint64_t i = qx_slots_home(hash, fp64->slots.count);; i = qx_slots_after(&fp64->slots, i)) {
        fp64_entry *entry = entry_at(fp64, i);
        uint64_t found = atomic_load_explicit(&entry->hash, memory_order_relaxed);
        if (found == hash)
            return entry;
        if (found == 0)
            return NULL;
    }
}

static qx_ref find(const qx_store *store, const uint64_t *state, uint64_t hash)
{
    (void)state;
    return entry_of(seen(store), fingerprint(hash)) != NULL ? 0 : QX_NONE;
}

/* The least hash with these high bits among the states of a level; 0 if there is none. All hashes with these high bits
 * lie between the home of the least of them and the first empty entry at or after the home of the greatest. */
static uint64_t hash_of_level(const fp64_store *fp64, uint64_t level, uint64_t high)
{
    uint64_t least = high << (64 - PARENT_BITS), least_found = 0;
    uint64_t greatest = least | ((UINT64_C(1) << (64 - PARENT_BITS)) - 1);
    uint64_t i = qx_slots_home(least, fp64->slots.count);
    uint64_t homes = qx_slots_home(greatest, fp64->slots.count) - i + 1;
    for (uint64_t steps = 0;; steps++, i = qx_slots_after(&fp64->slots, i)) {
        fp64_entry *entry = entry_at(fp64, i);
        uint64_t hash = atomic_load_explicit(&entry->hash, memory_order_relaxed);
        uint64_t origin = atomic_load_explicit(&entry->origin, memory_order_relaxed);
        if (hash == 0 && steps + 1 >= homes)
            return least_found;
        if (hash >> (64 - PARENT_BITS) == high && hash != 0 && origin >> PARENT_BITS == level + 1 &&
            (least_found == 0 || hash < least_found))
            least_found = hash;
    }
}

static bool parent(const qx_store *store, uint64_t hash, unsigned *depth, uint64_t *parent_hash)
{
    const fp64_entry *entry = entry_of(seen(store), fingerprint(hash));
    if (entry == NULL)
        return false;
    uint64_t origin = atomic_load_explicit(&entry->origin, memory_order_relaxed);
    uint64_t level = (origin >> PARENT_BITS) - 1;
    *depth = (unsigned)level;
    *parent_hash = 0;
    if (level > 0)
        *parent_hash = hash_of_level(seen(store), level - 1, origin & ((UINT64_C(1) << PARENT_BITS) - 1));
    return true;
}

static const uint64_t *get(const qx_store *store, qx_ref ref, uint64_t *scratch)
{
    const qx_arena *arena = &seen(store)->arenas[(ref & PARITY_BIT) != 0];
    const uint64_t *words = qx_arena_at(arena, ref & ~PARITY_BIT);
    if (!seen(store)->is_compact)
        return words;
    qx_expand(words, store->words, scratch);
    return scratch;
}

static const uint64_t *source(qx_store *store, unsigned worker, qx_ref ref, uint64_t *scratch)
{
    (void)worker;
    return get(store, ref, scratch);
}

static void prefetch_state(const qx_store *store, uint64_t hash)
{
    (void)store, (void)hash; /* nothing is compared but the entry */
}

/* Levels and growth. */

static bool next_level(qx_store *store)
{
    fp64_store *fp64 = of(store);
    unsigned parity = store->levels.finished % 2;
    qx_arena *built = &fp64->arenas[parity];
    qx_levels_forget(&store->levels);
    store->levels.offset = parity != 0 ? PARITY_BIT : 0;
    if (!qx_arena_cut(built, &store->levels) || !qx_levels_finish(&store->levels))
        return false;
    qx_arena_clear(&fp64->arenas[1 - parity], built->words); /* the next level will be about as large */
    return true;
}

static bool grow(qx_store *store)
{
    fp64_store *fp64 = of(store);
    if (!qx_slots_want_growth(&fp64->slots))
        return true;
    uint64_t words = fp64->arenas[0].words + fp64->arenas[1].words;
    uint64_t count = fp64->slots.count;
    qx_region old;
    if (!qx_slots_enlarge(&fp64->slots, words * sizeof(uint64_t) / qx_quota_spent(&fp64->slots.quota), &old))
        return false;
    refill(fp64, &old, count);
    qx_region_release(&old);
    show_slots(fp64);
    return true;
}

static void refill(fp64_store *fp64, qx_region *old, uint64_t count)
{
    const fp64_entry *entries = (const fp64_entry *)old->base;
    for (uint64_t k = 0; k < count; k++) {
        uint64_t hash = atomic_load_explicit(&entries[k].hash, memory_order_relaxed);
        if (hash != 0) {
            uint64_t i = qx_slots_home(hash, fp64->slots.count);
            while (atomic_load_explicit(&entry_at(fp64, i)->hash, memory_order_relaxed) != 0)
                i = qx_slots_after(&fp64->slots, i);
            uint64_t origin = atomic_load_explicit(&entries[k].origin, memory_order_relaxed);
            atomic_store_explicit(&entry_at(fp64, i)->hash, hash, memory_order_relaxed);
            atomic_store_explicit(&entry_at(fp64, i)->origin, origin, memory_order_relaxed);
        }
        if (k % FORGET_ENTRIES == FORGET_ENTRIES - 1)
            qx_region_forget(old, (k - FORGET_ENTRIES + 1) * sizeof(fp64_entry), (k + 1) * sizeof(fp64_entry));
    }
}

static uint64_t count(const qx_store *store)
{
    return qx_quota_spent(&seen(store)->slots.quota);
}

const qx_store_methods qx_store_fp64 = {
    .size = sizeof(fp64_store),
    .open = open_fp64,
    .close = close_fp64,
    .insert = insert,
    .prefetch_state = prefetch_state,
    .source = source,
    .grow = grow,
    .count = count,
    .next_level = next_level,
    .get = get,
    .find = find,
    .parent = parent,
};
