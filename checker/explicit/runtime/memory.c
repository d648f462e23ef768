/* Memory of the state stores, from mmap.
 *
 * Reserving maps pages that may not be touched, which no system counts as memory. Committing makes them readable and
 * writable; strict systems can refuse that, and then we refuse too. Pages become real when they are first written to,
 * but what is committed is what we count: it is going to be touched, and a limit that is noticed late is none.
 *
 * A growing region commits in steps, small ones first: a run of a thousand states shall not pay for a huge page.
 */
#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE (UINT64_C(2) << 20)
#define STEP_MIN (UINT64_C(64) << 10)
#define STEP_MAX (UINT64_C(32) << 20)
#define RESERVED_MAX (UINT64_C(4) << 40) /* of the 128 TiB that a process can address */

static const char over_limit[] = "the limit of memory";
static const char out_of_memory[] = "the memory of this machine";

static uint64_t round_up(uint64_t bytes, uint64_t unit);
static bool commit_exactly(qx_region *region, uint64_t bytes);
static void wish_for_huge_pages(qx_region *region, uint64_t begin);

/* The budget. */

void qx_budget_refuse(qx_budget *budget, const char *reason)
{
    atomic_store(&budget->refusal, reason);
}

bool qx_budget_take(qx_budget *budget, uint64_t bytes)
{
    uint64_t used = atomic_load_explicit(&budget->bytes, memory_order_relaxed);
    do
        if (bytes > budget->bytes_max || used > budget->bytes_max - bytes) {
            qx_budget_refuse(budget, over_limit);
            return false;
        }
    while (!atomic_compare_exchange_weak_explicit(&budget->bytes, &used, used + bytes, memory_order_relaxed,
                                                  memory_order_relaxed));
    return true;
}

void qx_budget_return(qx_budget *budget, uint64_t bytes)
{
    atomic_fetch_sub_explicit(&budget->bytes, bytes, memory_order_relaxed);
}

uint64_t qx_budget_left(const qx_budget *budget)
{
    uint64_t bytes = atomic_load_explicit(&budget->bytes, memory_order_relaxed);
    return bytes < budget->bytes_max ? budget->bytes_max - bytes : 0;
}

void *qx_budget_allocate(qx_budget *budget, size_t bytes)
{
    bytes = round_up(bytes, QX_CACHE_LINE);
    if (!qx_budget_take(budget, bytes))
        return NULL;
    void *memory = aligned_alloc(QX_CACHE_LINE, bytes);
    if (memory == NULL) {
        qx_budget_return(budget, bytes);
        qx_budget_refuse(budget, out_of_memory);
        return NULL;
    }
    return memset(memory, 0, bytes);
}

void qx_budget_free(qx_budget *budget, void *memory, size_t bytes)
{
    if (memory != NULL)
        qx_budget_return(budget, round_up(bytes, QX_CACHE_LINE));
    free(memory);
}

/* Regions. */

static char *map(void *at, uint64_t bytes)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (at != NULL ? MAP_FIXED : 0);
    void *mapped = mmap(at, bytes, PROT_NONE, flags, -1, 0);
    return mapped != MAP_FAILED ? mapped : NULL;
}

/* Where address space is limited (ulimit -v) other regions, and the stacks of threads, need some as well. */
static uint64_t reservable(uint64_t bytes)
{
    const uint64_t wanted = bytes;
    char *mapped;
    while ((mapped = map(NULL, bytes)) == NULL && bytes > STEP_MIN)
        bytes = round_up(bytes / 2, STEP_MIN);
    if (mapped == NULL)
        return 0;
    munmap(mapped, bytes);
    return bytes == wanted ? wanted : round_up(bytes / 8, STEP_MIN);
}

bool qx_region_reserve(qx_region *region, qx_budget *budget, uint64_t bytes)
{
    *region = (qx_region){.budget = budget};
    bytes = reservable(round_up(bytes < RESERVED_MAX ? bytes : RESERVED_MAX, STEP_MIN));
    const uint64_t margin = bytes >= HUGE_PAGE ? HUGE_PAGE : 0; /* to begin where a huge page can begin */
    char *mapped = bytes != 0 ? map(NULL, bytes + margin) : NULL;
    if (mapped == NULL) {
        qx_budget_refuse(budget, out_of_memory);
        return false;
    }
    const uint64_t ahead = margin != 0 ? round_up((uintptr_t)mapped, margin) - (uintptr_t)mapped : 0;
    if (ahead != 0)
        munmap(mapped, ahead);
    if (ahead != margin)
        munmap(mapped + ahead + bytes, margin - ahead);
    region->base = mapped + ahead;
    region->reserved = bytes;
    wish_for_huge_pages(region, 0);
    return true;
}

bool qx_region_commit(qx_region *region, uint64_t bytes)
{
    if (bytes <= region->committed)
        return true;
    uint64_t step = region->committed < HUGE_PAGE ? region->committed : region->committed / 8;
    step = step < STEP_MIN ? STEP_MIN : step > STEP_MAX ? STEP_MAX : step;
    uint64_t generous = region->committed + step > bytes ? region->committed + step : bytes;
    generous = round_up(generous, generous < HUGE_PAGE ? STEP_MIN : HUGE_PAGE);
    uint64_t affordable = region->committed + qx_budget_left(region->budget);
    if (generous <= region->reserved && generous <= affordable && commit_exactly(region, generous))
        return true;
    return commit_exactly(region, round_up(bytes, STEP_MIN));
}

void qx_region_trim(qx_region *region, uint64_t bytes)
{
    bytes = round_up(bytes, bytes < HUGE_PAGE ? STEP_MIN : HUGE_PAGE);
    if (bytes >= region->committed)
        return;
    uint64_t excess = region->committed - bytes;
    /* Mapping it anew returns the pages on every system, whereas madvise means something else on each. */
    if (map(region->base + bytes, excess) == NULL)
        return;
    wish_for_huge_pages(region, bytes);
    region->committed = bytes;
    region->charged -= excess;
    qx_budget_return(region->budget, excess);
}

bool qx_region_succeed(qx_region *region, qx_region *old, uint64_t bytes)
{
    if (!qx_region_reserve(region, old->budget, bytes))
        return false;
    uint64_t charged = old->charged;
    qx_budget_return(old->budget, charged);
    old->charged = 0;
    if (region->reserved >= bytes && commit_exactly(region, region->reserved))
        return true;
    atomic_fetch_add_explicit(&old->budget->bytes, charged, memory_order_relaxed);
    old->charged = charged;
    qx_region_release(region);
    return false;
}

void qx_region_forget(qx_region *region, uint64_t begin, uint64_t end)
{
    uint64_t from = round_up(begin, STEP_MIN), to = end / STEP_MIN * STEP_MIN;
    if (from < to)
        madvise(region->base + from, to - from, MADV_DONTNEED);
}

void qx_region_release(qx_region *region)
{
    if (region->base == NULL)
        return;
    munmap(region->base, region->reserved);
    qx_budget_return(region->budget, region->charged);
    *region = (qx_region){.budget = region->budget};
}

static bool commit_exactly(qx_region *region, uint64_t bytes)
{
    uint64_t more = bytes - region->committed;
    if (bytes > region->reserved) {
        qx_budget_refuse(region->budget, "the address space of this process");
        return false;
    }
    if (!qx_budget_take(region->budget, more))
        return false;
    if (mprotect(region->base + region->committed, more, PROT_READ | PROT_WRITE) != 0) {
        qx_budget_return(region->budget, more);
        qx_budget_refuse(region->budget, out_of_memory);
        return false;
    }
    region->committed = bytes;
    region->charged += more;
    return true;
}

/* From `begin` on. Without them everything works, more slowly. */
static void wish_for_huge_pages(qx_region *region, uint64_t begin)
{
#ifdef MADV_HUGEPAGE
    if (region->reserved >= 2 * HUGE_PAGE)
        madvise(region->base + begin, region->reserved - begin, MADV_HUGEPAGE);
#else
    (void)region, (void)begin;
#endif
}

static uint64_t round_up(uint64_t bytes, uint64_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}
