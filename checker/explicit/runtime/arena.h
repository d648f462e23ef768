/* An arena: records of words, written by workers side by side, named by reference.
 *
 * A worker fills blocks of its own, each of up to 256 records of one length, so that writing needs no synchronisation
 * but when a block is full. A reference is the number of a block and a place in it; references into a block are
 * consecutive. Where all records have the same length their position follows from the reference alone; otherwise a
 * worker has one open block for each length, and the table of blocks says where a block begins.
 *
 * The records that were kept since the last cut are a level. It is a list of segments, runs of consecutive references:
 * few, because full blocks lie next to each other whoever filled them.
 */
#ifndef QX_ARENA_H
#define QX_ARENA_H

#include <pthread.h>

#include "levels.h"
#include "memory.h"

enum { QX_BLOCK = 256 };

typedef struct {
    uint64_t offset; /* of its first record, in words */
    uint16_t length; /* of its records, in words */
    uint16_t capacity;
    uint16_t filled; /* up to date when the block is full, and after a cut */
    uint16_t cut;    /* how many of its records belong to earlier levels */
} qx_block;

typedef struct {
    _Alignas(32) uint64_t *place; /* where the next record goes */
    qx_ref ref; /* and what it will be called */
    uint64_t block;
    unsigned room; /* records that still fit */
} qx_open_block;

typedef struct {
    qx_budget *budget;
    qx_region records;
    qx_region table; /* of blocks */
    unsigned length; /* of every record; 0: they differ */
    unsigned length_max;
    unsigned workers;
    size_t stride;       /* open blocks per worker, rounded up to whole cache lines */
    qx_open_block *open; /* by worker and length */
    pthread_mutex_t opening;
    uint64_t words; /* in blocks; guarded by `opening`, as is the table */
    uint64_t blocks;
    uint64_t blocks_max;
    const char *used_up;   /* what to say when there are blocks_max */
    uint64_t *partial; /* the blocks that were not full at the last cut */
    size_t partials;
    uint64_t blocks_cut; /* how many blocks there were at the last cut */
} qx_arena;

/* Records of 1 to `length_max` words, all of this length if `is_fixed`. False: out of memory; close it all the same. */
bool qx_arena_open(qx_arena *arena, qx_budget *budget, unsigned workers, unsigned length_max, bool is_fixed);
void qx_arena_close(qx_arena *arena);

/* At most `refs` references, and what to say when that is not enough. */
void qx_arena_limit(qx_arena *arena, uint64_t refs, const char *used_up);

/* All references become invalid; memory for `words` words of records is kept. No worker may be writing. */
void qx_arena_clear(qx_arena *arena, uint64_t words);

/* Ends the level: appends its segments to `levels`. No worker may be writing. False: no memory for the list. */
bool qx_arena_cut(qx_arena *arena, qx_levels *levels);

/* Makes the `filled` of every block up to date. No worker may be writing. */
void qx_arena_settle(qx_arena *arena);

/* A new open block for this worker and length. False: a limit is reached, and the budget knows which. */
bool qx_arena_extend(qx_arena *arena, unsigned worker, unsigned length);

static inline const qx_block *qx_arena_block(const qx_arena *arena, uint64_t block)
{
    return (const qx_block *)arena->table.base + block;
}

static inline const uint64_t *qx_arena_at(const qx_arena *arena, qx_ref ref)
{
    const uint64_t *words = (const uint64_t *)arena->records.base;
    if (arena->length != 0)
        return words + ref * arena->length;
    const qx_block *block = qx_arena_block(arena, ref / QX_BLOCK);
    return words + block->offset + ref % QX_BLOCK * block->length;
}

static inline unsigned qx_arena_length(const qx_arena *arena, qx_ref ref)
{
    return arena->length != 0 ? arena->length : qx_arena_block(arena, ref / QX_BLOCK)->length;
}

/* Whether a record was kept since the last cut. */
static inline bool qx_arena_is_new(const qx_arena *arena, qx_ref ref)
{
    const uint64_t block = ref / QX_BLOCK;
    return block >= arena->blocks_cut || ref % QX_BLOCK >= qx_arena_block(arena, block)->cut;
}

static inline qx_open_block *qx_arena_open_block(const qx_arena *arena, unsigned worker, unsigned length)
{
    return arena->open + worker * arena->stride + (arena->length != 0 ? 0 : length);
}

/* Writes a record where the worker's next one goes, and returns its reference. It becomes part of the arena by
 * `qx_arena_keep`; the next write replaces it otherwise. QX_NONE: a limit is reached. */
static inline qx_ref qx_arena_write(qx_arena *arena, unsigned worker, const uint64_t *record, unsigned length)
{
    qx_open_block *open = qx_arena_open_block(arena, worker, length);
    if (open->room == 0 && !qx_arena_extend(arena, worker, length))
        return QX_NONE;
    for (unsigned i = 0; i < length; i++)
        open->place[i] = record[i];
    return open->ref;
}

static inline void qx_arena_keep(qx_arena *arena, unsigned worker, unsigned length)
{
    qx_open_block *open = qx_arena_open_block(arena, worker, length);
    open->place += length;
    open->ref++;
    open->room--;
}

#endif
