/* Claims in C, one per function: `PROGRAM list` names them, `PROGRAM CLAIM [STATES]` checks one, and exits with 0 if it
 * holds. STATES says how large the check is; where a sanitizer is slow it is small.
 *
 * The states come from numbers by a reversible function, so that a naive reference is an array indexed by number. Those
 * of odd numbers have random words, the others a few small ones that are shared with many states, and zeros.
 */
#ifndef CLAIMS_H
#define CLAIMS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                                               \
    do                                                                                                                 \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            exit(1);                                                                                                   \
        }                                                                                                              \
    while (0)

typedef struct {
    const char *name;
    void (*check)(uint64_t states);
} claim;

#define CLAIM(function) {#function, function}

static inline int check_claim(int argc, char **argv, const claim *claims, size_t count)
{
    const uint64_t states = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    for (size_t i = 0; i < count && argc > 1; i++) {
        if (strcmp(argv[1], "list") == 0)
            puts(claims[i].name);
        if (strcmp(argv[1], claims[i].name) == 0) {
            claims[i].check(states);
            return 0;
        }
    }
    return argc > 1 && strcmp(argv[1], "list") == 0 ? 0 : 2;
}

/* The output function of SplitMix64. */
static inline uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

enum { DIGITS_MAX = 24 }; /* numbers are below 2^24 */

#define SPREAD UINT64_C(0x9e3779b97f4a7c15)
#define UNSPREAD UINT64_C(0xf1de83e19937733d) /* its inverse modulo 2^64 */

/* The words that have digits of an even number, and the bits of a digit. */
static inline unsigned digits_of(unsigned words, unsigned *bits)
{
    unsigned digits = words < DIGITS_MAX / 2 ? words : DIGITS_MAX / 2;
    *bits = (DIGITS_MAX + digits - 1) / digits;
    return digits;
}

static inline void make_state(uint64_t number, unsigned words, uint64_t *state)
{
    unsigned bits, digits = digits_of(words, &bits);
    if (number % 2 == 1 || words == 1) {
        for (unsigned i = 0; i < words; i++)
            state[i] = i == 0 ? number * SPREAD : mix(number + i);
        return;
    }
    memset(state, 0, words * sizeof *state);
    for (unsigned i = 0; i < digits; i++)
        state[i * words / digits] = number >> i * bits & ((UINT64_C(1) << bits) - 1);
}

static inline uint64_t number_of(const uint64_t *state, unsigned words)
{
    unsigned bits, digits = digits_of(words, &bits);
    if (words == 1 || state[0] >> bits != 0)
        return state[0] * UNSPREAD;
    uint64_t number = 0;
    for (unsigned i = 0; i < digits; i++)
        number |= state[i * words / digits] << i * bits;
    return number;
}

#endif
