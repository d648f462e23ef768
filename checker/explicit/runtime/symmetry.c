#include "symmetry.h"

/* The search for the least state of an orbit. */
typedef struct {
    const qx_symmetry *symmetry;
    unsigned words;
    uint64_t *least;
    uint64_t ways; /* permutations that lead to the least state; 0: none was tried */
} canon;

/* A state in which the classes before `class` are sorted, and `class` from its first to its last colour. */
typedef struct {
    unsigned class;
    const uint64_t *colours; /* ascending, by place */
    uint64_t alike;          /* permutations that have led to this very state */
} stage;

static void sort_class(canon *c, uint64_t *state, unsigned class, uint64_t alike);

static void end(canon *c, const uint64_t *state, uint64_t alike)
{
    const int order = c->ways == 0 ? -1 : qx_compare(state, c->least, c->words);
    if (order < 0)
        memcpy(c->least, state, c->words * sizeof *state);
    c->ways = order < 0 ? alike : order == 0 ? c->ways + alike : c->ways;
}

static bool are_interchangeable(const canon *c, const uint64_t *state, unsigned class, unsigned from, unsigned size)
{
    uint64_t other[c->words];
    for (unsigned i = from; i + 1 < from + size; i++) {
        memcpy(other, state, sizeof other);
        c->symmetry->exchange(other, class, i);
        if (!qx_same(other, state, c->words))
            return false;
    }
    return true;
}

static void settle(canon *c, uint64_t *state, const stage *at, unsigned from);

/* Tries every order of the members from place `first` to `last`, and goes on after `last` with each. */
static void permute(canon *c, const uint64_t *state, const stage *at, unsigned first, unsigned last)
{
    uint64_t other[c->words];
    memcpy(other, state, sizeof other);
    if (first == last) {
        settle(c, other, at, last + 1);
        return;
    }
    permute(c, other, at, first + 1, last);
    for (unsigned i = first; i < last; i++) { /* the first member moves on, and the rest close up */
        memcpy(other, state, sizeof other);
        for (unsigned n = i + 1; n > first; n--)
            c->symmetry->exchange(other, at->class, n - 1);
        permute(c, other, at, first + 1, last);
    }
}

/* Settles the order of the members of one colour, from a place on. */
static void settle(canon *c, uint64_t *state, const stage *at, unsigned from)
{
    const unsigned size = c->symmetry->sizes[at->class];
    stage now = *at;
    while (from < size) {
        unsigned alike = 1;
        while (from + alike < size && at->colours[from + alike] == at->colours[from])
            alike++;
        if (!are_interchangeable(c, state, at->class, from, alike)) {
            permute(c, state, &now, from, from + alike - 1);
            return;
        }
        for (unsigned i = 2; i <= alike; i++)
            now.alike *= i;
        from += alike;
    }
    sort_class(c, state, at->class + 1, now.alike);
}

static void sort_class(canon *c, uint64_t *state, unsigned class, uint64_t alike)
{
    if (class == c->symmetry->classes) {
        end(c, state, alike);
        return;
    }
    uint64_t colours[QX_CLASS_MAX] = {0};
    c->symmetry->colour(state, class, colours);
    for (unsigned sorted = 1; sorted < c->symmetry->sizes[class]; sorted++)
        for (unsigned i = sorted; i > 0 && colours[i - 1] > colours[i]; i--) {
            const uint64_t colour = colours[i];
            colours[i] = colours[i - 1];
            colours[i - 1] = colour;
            c->symmetry->exchange(state, class, i - 1);
        }
    const stage at = {class, colours, alike};
    settle(c, state, &at, 0);
}

uint64_t qx_canonical(const qx_symmetry *symmetry, uint64_t *state, unsigned words)
{
    uint64_t least[words], other[words];
    canon c = {symmetry, words, least, 0};
    memcpy(other, state, sizeof other);
    sort_class(&c, other, 0, 1);
    memcpy(state, least, sizeof least);
    return symmetry->order / c.ways;
}
