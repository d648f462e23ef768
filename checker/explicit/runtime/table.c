/* A set of records: opening it, and growth. */
#include "table.h"

enum { WINDOW = 32 }; /* slots that are fetched at the same time while the table is filled anew */

static void fill(qx_table *table);
static void fill_window(qx_table *table, qx_ref first, unsigned count);

bool qx_table_open(qx_table *table, qx_budget *budget, const qx_table_plan *plan)
{
    const qx_slots_plan *slots = &plan->slots;
    *table = (qx_table){.hash = plan->hash, .owner = plan->owner};
    if (!qx_slots_open(&table->slots, budget, slots) ||
        !qx_arena_open(&table->arena, budget, slots->workers, plan->length_max, plan->is_fixed))
        return false;
    qx_arena_limit(&table->arena, UINT64_C(1) << plan->ref_bits, plan->refs_used_up);
    return true;
}

void qx_table_close(qx_table *table)
{
    qx_slots_close(&table->slots);
    qx_arena_close(&table->arena);
}

bool qx_table_grow(qx_table *table)
{
    if (!qx_slots_want_growth(&table->slots))
        return true;
    uint64_t record_bytes = table->arena.words * sizeof(uint64_t) / qx_table_count(table);
    qx_region old;
    if (!qx_slots_enlarge(&table->slots, record_bytes, &old))
        return false;
    qx_region_release(&old);
    fill(table);
    return true;
}

static void fill(qx_table *table)
{
    qx_arena_settle(&table->arena);
    for (uint64_t number = 0; number < table->arena.blocks; number++) {
        unsigned filled = qx_arena_block(&table->arena, number)->filled;
        for (unsigned begin = 0; begin < filled; begin += WINDOW)
            fill_window(table, number * QX_BLOCK + begin, filled - begin < WINDOW ? filled - begin : WINDOW);
    }
}

/* The records are known to differ, and nobody else is there: no comparison, no synchronisation. */
static void fill_window(qx_table *table, qx_ref first, unsigned count)
{
    uint64_t hashes[WINDOW];
    for (unsigned k = 0; k < count; k++) {
        hashes[k] = table->hash(table, qx_arena_at(&table->arena, first + k));
        qx_table_prefetch(table, hashes[k]);
    }
    for (unsigned k = 0; k < count; k++) {
        uint64_t i = qx_slots_home(hashes[k], table->slots.count);
        while (atomic_load_explicit(qx_table_at(table, i), memory_order_relaxed) != 0)
            i = qx_slots_after(&table->slots, i);
        atomic_store_explicit(qx_table_at(table, i), qx_table_slot(hashes[k], first + k), memory_order_relaxed);
    }
}
