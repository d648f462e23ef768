/* Listed sets and bags: word 0 is the size, then come the elements, ascending.
 *
 * Elements of up to 64 bits are codes, `stride` bits apart. Wider ones take `wide` words each. A bag has the number of
 * copies of each element beside it, in 16 bits each from bit `counts_at` on. A list without room gives up, naming its
 * `type` (as the engine numbered it), so that it is given more.
 */
#ifndef QX_LISTS_H
#define QX_LISTS_H

#include "values.h"

enum { QX_COPIES_BITS = 16, QX_COPIES_MAX = 65535 };

static inline uint64_t qx_element(const uint64_t *list, unsigned i, unsigned stride)
{
    return qx_get(list, 64 + i * stride, stride);
}

/* Returns where `code` is in a list, or where it would have to be. */
static inline unsigned qx_list_find(const uint64_t *list, unsigned stride, uint64_t code)
{
    unsigned low = 0, high = (unsigned)list[0];
    while (low < high) {
        const unsigned middle = (low + high) / 2;
        if (qx_element(list, middle, stride) < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static inline bool qx_list_has(const uint64_t *list, unsigned stride, uint64_t code)
{
    const unsigned i = qx_list_find(list, stride, code);
    return i < list[0] && qx_element(list, i, stride) == code;
}

static inline void qx_list_add(uint64_t *list, unsigned stride, unsigned capacity, unsigned type, uint64_t code)
{
    const unsigned at = qx_list_find(list, stride, code);
    if (at < list[0] && qx_element(list, at, stride) == code)
        return;
    if (list[0] == capacity)
        qx_give_up(QX_OUTGROWN, type);
    for (unsigned i = (unsigned)list[0]; i > at; i--)
        qx_put(list, 64 + i * stride, stride, qx_element(list, i - 1, stride));
    qx_put(list, 64 + at * stride, stride, code);
    list[0]++;
}

static inline unsigned qx_wide_find(const uint64_t *list, unsigned wide, const uint64_t *value)
{
    unsigned low = 0, high = (unsigned)list[0];
    while (low < high) {
        const unsigned middle = (low + high) / 2;
        if (qx_compare(list + 1 + middle * wide, value, wide) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static inline bool qx_wide_has(const uint64_t *list, unsigned wide, const uint64_t *value)
{
    const unsigned i = qx_wide_find(list, wide, value);
    return i < list[0] && qx_same(list + 1 + i * wide, value, wide);
}

static inline void qx_wide_add(uint64_t *list, unsigned wide, unsigned capacity, unsigned type, const uint64_t *value)
{
    const unsigned at = qx_wide_find(list, wide, value);
    uint64_t *const place = list + 1 + at * wide;
    if (at < list[0] && qx_same(place, value, wide))
        return;
    if (list[0] == capacity)
        qx_give_up(QX_OUTGROWN, type);
    memmove(place + wide, place, (list[0] - at) * wide * sizeof *place);
    memcpy(place, value, wide * sizeof *place);
    list[0]++;
}

/* Removes the element in a place, and closes the gap. */
static inline void qx_list_remove(uint64_t *list, unsigned stride, unsigned at)
{
    const unsigned last = (unsigned)list[0] - 1;
    for (unsigned i = at; i < last; i++)
        qx_put(list, 64 + i * stride, stride, qx_element(list, i + 1, stride));
    qx_put(list, 64 + last * stride, stride, 0);
    list[0]--;
}

static inline void qx_wide_remove(uint64_t *list, unsigned wide, unsigned at)
{
    const unsigned last = (unsigned)list[0] - 1;
    memmove(list + 1 + at * wide, list + 1 + (at + 1) * wide, (last - at) * wide * sizeof *list);
    memset(list + 1 + last * wide, 0, wide * sizeof *list);
    list[0]--;
}

static inline unsigned qx_copies(const uint64_t *bag, unsigned counts_at, unsigned i)
{
    return (unsigned)qx_get(bag, counts_at + i * QX_COPIES_BITS, QX_COPIES_BITS);
}

static inline void qx_set_copies(uint64_t *bag, unsigned counts_at, unsigned i, unsigned copies)
{
    if (copies > QX_COPIES_MAX)
        qx_give_up(QX_OVERFLOW, 0);
    qx_put(bag, counts_at + i * QX_COPIES_BITS, QX_COPIES_BITS, copies);
}

/* Makes room for (or closes the gap of) a count, after the element in place `at` was added (or removed). */
static inline void qx_shift_copies(uint64_t *bag, unsigned counts_at, unsigned at, bool is_added)
{
    const unsigned size = (unsigned)bag[0];
    if (is_added) {
        for (unsigned i = size - 1; i > at; i--)
            qx_set_copies(bag, counts_at, i, qx_copies(bag, counts_at, i - 1));
    } else {
        for (unsigned i = at; i < size; i++)
            qx_set_copies(bag, counts_at, i, qx_copies(bag, counts_at, i + 1));
        qx_set_copies(bag, counts_at, size, 0);
    }
}

static inline void qx_bag_add(uint64_t *bag, unsigned stride, unsigned capacity, unsigned counts_at, unsigned type,
                              uint64_t code)
{
    const uint64_t before = bag[0];
    qx_list_add(bag, stride, capacity, type, code);
    const unsigned at = qx_list_find(bag, stride, code);
    if (bag[0] != before) {
        qx_shift_copies(bag, counts_at, at, true);
        qx_set_copies(bag, counts_at, at, 1);
    } else {
        qx_set_copies(bag, counts_at, at, qx_copies(bag, counts_at, at) + 1);
    }
}

/* Takes a copy out, if there is one. */
static inline bool qx_bag_take(uint64_t *bag, unsigned stride, unsigned counts_at, uint64_t code)
{
    if (!qx_list_has(bag, stride, code))
        return false;
    const unsigned at = qx_list_find(bag, stride, code);
    const unsigned copies = qx_copies(bag, counts_at, at);
    if (copies > 1) {
        qx_set_copies(bag, counts_at, at, copies - 1);
    } else {
        qx_list_remove(bag, stride, at);
        qx_shift_copies(bag, counts_at, at, false);
    }
    return true;
}

static inline void qx_wide_bag_add(uint64_t *bag, unsigned wide, unsigned capacity, unsigned counts_at, unsigned type,
                                   const uint64_t *value)
{
    const uint64_t before = bag[0];
    qx_wide_add(bag, wide, capacity, type, value);
    const unsigned at = qx_wide_find(bag, wide, value);
    if (bag[0] != before) {
        qx_shift_copies(bag, counts_at, at, true);
        qx_set_copies(bag, counts_at, at, 1);
    } else {
        qx_set_copies(bag, counts_at, at, qx_copies(bag, counts_at, at) + 1);
    }
}

static inline bool qx_wide_bag_take(uint64_t *bag, unsigned wide, unsigned counts_at, const uint64_t *value)
{
    if (!qx_wide_has(bag, wide, value))
        return false;
    const unsigned at = qx_wide_find(bag, wide, value);
    const unsigned copies = qx_copies(bag, counts_at, at);
    if (copies > 1) {
        qx_set_copies(bag, counts_at, at, copies - 1);
    } else {
        qx_wide_remove(bag, wide, at);
        qx_shift_copies(bag, counts_at, at, false);
    }
    return true;
}

static inline int64_t qx_bag_size(const uint64_t *bag, unsigned counts_at)
{
    int64_t size = 0;
    for (unsigned i = 0; i < bag[0]; i++)
        size += qx_copies(bag, counts_at, i);
    return size;
}

#endif
