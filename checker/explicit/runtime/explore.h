/* Breadth-first search by several workers.
 *
 * Workers share the states of a level, a chunk at a time, and meet at its end. What a level decides is gathered then: of
 * all states that decide a goal the least (by its words) is kept, so that what is reported does not depend on the number
 * of workers, or on who came first. Levels remain in the store, so that the way to a state is found by walking them
 * backwards, and nothing need be stored for it. (Fingerprints keep their parents instead: their states are gone.)
 *
 * What is undefined ends the run with the level in which it was met: other states of the level are still looked at,
 * so that the least one is reported here too.
 */
#ifndef QX_EXPLORE_H
#define QX_EXPLORE_H

#include "context.h"
#include "store.h"

enum { QX_GOALS_MAX = 64 };

typedef enum {
    QX_COMPLETE, /* every reachable state was visited */
    QX_DECIDED,  /* everything that was asked is decided */
    QX_STOPPED,  /* from outside */
    QX_DEEP,     /* the limit of depth */
    QX_LIMIT,    /* the store is full */
    QX_TROUBLE,  /* something undefined, outgrown or too large */
    QX_NO_MEMORY /* nothing could be begun */
} qx_ending;

/* Where something was met: a state of a level, from 0. */
typedef struct {
    int64_t level; /* -1: nowhere */
    uint64_t *state;
} qx_spot;

/* One search: what is asked, how it goes, and what it found. Its layout is known to `checker.explicit.library`. */
typedef struct {
    const qx_model *model;
    const uint64_t *initial; /* initial states, one after the other */
    uint64_t initial_count;
    uint64_t memory_bytes;
    uint64_t states_max;
    uint64_t depth_max;
    uint64_t state_goals, step_goals, deadlock_goals, ranges; /* bits */
    uint32_t workers;
    uint32_t kind;    /* qx_store_kind */
    uint32_t exhaust; /* go on when everything is decided */

    volatile uint32_t stop;                /* asked from outside */
    volatile uint64_t seen_generated;      /* looks at a running search */
    volatile uint64_t seen_depth;
    volatile uint64_t seen_queue;

    uint32_t ending;       /* qx_ending */
    uint32_t trouble;      /* qx_trouble, if it ended in one */
    uint32_t trouble_detail;
    uint32_t is_trouble_of_judge; /* met while judging a state, not in a step from it */
    uint64_t stored, distinct, generated, depth, terminal;
    uint64_t decided;      /* goals, as bits */
    uint64_t uninhabited;  /* ranges that were empty in every state */
    qx_spot trouble_at;
    qx_spot decided_at[QX_GOALS_MAX];
    uint64_t *fired, *cuts, *reached, *refused; /* room for them is the caller's */
    qx_store *store;
} qx_run;

/* Runs a search to its end. The run keeps the store until qx_close. */
void qx_explore(qx_run *run);

/* Finds shortest ways to spots, all at once: `states` gets, for each of `count` spots, its level + 1 states, one after
 * the other, initial state first. False: stopped from outside. Not for fingerprints. */
bool qx_paths(qx_run *run, const qx_spot *const *spots, unsigned count, uint64_t *const *states);

/* For fingerprints: the hashes along a shortest way to the state with a hash, which is in a level. */
bool qx_fingerprints(qx_run *run, uint64_t hash, int64_t level, uint64_t *hashes);

/* The hash of a state. */
uint64_t qx_hash_of(const uint64_t *state, unsigned words);

/* Replaces a state by the least of its orbit, and returns the size of the orbit. */
uint64_t qx_least_of(const qx_model *model, uint64_t *state);

uint64_t qx_seen_states(const qx_run *run);
uint64_t qx_seen_bytes(const qx_run *run);
const char *qx_limit(const qx_run *run);
void qx_close(qx_run *run);

#endif
