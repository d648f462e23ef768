/* An arena of records: opening blocks, and cutting levels.
 *
 * At a cut the new records are those of blocks that were opened since the last cut, and the rest of the blocks that
 * were only partly full then; there are few of these, one per worker and length, and `partial` lists them.
 */
#include "arena.h"

enum { BLOCK_WORDS_MAX = 4096, CAPACITY_MIN = 16 }; /* where lengths differ many blocks are open, so they are smaller */

static unsigned capacity_of(const qx_arena *arena, unsigned length);
static bool find_room(qx_arena *arena, unsigned length, unsigned capacity);
static bool cut_block(qx_arena *arena, uint64_t block, qx_levels *levels);

static size_t lengths_of(const qx_arena *arena)
{
    return arena->length != 0 ? 1 : arena->length_max + 1;
}

static qx_block *blocks_of(const qx_arena *arena)
{
    return (qx_block *)arena->table.base;
}

bool qx_arena_open(qx_arena *arena, qx_budget *budget, unsigned workers, unsigned length_max, bool is_fixed)
{
    const size_t per_line = QX_CACHE_LINE / sizeof(qx_open_block);
    *arena = (qx_arena){
        .budget = budget,
        .length = is_fixed ? length_max : 0,
        .length_max = length_max,
        .workers = workers,
        .blocks_max = UINT64_MAX,
    };
    arena->stride = (lengths_of(arena) + per_line - 1) / per_line * per_line;
    pthread_mutex_init(&arena->opening, NULL);
    arena->open = qx_budget_allocate(budget, workers * arena->stride * sizeof *arena->open);
    arena->partial = qx_budget_allocate(budget, workers * lengths_of(arena) * sizeof *arena->partial);
    return arena->open != NULL && arena->partial != NULL &&
           qx_region_reserve(&arena->records, budget, budget->bytes_max) &&
           qx_region_reserve(&arena->table, budget, budget->bytes_max / 64); /* a block has 2 KiB or more */
}

void qx_arena_close(qx_arena *arena)
{
    if (arena->budget == NULL)
        return;
    qx_region_release(&arena->records);
    qx_region_release(&arena->table);
    qx_budget_free(arena->budget, arena->open, arena->workers * arena->stride * sizeof *arena->open);
    qx_budget_free(arena->budget, arena->partial, arena->workers * lengths_of(arena) * sizeof *arena->partial);
    pthread_mutex_destroy(&arena->opening);
}

void qx_arena_limit(qx_arena *arena, uint64_t refs, const char *used_up)
{
    arena->blocks_max = refs / QX_BLOCK - 1; /* one less, so that a reference plus one can be stored as well */
    arena->used_up = used_up;
}

bool qx_arena_extend(qx_arena *arena, unsigned worker, unsigned length)
{
    qx_open_block *open = qx_arena_open_block(arena, worker, length);
    unsigned capacity = capacity_of(arena, length);
    pthread_mutex_lock(&arena->opening);
    bool has_room = find_room(arena, length, capacity);
    if (has_room) {
        if (open->place != NULL) {
            qx_block *full = &blocks_of(arena)[open->block];
            full->filled = full->capacity;
        }
        blocks_of(arena)[arena->blocks] =
            (qx_block){.offset = arena->words, .length = (uint16_t)length, .capacity = (uint16_t)capacity};
        *open = (qx_open_block){
            .place = (uint64_t *)arena->records.base + arena->words,
            .ref = arena->blocks * QX_BLOCK,
            .block = arena->blocks,
            .room = capacity,
        };
        arena->blocks++;
        arena->words += (uint64_t)capacity * length;
    }
    pthread_mutex_unlock(&arena->opening);
    return has_room;
}

void qx_arena_settle(qx_arena *arena)
{
    for (unsigned worker = 0; worker < arena->workers; worker++)
        for (size_t i = 0; i < lengths_of(arena); i++) {
            const qx_open_block *open = &arena->open[worker * arena->stride + i];
            if (open->place == NULL)
                continue;
            qx_block *block = &blocks_of(arena)[open->block];
            block->filled = (uint16_t)(block->capacity - open->room);
        }
}

bool qx_arena_cut(qx_arena *arena, qx_levels *levels)
{
    qx_arena_settle(arena);
    size_t partials = arena->partials;
    arena->partials = 0;
    bool is_listed = true;
    for (size_t i = 0; i < partials; i++)
        is_listed &= cut_block(arena, arena->partial[i], levels);
    for (uint64_t block = arena->blocks_cut; block < arena->blocks; block++)
        is_listed &= cut_block(arena, block, levels);
    arena->blocks_cut = arena->blocks;
    return is_listed;
}

void qx_arena_clear(qx_arena *arena, uint64_t words)
{
    for (size_t i = 0; i < arena->workers * arena->stride; i++)
        arena->open[i] = (qx_open_block){0};
    arena->words = arena->blocks = arena->blocks_cut = 0;
    arena->partials = 0;
    qx_region_trim(&arena->records, words * sizeof(uint64_t));
}

static unsigned capacity_of(const qx_arena *arena, unsigned length)
{
    unsigned capacity = BLOCK_WORDS_MAX / length;
    if (arena->length != 0 || capacity > QX_BLOCK) /* of equal length: the position follows from the reference */
        return QX_BLOCK;
    return capacity < CAPACITY_MIN ? CAPACITY_MIN : capacity;
}

static bool find_room(qx_arena *arena, unsigned length, unsigned capacity)
{
    if (arena->blocks >= arena->blocks_max) {
        qx_budget_refuse(arena->budget, arena->used_up);
        return false;
    }
    return qx_region_commit(&arena->records, (arena->words + (uint64_t)capacity * length) * sizeof(uint64_t)) &&
           qx_region_commit(&arena->table, (arena->blocks + 1) * sizeof(qx_block));
}

/* The records of the block that earlier levels do not have. */
static bool cut_block(qx_arena *arena, uint64_t number, qx_levels *levels)
{
    qx_block *block = &blocks_of(arena)[number];
    uint64_t count = block->filled - block->cut;
    if (count != 0 && !qx_levels_add(levels, number * QX_BLOCK + block->cut, count))
        return false;
    block->cut = block->filled;
    if (block->filled < block->capacity)
        arena->partial[arena->partials++] = number;
    return true;
}
