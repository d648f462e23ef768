/* What generated code and the runtime know of each other.
 *
 * A model expands a state by building successors, one after the other, in the worker's batch. The runtime looks up a
 * whole batch at a time, so that the memory each lookup needs is on its way when it is needed.
 */
#ifndef QX_CONTEXT_H
#define QX_CONTEXT_H

#include "hash.h"
#include "lists.h"
#include "symmetry.h"
#include "values.h"

enum {
    QX_AHEAD = 128,     /* successors that are looked up together */
    QX_TURNS_MAX = 64   /* choices in one step */
};

typedef struct qx_work qx_work;
typedef void (*qx_step)(const uint64_t *s, qx_work *work); /* takes every step of an action from s */

/* One system in one instance, as generated. */
typedef struct {
    const char *name;
    unsigned words, actions, bounds, guards;
    qx_step expand;                                               /* takes every step from s */
    uint64_t (*judge)(const uint64_t *s, uint64_t open);          /* which of the open goals s decides */
    uint64_t (*judge_step)(const uint64_t *old, const uint64_t *s, uint64_t open);  /* and a step from old to s */
    uint64_t (*inhabited)(const uint64_t *s, uint64_t open);      /* which ranges of invariants are not empty in s */
    uint64_t (*letter)(const uint64_t *s);                        /* which predicates of temporal properties s meets */
    const qx_symmetry *symmetry; /* successors are the least of their orbits; NULL: they are not */
    const uint64_t *few;         /* sets of actions, as bits, that may be expanded alone; see qx_expand_few */
    unsigned few_count;
    const qx_step *steps; /* by action; for `few` */
} qx_model;

/* What one worker is doing. */
struct qx_work {
    uint64_t *room;        /* where the next successor is built */
    uint64_t *hashes;      /* of the successors in the batch */
    uint64_t *orbits;      /* of the successors in the batch: their sizes, under symmetry */
    unsigned filled;       /* successors in the batch */
    unsigned words;
    uint64_t weight;       /* states that the state being expanded stands for */
    unsigned action;       /* of the successor that is being added */
    uint64_t outcomes;     /* steps and cuts of the state being expanded, so far */
    uint64_t generated;    /* steps */
    uint64_t open_steps;   /* goals that a step may decide */
    uint64_t *fired;       /* steps by action */
    uint64_t *cuts;        /* transitions cut, by bound */
    uint64_t *reached;     /* by guard */
    uint64_t *refused;     /* by guard */
    void (*flush)(qx_work *work);                                            /* looks up the batch and empties it */
    void (*decide_step)(qx_work *work, uint64_t goals, const uint64_t *s);   /* a step from s decides goals */
    const void *store;
    void (*prefetch)(const void *store, uint64_t hash); /* is told of every successor that joins the batch */
    /* NULL, unless steps are recorded. Says of the step that is pushed next, or of one that a bound cuts (!is_taken),
     * that it serves a declaration of fairness with these values of its parameters. */
    void (*serve)(qx_work *work, unsigned declaration, uint64_t values, bool is_taken);
};

#define QX_REACHED(guard) (work->reached[guard] += work->weight)
#define QX_REFUSED(guard) (work->refused[guard] += work->weight)

/* Adds the successor that was built in the batch. */
static inline void qx_push(qx_work *work, uint64_t hash)
{
    work->hashes[work->filled] = hash;
    work->room += work->words;
    work->prefetch(work->store, hash);
    if (++work->filled == QX_AHEAD)
        work->flush(work);
}

/* Adds the successor that was built in the batch as the least of its orbit. */
static inline void qx_push_orbit(qx_work *work, const qx_symmetry *symmetry)
{
    work->orbits[work->filled] = qx_canonical(symmetry, work->room, work->words);
    qx_push(work, qx_hash(work->room, work->words));
}

/* Choices: a step that chooses is run once for each way of choosing, the last choice changing first. */
typedef struct {
    unsigned turn[QX_TURNS_MAX], size[QX_TURNS_MAX];
    unsigned made, known;
} qx_turns;

/* Says whose turn it is among `count` elements; false if there is nothing to choose. */
static inline bool qx_choose(qx_turns *turns, unsigned count, unsigned *turn)
{
    if (count == 0)
        return false;
    if (turns->made == QX_TURNS_MAX)
        qx_give_up(QX_OVERFLOW, 0);
    if (turns->made == turns->known) {
        turns->turn[turns->known] = 0;
        turns->size[turns->known++] = count;
    }
    *turn = turns->turn[turns->made++];
    return true;
}

/* Turns to the next way of choosing; false if there is none. */
static inline bool qx_turn(qx_turns *turns)
{
    turns->made = 0;
    while (turns->known > 0 && turns->turn[turns->known - 1] + 1 == turns->size[turns->known - 1])
        turns->known--;
    if (turns->known == 0)
        return false;
    turns->turn[turns->known - 1]++;
    return true;
}

#endif
