/* An exact limit on how many records are stored, shared by workers.
 *
 * A worker takes a permit before it publishes a record, and then either spends it or, if another worker has published
 * the same record meanwhile, gives it back. Permits come from a common pool in handfuls, so that workers do not
 * contend; when the pool is empty, they take from each other. A permit is refused only when all are spent: so the
 * number of records is the limit then, neither more nor less.
 *
 * Spent permits are the count of records.
 */
#ifndef QX_QUOTA_H
#define QX_QUOTA_H

#include "memory.h"

typedef struct {
    _Alignas(QX_CACHE_LINE) _Atomic uint64_t held;
    _Atomic uint64_t spent;
} qx_purse;

typedef struct {
    _Atomic uint64_t pool; /* permits that nobody holds */
    uint64_t limit;
    unsigned workers;
    qx_purse *purses;
} qx_quota;

bool qx_quota_open(qx_quota *quota, qx_budget *budget, unsigned workers, uint64_t limit);
void qx_quota_close(qx_quota *quota, qx_budget *budget);

/* A higher limit. No other thread may use the quota. */
void qx_quota_raise(qx_quota *quota, uint64_t limit);

/* All permits that were spent. Exact when no worker is between taking and spending. */
uint64_t qx_quota_spent(const qx_quota *quota);

/* When the worker holds no permit. False: all are spent. */
bool qx_quota_fetch(qx_quota *quota, unsigned worker);

static inline bool qx_quota_take_from(_Atomic uint64_t *held)
{
    uint64_t count = atomic_load_explicit(held, memory_order_relaxed);
    while (count != 0)
        if (atomic_compare_exchange_weak_explicit(held, &count, count - 1, memory_order_relaxed, memory_order_relaxed))
            return true;
    return false;
}

static inline bool qx_quota_take(qx_quota *quota, unsigned worker)
{
    return qx_quota_take_from(&quota->purses[worker].held) || qx_quota_fetch(quota, worker);
}

static inline void qx_quota_give_back(qx_quota *quota, unsigned worker)
{
    atomic_fetch_add_explicit(&quota->purses[worker].held, 1, memory_order_relaxed);
}

/* Returns how many this worker has spent. */
static inline uint64_t qx_quota_spend(qx_quota *quota, unsigned worker)
{
    _Atomic uint64_t *spent = &quota->purses[worker].spent;
    uint64_t count = atomic_load_explicit(spent, memory_order_relaxed) + 1;
    atomic_store_explicit(spent, count, memory_order_relaxed); /* nobody else writes it */
    return count;
}

#endif
