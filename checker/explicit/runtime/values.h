/* Parts of packed values: what generated code reads and writes them with.
 *
 * A value of up to 64 bits is a number, its code. A wider one is an array of words. A part is named by the position
 * of its lowest bit, and its width; no part of up to 64 bits lies across the end of a word, but for message sets,
 * which are read bit by bit or in slices.
 *
 * Whoever meets something undefined, or runs out of room, does not return: see qx_give_up in context.h.
 */
#ifndef QX_VALUES_H
#define QX_VALUES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef enum {
    QX_UNDEFINED = 1, /* an expression without a value, or a value outside its declared type */
    QX_OUTGROWN,      /* a listed set or bag has no room for another element; detail: which type */
    QX_OVERFLOW       /* an integer that 64 bits do not hold */
} qx_trouble;

_Noreturn void qx_give_up(qx_trouble trouble, unsigned detail);

/* Bits. */

static inline uint64_t qx_low(uint64_t code, unsigned width)
{
    return width >= 64 ? code : code & ((UINT64_C(1) << width) - 1);
}

static inline uint64_t qx_part(uint64_t code, unsigned at, unsigned width)
{
    return at >= 64 ? 0 : qx_low(code >> at, width);
}

static inline uint64_t qx_get(const uint64_t *w, unsigned at, unsigned width)
{
    return width == 0 ? 0 : qx_low(w[at / 64] >> at % 64, width);
}

static inline void qx_put(uint64_t *w, unsigned at, unsigned width, uint64_t code)
{
    if (width != 0)
        w[at / 64] = (w[at / 64] & ~(qx_low(UINT64_MAX, width) << at % 64)) | code << at % 64;
}

static inline bool qx_has(const uint64_t *w, unsigned at)
{
    return w[at / 64] >> at % 64 & 1;
}

static inline void qx_add(uint64_t *w, unsigned at)
{
    w[at / 64] |= UINT64_C(1) << at % 64;
}

/* `width` (at most 64) bits that may lie across the end of a word. */
static inline uint64_t qx_slice(const uint64_t *w, unsigned at, unsigned width)
{
    uint64_t bits = w[at / 64] >> at % 64;
    if (at % 64 + width > 64)
        bits |= w[at / 64 + 1] << (64 - at % 64);
    return qx_low(bits, width);
}

/* Writes `width` (at most 64) bits that may lie across the end of a word. */
static inline void qx_put_slice(uint64_t *w, unsigned at, unsigned width, uint64_t bits)
{
    const uint64_t all = qx_low(UINT64_MAX, width);
    w[at / 64] = (w[at / 64] & ~(all << at % 64)) | bits << at % 64;
    if (at % 64 + width > 64)
        w[at / 64 + 1] = (w[at / 64 + 1] & ~(all >> (64 - at % 64))) | bits >> (64 - at % 64);
}

/* Exchanges each of some bits of `words` words, none of which is another's partner, with the bit `distance` above it. */
static inline void qx_exchange_bits(uint64_t *w, unsigned words, const uint64_t *lower, unsigned distance)
{
    const unsigned far = distance / 64, shift = distance % 64;
    for (unsigned i = 0; i + far < words; i++) {
        const bool is_split = shift != 0 && i + far + 1 < words;
        const uint64_t upper = w[i + far] >> shift | (is_split ? w[i + far + 1] << (64 - shift) : 0);
        const uint64_t differ = (upper ^ w[i]) & lower[i];
        w[i] ^= differ;
        w[i + far] ^= differ << shift;
        if (is_split)
            w[i + far + 1] ^= differ >> (64 - shift);
    }
}

static inline unsigned qx_first(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits);
}

static inline unsigned qx_size(uint64_t bits)
{
    return (unsigned)__builtin_popcountll(bits);
}

static inline unsigned qx_size_of(const uint64_t *w, unsigned words)
{
    unsigned size = 0;
    for (unsigned i = 0; i < words; i++)
        size += qx_size(w[i]);
    return size;
}

/* Whole values of several words. */

static inline bool qx_same(const uint64_t *a, const uint64_t *b, unsigned words)
{
    uint64_t differ = 0;
    for (unsigned i = 0; i < words; i++)
        differ |= a[i] ^ b[i];
    return differ == 0;
}

static inline bool qx_within(const uint64_t *a, const uint64_t *b, unsigned words)
{
    uint64_t outside = 0;
    for (unsigned i = 0; i < words; i++)
        outside |= a[i] & ~b[i];
    return outside == 0;
}

static inline int qx_compare(const uint64_t *a, const uint64_t *b, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

/* What has to be so for a value to be there. */

static inline uint64_t qx_some(uint64_t code)
{
    if (code == 0)
        qx_give_up(QX_UNDEFINED, 0);
    return code - 1;
}

static inline void qx_want(bool condition)
{
    if (!condition)
        qx_give_up(QX_UNDEFINED, 0);
}

static inline unsigned qx_index(int64_t index, uint64_t length)
{
    if (index < 0 || (uint64_t)index >= length)
        qx_give_up(QX_UNDEFINED, 0);
    return (unsigned)index;
}

static inline int64_t qx_ranged(int64_t value, int64_t low, int64_t high)
{
    if (value < low || value > high)
        qx_give_up(QX_UNDEFINED, 0);
    return value;
}

/* Integers. */

static inline int64_t qx_plus(int64_t a, int64_t b)
{
    int64_t result;
    if (__builtin_add_overflow(a, b, &result))
        qx_give_up(QX_OVERFLOW, 0);
    return result;
}

static inline int64_t qx_minus(int64_t a, int64_t b)
{
    int64_t result;
    if (__builtin_sub_overflow(a, b, &result))
        qx_give_up(QX_OVERFLOW, 0);
    return result;
}

static inline int64_t qx_times(int64_t a, int64_t b)
{
    int64_t result;
    if (__builtin_mul_overflow(a, b, &result))
        qx_give_up(QX_OVERFLOW, 0);
    return result;
}

/* Rounds down, as the language does. */
static inline int64_t qx_divide(int64_t a, int64_t b)
{
    qx_want(b != 0);
    if (b == -1)
        return qx_minus(0, a);
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static inline int64_t qx_modulo(int64_t a, int64_t b)
{
    qx_want(b != 0);
    if (b == -1)
        return 0;
    const int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/* Sequences in one number: elements are codes plus one, from the highest digit down. */

static inline unsigned qx_length(uint64_t digits, unsigned capacity, unsigned stride)
{
    return digits == 0 ? 0 : capacity - qx_first(digits) / stride;
}

#endif
