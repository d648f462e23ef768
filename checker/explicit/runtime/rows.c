/* Rows of words, each different one kept once: an open-addressing hash table of their numbers. */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

enum { SLOTS_MIN = 64 };

/* The slot of a row, or the empty one where it belongs. */
static uint64_t slot_of(const qx_rows *rows, const uint64_t *row)
{
    uint64_t slot = qx_hash(row, rows->width) & (rows->slots_count - 1);
    while (rows->slots[slot] != 0
           && memcmp(qx_row(rows, rows->slots[slot] - 1), row, rows->width * sizeof *row) != 0)
        slot = (slot + 1) & (rows->slots_count - 1);
    return slot;
}

/* Makes a table of so many slots, with every row in it. */
static bool fill(qx_rows *rows, uint64_t slots)
{
    uint32_t *larger = qx_take(rows->means, slots, sizeof *larger);
    if (larger == NULL)
        return false;
    qx_drop(rows->means, rows->slots, rows->slots_count, sizeof *rows->slots);
    rows->slots = larger;
    rows->slots_count = slots;
    for (uint32_t number = 0; number < rows->count; number++)
        rows->slots[slot_of(rows, qx_row(rows, number))] = number + 1;
    return true;
}

bool qx_rows_open(qx_rows *rows, qx_means *means, uint32_t width)
{
    *rows = (qx_rows){.means = means, .width = width};
    return fill(rows, SLOTS_MIN);
}

void qx_rows_close(qx_rows *rows)
{
    free(rows->words);
    free(rows->slots);
    rows->words = NULL;
    rows->slots = NULL;
}

static bool has_room(qx_rows *rows, uint64_t words)
{
    void *items = rows->words;
    const bool is_there = qx_grow(rows->means, &items, &rows->words_room, words, sizeof *rows->words);
    rows->words = items;
    return is_there;
}

uint32_t qx_rows_number(qx_rows *rows, const uint64_t *row)
{
    uint64_t slot = slot_of(rows, row);
    if (rows->slots[slot] != 0)
        return rows->slots[slot] - 1;
    if (rows->count + UINT64_C(1) >= QX_NO_ROW) {
        rows->means->failure = QX_LASSO_TOO_LARGE;
        return QX_NO_ROW;
    }
    if (!has_room(rows, (rows->count + UINT64_C(1)) * rows->width))
        return QX_NO_ROW;
    if (2 * (rows->count + UINT64_C(1)) > rows->slots_count) {
        if (!fill(rows, 2 * rows->slots_count))
            return QX_NO_ROW;
        slot = slot_of(rows, row);
    }
    memcpy(rows->words + (uint64_t)rows->count * rows->width, row, rows->width * sizeof *row);
    rows->slots[slot] = ++rows->count;
    return rows->count - 1;
}

bool qx_rows_widen(qx_rows *rows, uint32_t width)
{
    const uint32_t before = rows->width;
    if (!has_room(rows, (uint64_t)rows->count * width))
        return false;
    for (uint32_t number = rows->count; number-- > 0;) { /* from the end, since rows move up */
        uint64_t *to = rows->words + (uint64_t)number * width;
        memmove(to, rows->words + (uint64_t)number * before, before * sizeof *to);
        memset(to + before, 0, (width - before) * sizeof *to);
    }
    rows->width = width;
    memset(rows->slots, 0, rows->slots_count * sizeof *rows->slots);
    for (uint32_t number = 0; number < rows->count; number++)
        rows->slots[slot_of(rows, qx_row(rows, number))] = number + 1;
    return true;
}
