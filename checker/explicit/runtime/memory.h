/* Memory of the state stores: what a store may use in all, and arrays that grow without moving.
 *
 * A region is a stretch of address space that is reserved at once, as long as it may ever get; it costs nothing until
 * its front part is committed, that is, made usable. So an array can grow while other threads read it, and a pointer
 * into it stays valid. Fresh memory is zero. Where Linux has huge pages, large regions ask for them: the slots of a
 * hash table are read at random, and with small pages every one of them misses the cache of page addresses as well.
 *
 * A budget counts the committed bytes of all regions of a store. It also keeps the reason for which the store had to
 * refuse something: a search that is incomplete must say why.
 */
#ifndef QX_MEMORY_H
#define QX_MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QX_CACHE_LINE = 128 }; /* two lines of 64 bytes: processors fetch them in pairs */

typedef struct {
    uint64_t bytes_max;
    _Atomic uint64_t bytes;
    _Atomic(const char *) refusal; /* the latest; NULL: none */
} qx_budget;

/* `reason` is a noun phrase, and lives for ever. */
void qx_budget_refuse(qx_budget *budget, const char *reason);

/* Account for memory that comes from elsewhere. False: it would exceed the limit. */
bool qx_budget_take(qx_budget *budget, uint64_t bytes);
void qx_budget_return(qx_budget *budget, uint64_t bytes);

/* How much more can be committed. */
uint64_t qx_budget_left(const qx_budget *budget);

typedef struct {
    char *base;
    uint64_t reserved;
    uint64_t committed;
    uint64_t charged; /* what the budget knows of; less than `committed` while a successor takes over */
    qx_budget *budget;
} qx_region;

/* Reserves up to `bytes`, or as much as the address space allows. False: nothing at all, and the region is empty. */
bool qx_region_reserve(qx_region *region, qx_budget *budget, uint64_t bytes);

/* Makes the first `bytes` bytes usable, and some more if it grows in steps. Not to be called by two threads at once.
 * False: the limit is reached, or the machine has no more. The budget knows which. */
bool qx_region_commit(qx_region *region, uint64_t bytes);

/* Gives the memory after the first `bytes` bytes back; it can be committed again. */
void qx_region_trim(qx_region *region, uint64_t bytes);

/* A region of exactly `bytes` bytes that will replace `old`. Only the difference is charged, so `old` has to go before
 * much of the new one is touched: it may be handed back from the front, piece by piece, as it is copied. */
bool qx_region_succeed(qx_region *region, qx_region *old, uint64_t bytes);

/* The contents of the bytes before `end` are needed no more. */
void qx_region_forget(qx_region *region, uint64_t begin, uint64_t end);

void qx_region_release(qx_region *region);

/* Zeroed bookkeeping of a store, aligned to QX_CACHE_LINE and charged to the budget; NULL if there is none. */
void *qx_budget_allocate(qx_budget *budget, size_t bytes);
void qx_budget_free(qx_budget *budget, void *memory, size_t bytes);

#endif
