/* The levels of a breadth-first search: how the lists are made. */
#include "levels.h"

#include <string.h>

/* Nobody else looks at a list that grows, so it may move. */
static bool make_room(qx_region *list, uint64_t bytes)
{
    if (bytes <= list->committed)
        return true;
    qx_region larger;
    if (!qx_region_succeed(&larger, list, 2 * list->committed))
        return false;
    memcpy(larger.base, list->base, list->committed);
    qx_region_release(list);
    *list = larger;
    return true;
}

static bool open_list(qx_region *list, qx_budget *budget)
{
    return qx_region_reserve(list, budget, 1) && qx_region_commit(list, 1);
}

bool qx_levels_open(qx_levels *levels, qx_budget *budget)
{
    *levels = (qx_levels){0};
    return open_list(&levels->segments, budget) && open_list(&levels->begins, budget);
}

void qx_levels_close(qx_levels *levels)
{
    qx_region_release(&levels->segments);
    qx_region_release(&levels->begins);
}

bool qx_levels_add(qx_levels *levels, qx_ref first, uint64_t count)
{
    first += levels->offset;
    qx_segment *segments = (qx_segment *)levels->segments.base;
    const uint64_t *begins = (const uint64_t *)levels->begins.base;
    if (levels->total > begins[levels->finished]) {
        qx_segment *last = &segments[levels->total - 1];
        if (last->first + last->count == first) {
            last->count += count;
            return true;
        }
    }
    if (!make_room(&levels->segments, (levels->total + 1) * sizeof *segments))
        return false;
    segments = (qx_segment *)levels->segments.base;
    segments[levels->total++] = (qx_segment){first, count};
    return true;
}

bool qx_levels_finish(qx_levels *levels)
{
    if (!make_room(&levels->begins, (levels->finished + UINT64_C(2)) * sizeof(uint64_t)))
        return false;
    levels->finished++;
    ((uint64_t *)levels->begins.base)[levels->finished] = levels->total;
    return true;
}

void qx_levels_forget(qx_levels *levels)
{
    uint64_t *begins = (uint64_t *)levels->begins.base;
    begins[levels->finished] = 0;
    levels->total = 0;
}
