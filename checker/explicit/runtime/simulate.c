#include "simulate.h"

#include "random.h"
#include "worker.h"

#include <stdlib.h>

enum {
    SHARE_RUNS = 64,          /* runs that a worker makes at a time, */
    SHARE_STEPS = 1 << 16,    /* unless they can be longer than this, */
    SHARES_PER_WORKER = 4,    /* or fewer make shares for everybody */
    TELL_EVERY = 256          /* steps between two looks from outside */
};

/* Where something was met. */
typedef struct {
    uint64_t run, steps;
} place;

/* What a share has come to so far. Its cuts and guards are counted in the worker. */
typedef struct {
    qx_ending ending; /* QX_COMPLETE unless a run did not come to its own end */
    uint64_t runs, steps, depth, decided;
    place decided_at[QX_GOALS_MAX], trouble_at;
} tally;

typedef struct shared shared;

/* A worker, and where its run is. */
typedef struct {
    worker worker; /* first, so that generated code's pointer is a pointer to the walker */
    shared *shared;
    search search;
    qx_stream stream;
    uint64_t number, length;     /* of the run, and of what is walked of it */
    uint64_t *state, *next;      /* where it is, and the successor that was chosen so far */
    uint64_t offered;            /* successors so far */
    unsigned *actions;           /* of the successors in the batch */
    unsigned action;             /* of the one that was chosen */
    uint64_t open;               /* goals that this run has not decided */
    uint64_t decided_before;     /* goals that runs before this share have decided */
    bool is_judging, is_again;
    uint64_t *fired;             /* steps taken in this share, by action */
    tally tally;
} walker;

struct shared {
    qx_run *run;
    qx_simulation *simulation;
    uint64_t asked; /* goals */
    uint64_t share_runs, shares;
    _Atomic uint64_t next_share;
    _Atomic bool is_over;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t turn; /* the share that is added up next */
};

/* Choosing. */

/* Chooses among the successors so far and those in the batch: sampling from a reservoir of one, a batch at a time. */
static void choose(qx_work *work)
{
    walker *w = (walker *)work;
    if (work->filled == 0)
        return;
    const uint64_t before = w->offered;
    w->offered += work->filled;
    const uint64_t chosen = qx_draw_below(&w->stream, w->offered);
    if (chosen >= before) {
        memcpy(w->next, w->worker.batch + (chosen - before) * work->words, work->words * sizeof *w->next);
        w->action = w->actions[chosen - before];
    }
    work->filled = 0;
    work->room = w->worker.batch;
}

/* Remembers the action of the successor that is being added; there is no store whose slot were to be fetched. */
static void note_action(const void *self, uint64_t hash)
{
    const walker *w = self;
    (void)hash;
    w->actions[w->worker.work.filled] = w->worker.work.action;
}

static void no_decision(qx_work *work, uint64_t goals, const uint64_t *s)
{
    (void)work;
    (void)goals;
    (void)s;
}

/* Judging. */

static bool is_all_decided(const shared *s, uint64_t decided)
{
    return s->asked != 0 && (s->asked & ~decided) == 0;
}

/* A run judges every goal until it has decided it, whatever other runs have: what it finds depends on nothing else. */
static void decide(walker *w, uint64_t goals)
{
    w->open &= ~goals;
    for (uint64_t left = goals & ~w->tally.decided; left != 0; left &= left - 1)
        w->tally.decided_at[qx_first(left)] = (place){w->number, w->length};
    w->tally.decided |= goals;
}

static void judge_state(walker *w)
{
    const uint64_t open = w->open & w->search.run->state_goals;
    if (w->is_judging && open != 0)
        decide(w, w->search.run->model->judge(w->state, open));
}

static void judge_step(walker *w)
{
    const uint64_t open = w->open & w->search.run->step_goals;
    if (w->is_judging && open != 0)
        decide(w, w->search.run->model->judge_step(w->state, w->next, open));
}

static void note_trouble(walker *w)
{
    w->tally.ending = QX_TROUBLE;
    w->tally.trouble_at = (place){w->number, w->length};
    w->worker.work.filled = 0;
    w->worker.work.room = w->worker.batch;
}

/* Walking. */

static void begin_run(walker *w, uint64_t seed)
{
    const qx_run *run = w->search.run;
    const unsigned words = w->worker.work.words;
    w->stream = qx_stream_of(seed, w->number);
    w->length = 0;
    w->open = w->is_judging ? w->shared->asked : 0;
    memcpy(w->state, run->initial + qx_draw_below(&w->stream, run->initial_count) * words, words * sizeof *w->state);
}

static void tell_progress(walker *w)
{
    qx_run *run = w->search.run;
    if (w->is_again || w->tally.steps % TELL_EVERY != 0)
        return;
    __atomic_fetch_add(&run->seen_generated, TELL_EVERY, __ATOMIC_RELAXED);
}

/* Takes a step; false if none changes the state. */
static bool step(walker *w)
{
    w->offered = w->worker.work.outcomes = 0;
    w->search.run->model->expand(w->state, &w->worker.work);
    choose(&w->worker.work);
    if (w->worker.work.outcomes == 0)
        decide(w, w->open & w->search.run->deadlock_goals);
    if (w->offered == 0)
        return false;
    w->fired[w->action]++;
    w->tally.steps++;
    if (w->length == w->tally.depth)
        w->tally.depth++;
    judge_step(w);
    uint64_t *const before = w->state;
    w->state = w->next;
    w->next = before;
    w->length++;
    judge_state(w);
    return true;
}

/* Whether the runs end here, and why. A share that is walked again ends where it must, and not because of others. */
static bool is_at_end(walker *w)
{
    const shared *s = w->shared;
    if (is_all_decided(s, w->decided_before | w->tally.decided))
        w->tally.ending = QX_DECIDED;
    else if (!w->is_again && (s->run->stop || s->is_over))
        w->tally.ending = QX_STOPPED;
    return w->tally.ending != QX_COMPLETE;
}

static void walk_run(walker *w)
{
    jmp_buf here;
    w->worker.escape = &here;
    begin_run(w, w->shared->simulation->seed);
    if (setjmp(here) != 0) {
        note_trouble(w);
        return;
    }
    judge_state(w);
    while (!is_at_end(w) && w->length < w->search.run->depth_max && step(w))
        tell_progress(w);
}

static void walk_share(walker *w, uint64_t share)
{
    const shared *s = w->shared;
    const qx_model *model = s->run->model;
    const uint64_t first = share * s->share_runs, rest = s->simulation->runs - first;
    const uint64_t runs = rest < s->share_runs ? rest : s->share_runs;
    w->tally = (tally){.ending = QX_COMPLETE};
    memset(w->fired, 0, model->actions * sizeof *w->fired);
    memset(w->worker.work.cuts, 0, model->bounds * sizeof *w->fired);
    memset(w->worker.work.reached, 0, model->guards * sizeof *w->fired);
    memset(w->worker.work.refused, 0, model->guards * sizeof *w->fired);
    for (uint64_t i = 0; i < runs && w->tally.ending == QX_COMPLETE; i++) {
        w->number = first + i;
        walk_run(w);
        if (w->tally.ending == QX_COMPLETE && !is_at_end(w))
            w->tally.runs++;
    }
}

/* Adding up. */

/* Whether runs before a share decided something after it was begun that changes where it ends. */
static bool is_to_be_walked_again(const walker *w)
{
    const uint64_t decided = w->shared->run->decided;
    return decided != w->decided_before
           && (w->tally.ending == QX_TROUBLE || is_all_decided(w->shared, decided | w->tally.decided));
}

static void add_counts(uint64_t *to, const uint64_t *from, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        to[i] += from[i];
}

static void gather_spots(qx_run *run, qx_simulation *simulation, const walker *w)
{
    const tally *t = &w->tally;
    for (uint64_t left = t->decided & ~run->decided; left != 0; left &= left - 1) {
        const unsigned goal = qx_first(left);
        run->decided_at[goal].level = (int64_t)t->decided_at[goal].steps;
        simulation->run_of[goal] = t->decided_at[goal].run;
    }
    run->decided |= t->decided;
    if (t->ending == QX_TROUBLE) {
        run->trouble = w->worker.met;
        run->trouble_detail = w->worker.met_detail;
        run->trouble_at.level = (int64_t)t->trouble_at.steps;
        simulation->trouble_run = t->trouble_at.run;
    }
}

static void gather(shared *s, const walker *w)
{
    qx_run *run = s->run;
    const qx_model *model = run->model;
    gather_spots(run, s->simulation, w);
    run->generated += w->tally.steps;
    run->depth = w->tally.depth > run->depth ? w->tally.depth : run->depth;
    add_counts(run->fired, w->fired, model->actions);
    add_counts(run->cuts, w->worker.work.cuts, model->bounds);
    add_counts(run->reached, w->worker.work.reached, model->guards);
    add_counts(run->refused, w->worker.work.refused, model->guards);
    __atomic_store_n(&run->seen_depth, run->depth, __ATOMIC_RELAXED);
    __atomic_store_n(&s->simulation->ended, s->simulation->ended + w->tally.runs, __ATOMIC_RELAXED);
    if (w->tally.ending == QX_DECIDED || w->tally.ending == QX_TROUBLE) {
        run->ending = w->tally.ending;
        s->is_over = true;
    }
}

/* Waits for its turn, and adds up what a share has come to. */
static void add_up(walker *w, uint64_t share)
{
    shared *s = w->shared;
    pthread_mutex_lock(&s->lock);
    while (s->turn != share && !s->is_over)
        pthread_cond_wait(&s->changed, &s->lock);
    if (!s->is_over) {
        if (is_to_be_walked_again(w)) {
            w->is_again = true;
            w->decided_before = s->run->decided;
            walk_share(w, share);
            w->is_again = false;
        }
        gather(s, w);
        s->turn++;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
}

static void *work(void *argument)
{
    walker *w = argument;
    shared *s = w->shared;
    qx_be(&w->worker);
    while (!s->run->stop && !s->is_over) {
        const uint64_t share = atomic_fetch_add(&s->next_share, 1);
        if (share >= s->shares)
            break;
        pthread_mutex_lock(&s->lock);
        w->decided_before = s->run->decided;
        pthread_mutex_unlock(&s->lock);
        walk_share(w, share);
        add_up(w, share);
    }
    return NULL;
}

/* Beginning and ending. */

static bool open_walker(walker *w, shared *s, bool is_judging)
{
    const qx_model *model = s->run->model;
    w->shared = s;
    w->search = (search){.run = s->run, .workers = &w->worker};
    w->is_judging = is_judging;
    w->state = calloc(model->words, sizeof *w->state);
    w->next = calloc(model->words, sizeof *w->next);
    w->fired = calloc(model->actions + 1u, sizeof *w->fired);
    w->actions = calloc(QX_AHEAD, sizeof *w->actions);
    const bool is_open = qx_open_worker(&w->search, 0);
    w->worker.work.flush = choose;
    w->worker.work.decide_step = no_decision;
    w->worker.work.prefetch = note_action;
    w->worker.work.store = w;
    return is_open && w->state != NULL && w->next != NULL && w->fired != NULL && w->actions != NULL;
}

static void close_walker(walker *w)
{
    qx_work *own = &w->worker.work;
    qx_run nowhere = {.model = w->search.run->model, .fired = own->fired, .cuts = own->cuts,
                      .reached = own->reached, .refused = own->refused};
    qx_close_worker(&nowhere, &w->worker); /* what counts is added up already */
    free(w->state);
    free(w->next);
    free(w->fired);
    free(w->actions);
}

/* How many runs a worker makes at a time: nothing that is reported depends on it. */
static uint64_t share_runs(const qx_run *run, uint64_t runs)
{
    const uint64_t fair = runs / (SHARES_PER_WORKER * (uint64_t)run->workers);
    const uint64_t length = run->depth_max < SHARE_STEPS ? run->depth_max : SHARE_STEPS;
    const uint64_t brief = length != 0 ? SHARE_STEPS / length : SHARE_RUNS;
    const uint64_t most = fair < brief ? fair : brief;
    return most < 1 ? 1 : most < SHARE_RUNS ? most : SHARE_RUNS;
}

static void run_walkers(shared *s, walker *walkers)
{
    pthread_t threads[s->run->workers];
    unsigned started = 1; /* fewer threads than asked for make the same runs */
    while (started < s->run->workers && pthread_create(&threads[started], NULL, work, &walkers[started]) == 0)
        started++;
    work(&walkers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(threads[i], NULL);
    if (!s->is_over)
        s->run->ending = s->simulation->ended == s->simulation->runs ? QX_COMPLETE : QX_STOPPED;
}

void qx_simulate(qx_run *run, qx_simulation *simulation)
{
    shared s = {.run = run, .simulation = simulation};
    s.asked = run->state_goals | run->step_goals | run->deadlock_goals;
    s.share_runs = share_runs(run, simulation->runs);
    s.shares = simulation->runs / s.share_runs + (simulation->runs % s.share_runs != 0);
    walker *walkers = calloc(run->workers, sizeof *walkers);
    bool is_open = walkers != NULL;
    unsigned opened = 0;
    for (; is_open && opened < run->workers; opened++)
        is_open = open_walker(&walkers[opened], &s, true);
    pthread_mutex_init(&s.lock, NULL);
    pthread_cond_init(&s.changed, NULL);
    run->ending = QX_NO_MEMORY;
    if (is_open)
        run_walkers(&s, walkers);
    for (unsigned i = 0; i < opened; i++)
        close_walker(&walkers[i]);
    pthread_mutex_destroy(&s.lock);
    pthread_cond_destroy(&s.changed);
    free(walkers);
}

bool qx_behaviour(qx_run *run, uint64_t seed, uint64_t number, uint64_t length, uint64_t *states)
{
    shared s = {.run = run};
    walker w = {.number = number};
    jmp_buf here;
    volatile bool is_found = open_walker(&w, &s, false);
    qx_be(&w.worker);
    w.worker.escape = &here;
    if (is_found && setjmp(here) == 0) {
        const size_t words = run->model->words;
        begin_run(&w, seed);
        memcpy(states, w.state, words * sizeof *states);
        while (w.length < length && step(&w))
            memcpy(states + w.length * words, w.state, words * sizeof *states);
        is_found = w.length == length;
    } else
        is_found = false;
    close_walker(&w);
    return is_found;
}
