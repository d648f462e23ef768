/* The levels of a breadth-first search, each a list of segments of consecutive references.
 *
 * Two growing arrays: the segments of all levels, one after the other, and for each level the number of segments
 * that lie before it.
 */
#ifndef QX_LEVELS_H
#define QX_LEVELS_H

#include "memory.h"

typedef uint64_t qx_ref; /* names a stored state, or part of one */
#define QX_NONE UINT64_MAX

typedef struct {
    qx_ref first;
    uint64_t count;
} qx_segment;

typedef struct {
    qx_region segments;
    qx_region begins;
    size_t total;      /* segments */
    unsigned finished; /* levels */
    qx_ref offset;     /* added to every reference */
} qx_levels;

bool qx_levels_open(qx_levels *levels, qx_budget *budget);
void qx_levels_close(qx_levels *levels);

/* Another segment of the level that is being listed. False: no memory. */
bool qx_levels_add(qx_levels *levels, qx_ref first, uint64_t count);

/* The level is listed. False: no memory. */
bool qx_levels_finish(qx_levels *levels);

/* The segments of finished levels are forgotten, the levels keep their numbers. */
void qx_levels_forget(qx_levels *levels);

static inline const qx_segment *qx_levels_of(const qx_levels *levels, unsigned level, size_t *count)
{
    const uint64_t *begins = (const uint64_t *)levels->begins.base;
    *count = level < levels->finished ? begins[level + 1] - begins[level] : 0;
    return (const qx_segment *)levels->segments.base + (*count != 0 ? begins[level] : 0);
}

#endif
