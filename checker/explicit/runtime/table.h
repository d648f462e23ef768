/* A set of records that many workers extend at the same time without locks.
 *
 * Records lie in an arena, and slots of 8 bytes find them: 24 bits are a tag from the hash, so that other records are
 * hardly ever looked at, and 40 the reference plus one. A worker writes the record first, then publishes it by
 * compare-and-swap of an empty slot (after Laarman, van de Pol, Weber: Boosting Multi-Core Reachability Performance
 * with Shared Hash Tables, FMCAD 2010, section III). If another worker was faster the slot is looked at again, for it
 * may hold the same record now; what was written then makes way for the worker's next record. No slot is ever emptied,
 * so that what was once seen stays true.
 *
 * When the slots grow they are filled anew from the arena, which is read from front to back; the old slots are not
 * needed for that, and freed before.
 */
#ifndef QX_TABLE_H
#define QX_TABLE_H

#include "arena.h"
#include "slots.h"

typedef enum {
    QX_OLD,
    QX_NEW,
    QX_FULL /* a limit is reached, see qx_store_limit; nothing is stored */
} qx_insertion;

typedef struct qx_table qx_table;

typedef struct {
    qx_slots_plan slots;
    unsigned length_max;      /* of a record, in words */
    bool is_fixed;            /* every record has this length */
    unsigned ref_bits;        /* at most QX_REF_BITS */
    const char *refs_used_up; /* what to say when that is not enough */
    uint64_t (*hash)(const qx_table *table, const uint64_t *record);
    const void *owner; /* for `hash` */
} qx_table_plan;

struct qx_table {
    qx_slots slots;
    qx_arena arena;
    uint64_t (*hash)(const qx_table *table, const uint64_t *record);
    const void *owner;
};

/* False: out of memory; close it all the same. */
bool qx_table_open(qx_table *table, qx_budget *budget, const qx_table_plan *plan);
void qx_table_close(qx_table *table);

/* If the table wants it. False: it wants to grow, and there is not enough memory. */
bool qx_table_grow(qx_table *table);

static inline uint64_t qx_table_count(const qx_table *table)
{
    return qx_quota_spent(&table->slots.quota);
}

/* Slots. */

enum { QX_REF_BITS = 40 };

/* The home of a hash depends on its high bits, so the tag takes the low ones. */
static inline uint64_t qx_table_slot(uint64_t hash, qx_ref ref)
{
    return hash << QX_REF_BITS | (ref + 1);
}

static inline bool qx_table_has_tag(uint64_t slot, uint64_t hash)
{
    return (slot ^ hash << QX_REF_BITS) >> QX_REF_BITS == 0;
}

static inline qx_ref qx_table_ref(uint64_t slot)
{
    return (slot & ((UINT64_C(1) << QX_REF_BITS) - 1)) - 1;
}

static inline _Atomic uint64_t *qx_table_at(const qx_table *table, uint64_t i)
{
    return (_Atomic uint64_t *)table->slots.region.base + i;
}

static inline void qx_table_prefetch(const qx_table *table, uint64_t hash)
{
    __builtin_prefetch(qx_table_at(table, qx_slots_home(hash, table->slots.count)));
}

static inline bool qx_table_holds(const qx_table *table, uint64_t slot, const uint64_t *record, unsigned length,
                                  uint64_t hash)
{
    if (!qx_table_has_tag(slot, hash) || qx_arena_length(&table->arena, qx_table_ref(slot)) != length)
        return false;
    const uint64_t *stored = qx_arena_at(&table->arena, qx_table_ref(slot));
    unsigned equal = 0;
    while (equal < length && stored[equal] == record[equal])
        equal++;
    return equal == length;
}

/* Writes a record that needs a slot. QX_NONE: a limit is reached. */
static inline qx_ref qx_table_prepare(qx_table *table, unsigned worker, const uint64_t *record, unsigned length)
{
    if (!qx_quota_take(&table->slots.quota, worker)) {
        qx_slots_refuse(&table->slots);
        return QX_NONE;
    }
    qx_ref ref = qx_arena_write(&table->arena, worker, record, length);
    if (ref == QX_NONE)
        qx_quota_give_back(&table->slots.quota, worker);
    return ref;
}

static inline qx_insertion qx_table_insert(qx_table *table, unsigned worker, const uint64_t *record, unsigned length,
                                           uint64_t hash, qx_ref *ref)
{
    qx_ref mine = QX_NONE;
    for (uint64_t i = qx_slots_home(hash, table->slots.count);; i = qx_slots_after(&table->slots, i)) {
        uint64_t slot = atomic_load_explicit(qx_table_at(table, i), memory_order_acquire);
        if (slot == 0) {
            if (mine == QX_NONE && (mine = qx_table_prepare(table, worker, record, length)) == QX_NONE)
                return QX_FULL;
            if (atomic_compare_exchange_strong_explicit(qx_table_at(table, i), &slot, qx_table_slot(hash, mine),
                                                        memory_order_acq_rel, memory_order_acquire)) {
                qx_arena_keep(&table->arena, worker, length);
                qx_slots_spend(&table->slots, worker);
                *ref = mine;
                return QX_NEW;
            }
        }
        if (qx_table_holds(table, slot, record, length, hash)) {
            if (mine != QX_NONE)
                qx_quota_give_back(&table->slots.quota, worker);
            *ref = qx_table_ref(slot);
            return QX_OLD;
        }
    }
}

static inline qx_ref qx_table_find(const qx_table *table, const uint64_t *record, unsigned length, uint64_t hash)
{
    for (uint64_t i = qx_slots_home(hash, table->slots.count);; i = qx_slots_after(&table->slots, i)) {
        uint64_t slot = atomic_load_explicit(qx_table_at(table, i), memory_order_acquire);
        if (slot == 0)
            return QX_NONE;
        if (qx_table_holds(table, slot, record, length, hash))
            return qx_table_ref(slot);
    }
}

/* Begins to fetch the record that a hash probably belongs to, once its slot has been fetched. It looks no further than
 * the cache line that was fetched is likely to reach. Of records of three words one in four lies across the end of a
 * line, so both ends are fetched: 15 instead of 12 million insertions per second. */
static inline void qx_table_prefetch_record(const qx_table *table, uint64_t hash)
{
    uint64_t home = qx_slots_home(hash, table->slots.count);
    for (uint64_t i = home; i < home + 8 && i < table->slots.count; i++) {
        uint64_t slot = atomic_load_explicit(qx_table_at(table, i), memory_order_acquire);
        if (slot == 0)
            return;
        if (qx_table_has_tag(slot, hash)) {
            const uint64_t *record = qx_arena_at(&table->arena, qx_table_ref(slot));
            __builtin_prefetch(record);
            __builtin_prefetch(record + qx_arena_length(&table->arena, qx_table_ref(slot)) - 1);
            return;
        }
    }
}

#endif
