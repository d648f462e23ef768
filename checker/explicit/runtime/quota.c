/* The slow ways to a permit: from the pool, from another worker, and the wait for one that may be given back. */
#include "quota.h"

#include <sched.h>

enum { HANDFUL = 256 };

static bool take_from_pool(qx_quota *quota, unsigned worker);

bool qx_quota_open(qx_quota *quota, qx_budget *budget, unsigned workers, uint64_t limit)
{
    quota->workers = workers;
    quota->limit = limit;
    quota->purses = qx_budget_allocate(budget, workers * sizeof *quota->purses);
    atomic_init(&quota->pool, limit);
    return quota->purses != NULL;
}

void qx_quota_close(qx_quota *quota, qx_budget *budget)
{
    qx_budget_free(budget, quota->purses, quota->workers * sizeof *quota->purses);
    quota->purses = NULL;
}

void qx_quota_raise(qx_quota *quota, uint64_t limit)
{
    atomic_fetch_add_explicit(&quota->pool, limit - quota->limit, memory_order_relaxed);
    quota->limit = limit;
}

uint64_t qx_quota_spent(const qx_quota *quota)
{
    uint64_t spent = 0;
    for (unsigned worker = 0; worker < quota->workers; worker++)
        spent += atomic_load_explicit(&quota->purses[worker].spent, memory_order_relaxed);
    return spent;
}

bool qx_quota_fetch(qx_quota *quota, unsigned worker)
{
    while (!take_from_pool(quota, worker)) {
        for (unsigned other = 0; other < quota->workers; other++)
            if (qx_quota_take_from(&quota->purses[other].held))
                return true;
        if (qx_quota_spent(quota) >= quota->limit)
            return false;
        sched_yield(); /* a permit is in flight: its owner will spend it or give it back within one insertion */
    }
    return true;
}

static bool take_from_pool(qx_quota *quota, unsigned worker)
{
    uint64_t pool = atomic_load_explicit(&quota->pool, memory_order_relaxed);
    while (pool != 0) {
        uint64_t handful = pool < HANDFUL ? pool : HANDFUL;
        if (atomic_compare_exchange_weak_explicit(&quota->pool, &pool, pool - handful, memory_order_relaxed,
                                                  memory_order_relaxed)) {
            atomic_fetch_add_explicit(&quota->purses[worker].held, handful - 1, memory_order_relaxed);
            return true;
        }
    }
    return false;
}
