/* The slots of a hash table: sizes. */
#include "slots.h"

/* Growth costs a pass over all records, and more slots than needed cost memory. So a large table grows by 60 %, from 85
 * % full to 53 %: 9.4 to 15 bytes for each record if a slot has 8. Small ones grow fourfold. */
#define SMALL_BYTES (UINT64_C(1) << 20)

static void set_limits(qx_slots *slots);

bool qx_slots_open(qx_slots *slots, qx_budget *budget, const qx_slots_plan *plan)
{
    *slots = (qx_slots){
        .plan = *plan,
        .headroom = plan->workers * (plan->records_per_batch + QX_SLOTS_REVIEW),
        .budget = budget,
    };
    slots->count = 2 * slots->headroom;
    if (!qx_quota_open(&slots->quota, budget, plan->workers, 0) ||
        !qx_region_reserve(&slots->region, budget, slots->count * plan->slot_bytes) ||
        !qx_region_commit(&slots->region, slots->count * plan->slot_bytes))
        return false;
    set_limits(slots);
    return true;
}

void qx_slots_close(qx_slots *slots)
{
    if (slots->budget == NULL)
        return;
    qx_quota_close(&slots->quota, slots->budget);
    qx_region_release(&slots->region);
}

void qx_slots_review(qx_slots *slots)
{
    if (qx_slots_want_growth(slots))
        atomic_store_explicit(slots->plan.wants_growth, true, memory_order_relaxed);
}

void qx_slots_refuse(qx_slots *slots)
{
    const char *reason = "the limit of memory";
    if (slots->quota.limit == slots->plan.records_max)
        reason = "the limit of states";
    else if (!slots->is_final)
        reason = "the size of a table that was not grown in time";
    qx_budget_refuse(slots->budget, reason);
}

bool qx_slots_enlarge(qx_slots *slots, uint64_t record_bytes, qx_region *old)
{
    unsigned slot_bytes = slots->plan.slot_bytes;
    uint64_t wanted = slots->count * slot_bytes < SMALL_BYTES ? 4 * slots->count : slots->count / 5 * 8;
    uint64_t affordable = slots->count + qx_budget_left(slots->budget) / (slot_bytes + record_bytes);
    uint64_t count = wanted < affordable ? wanted : affordable;
    *old = slots->region;
    if (count < slots->count / 16 * 17 || !qx_region_succeed(&slots->region, old, count * slot_bytes)) {
        slots->region = *old;
        slots->is_final = true;
    } else
        slots->count = count;
    set_limits(slots);
    return !slots->is_final;
}

/* Beyond 15/16 probing gets long. */
static void set_limits(qx_slots *slots)
{
    uint64_t fitting = slots->count - slots->count / 16;
    uint64_t comfortable = slots->count / 20 * 17;
    uint64_t in_time = fitting - slots->headroom;
    slots->count_grows = comfortable < in_time ? comfortable : in_time;
    if (slots->is_final || slots->plan.records_max <= slots->count_grows)
        slots->count_grows = UINT64_MAX;
    qx_quota_raise(&slots->quota, fitting < slots->plan.records_max ? fitting : slots->plan.records_max);
}
