/* Workers of a search, and what they share. Only the runtime looks into these. */
#ifndef QX_WORKER_H
#define QX_WORKER_H

#include "explore.h"

#include <pthread.h>
#include <setjmp.h>

typedef struct {
    qx_ref first;
    uint64_t count;
} segment;

typedef struct search search;

/* A worker: its batch, what it has found in this level, and where it is. */
typedef struct {
    qx_work work; /* first, so that generated code's pointer is a pointer to the worker */
    search *search;
    unsigned number;
    uint64_t *batch, *scratch, *copy, *least_trouble;
    const uint64_t *source; /* the state being expanded */
    uint64_t source_hash;
    unsigned looked;        /* successors of the batch that were looked up */
    jmp_buf *escape;        /* where to go on from what is undefined */
    uint32_t trouble, trouble_detail, is_trouble_of_judge;
    uint32_t met, met_detail;
    uint64_t *least[QX_GOALS_MAX]; /* the least state that decides a goal in this level */
    uint64_t decided_here, decided_next, uninhabited;
    uint64_t distinct, terminal;
    bool is_full, leads_on; /* the store is; the last batch had a state that is still to be expanded */
} worker;

struct search {
    qx_run *run;
    worker *workers;
    segment *segments;
    size_t segments_count, segments_room;
    uint64_t *starts;            /* the place of each segment in the level */
    uint64_t level_size;
    _Atomic uint64_t next_place; /* in the level, of the next chunk */
    unsigned level;
    uint64_t open_goals, open_steps, open_deadlock;
    bool is_over, is_walking;
    /* Meetings. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned waiting, done;
    uint64_t growths, levels;
    bool cannot_grow;
};

/* Makes `w` the worker of this thread: what gives up goes on at its escape. */
void qx_be(worker *w);

/* Keeps the lesser of two states, or the first. */
void qx_keep_least(uint64_t **least, const uint64_t *state, unsigned words, bool is_first);

/* Gets the memory of a worker; false if there is none. What flush, decide_step and prefetch do is the caller's. */
bool qx_open_worker(search *s, unsigned number);

/* Adds what a worker has counted to a run, and frees its memory. */
void qx_close_worker(qx_run *run, worker *w);

#endif
