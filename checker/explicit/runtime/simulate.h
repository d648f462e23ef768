/* Random simulation by several workers.
 *
 * Every run starts in a random initial state and takes one of the steps that change the state, all equally likely, until
 * there is none, or it is long enough. A run depends on the seed and its number alone; so runs are given out among
 * workers, a share of consecutive ones at a time, and what shares come to is added up in the order of their numbers.
 * The outcome is that of one worker who makes one run after the other, and ends where everything asked is decided, or
 * at the first thing undefined.
 *
 * Ways are not stored: a run is walked again up to where it decided something.
 */
#ifndef QX_SIMULATE_H
#define QX_SIMULATE_H

#include "explore.h"

/* What is asked besides what a qx_run says, and what came of it. Its layout is known to `checker.explicit.simulate`. */
typedef struct {
    uint64_t seed;
    uint64_t runs;                 /* how many are wanted */
    uint64_t ended;                /* how many came to their own end */
    uint64_t run_of[QX_GOALS_MAX]; /* the run, from 0, that decided a goal first */
    uint64_t trouble_run;          /* the run that came upon what is undefined */
} qx_simulation;

/* Makes the runs. The qx_run says what is asked (its depth_max is how long a run may be) and gets what is found: the
 * levels of its spots are steps in their run. A step that decides a goal is one from the state at its spot. Its counts
 * are of steps taken; cuts and guards are counted as often as a run met them. No store is used. */
void qx_simulate(qx_run *run, qx_simulation *simulation);

/* Walks a run again: `states` gets its first `length` + 1 states, one after the other. False: there is no memory, or
 * the run is not so long. */
bool qx_behaviour(qx_run *run, uint64_t seed, uint64_t number, uint64_t length, uint64_t *states);

#endif
