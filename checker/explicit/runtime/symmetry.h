/* The least state of an orbit: what two states have in common that differ only in the names of interchangeable members.
 *
 * Interchangeable members come in classes; every permutation within the classes maps behaviours to behaviours. A state is
 * stood for by a state of its orbit that does not depend on which state of the orbit was given: class after class, the
 * members are sorted by colours, which depend on what a state says of a member and not on its name. Among members of one
 * colour every order is tried, unless exchanging neighbours changes nothing, and the least state that results is taken.
 * (Junttila, Kaski: Engineering an Efficient Canonical Labeling Tool, ALENEX 2007, do the like for graphs.)
 *
 * Weak colours cost time and nothing else: the least state is exact, and so is the size of the orbit, which is the order
 * of the group divided by the number of permutations that lead to the least state.
 */
#ifndef QX_SYMMETRY_H
#define QX_SYMMETRY_H

#include "hash.h"
#include "values.h"

enum { QX_CLASS_MAX = 8 }; /* members of a class */

typedef struct {
    unsigned classes;
    const unsigned *sizes;  /* members of each class, at least 2 */
    uint64_t order;         /* of the group: the product of the factorials of the sizes */
    /* Adds to the colours of the members of a class, by their places in it. Members of the classes before count by
     * name: they have been sorted. Those of the classes after it, and its own, count as members of their class. */
    void (*colour)(const uint64_t *s, unsigned class, uint64_t *colours);
    /* Exchanges the members in places `place` and `place` + 1 of a class. */
    void (*exchange)(uint64_t *s, unsigned class, unsigned place);
} qx_symmetry;

/* Adds something that is said of some members (by place, as bits) to their colours. */
static inline void qx_colour(uint64_t *colours, uint64_t members, uint64_t what)
{
    for (const uint64_t number = qx_stir(what); members != 0; members &= members - 1)
        colours[qx_first(members)] += number;
}

/* Replaces a state by the one that stands for its orbit, and returns the size of the orbit. */
uint64_t qx_canonical(const qx_symmetry *symmetry, uint64_t *state, unsigned words);

#endif
