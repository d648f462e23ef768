/* Rows of words, each different one kept once, and numbered as they are met: sets of constraints as bits, or keys.
 *
 * A graph has millions of edges and few different labels, so that an edge keeps the number of its label.
 */
#ifndef QX_ROWS_H
#define QX_ROWS_H

#include "liveness_product.h"

#define QX_NO_ROW UINT32_MAX

typedef struct {
    qx_means *means;
    uint64_t *words; /* those of row n begin at n * width */
    uint64_t words_room;
    uint32_t *slots; /* a hash table of numbers + 1; 0: empty */
    uint64_t slots_count; /* a power of two */
    uint32_t width;
    uint32_t count;
} qx_rows;

/* False, and the reason in `means`, if there is no memory; close it all the same. */
bool qx_rows_open(qx_rows *rows, qx_means *means, uint32_t width);
void qx_rows_close(qx_rows *rows);

/* The number of a row, which is added if need be. QX_NO_ROW, and the reason in `means`: no memory. */
uint32_t qx_rows_number(qx_rows *rows, const uint64_t *row);

/* Appends zero words to every row, up to `width` words; numbers stay. False: no memory, and nothing has changed. */
bool qx_rows_widen(qx_rows *rows, uint32_t width);

static inline const uint64_t *qx_row(const qx_rows *rows, uint32_t number)
{
    return rows->words + (uint64_t)number * rows->width;
}

#endif
