/* The slots of an open-addressing hash table: how many there are, how full they may be, and when they grow.
 *
 * The home of a hash is hash * slots / 2^64, and probing is linear. So the number of slots need not be a power of two:
 * they grow by less than doubling, at the end by whatever memory is left; and the slots are in the order of hashes, but
 * for the distance to their home.
 *
 * A worker inserts up to a whole batch before it notices that growth is wanted. Growth is wanted while there is still
 * that much room, and the number of records never exceeds what fits, if need be by refusing them: a quota sees to it.
 */
#ifndef QX_SLOTS_H
#define QX_SLOTS_H

#include "hash.h"
#include "memory.h"
#include "quota.h"

enum { QX_SLOTS_REVIEW = 256 }; /* after so many records a worker looks whether it is time to grow */

typedef struct {
    unsigned workers;
    unsigned slot_bytes;
    uint64_t records_max;       /* the limit that was asked for */
    uint64_t records_per_batch; /* that a worker may insert without looking whether growth is wanted */
    _Atomic bool *wants_growth; /* where to say so */
} qx_slots_plan;

typedef struct {
    qx_region region;
    uint64_t count; /* of slots */
    qx_slots_plan plan;
    qx_quota quota;       /* its limit: what fits, or `records_max` */
    uint64_t headroom;    /* how many records may still come when growth is wanted */
    uint64_t count_grows; /* at so many records growth is wanted */
    bool is_final;        /* growth was refused */
    qx_budget *budget;
} qx_slots;

/* False: out of memory; close it all the same. */
bool qx_slots_open(qx_slots *slots, qx_budget *budget, const qx_slots_plan *plan);
void qx_slots_close(qx_slots *slots);

/* Asks for growth if it is time. */
void qx_slots_review(qx_slots *slots);

/* Says in the budget why there was no permit. */
void qx_slots_refuse(qx_slots *slots);

static inline bool qx_slots_want_growth(const qx_slots *slots)
{
    return qx_quota_spent(&slots->quota) >= slots->count_grows;
}

/* More slots, all of them empty; what is in `old` has to be inserted again, and `old` to be released. `record_bytes` is
 * what a record needs beside its slot. No other thread may use the slots. False: there is not enough memory, nothing
 * has changed, and growth will not be wanted again. */
bool qx_slots_enlarge(qx_slots *slots, uint64_t record_bytes, qx_region *old);

static inline uint64_t qx_slots_home(uint64_t hash, uint64_t count)
{
    return (uint64_t)((qx_uint128)hash * count >> 64);
}

static inline uint64_t qx_slots_after(const qx_slots *slots, uint64_t i)
{
    return i + 1 < slots->count ? i + 1 : 0;
}

/* A permit has been used. */
static inline void qx_slots_spend(qx_slots *slots, unsigned worker)
{
    if (qx_quota_spend(&slots->quota, worker) % QX_SLOTS_REVIEW == 0)
        qx_slots_review(slots);
}

#endif
