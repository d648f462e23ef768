/* What is claimed of random simulation, of small models written by hand.
 *
 * Each model has one word, a number. The tests of `judge` and `judge_step` are set by the claim.
 */
#include <math.h>
#include <sched.h>

#include "claims.h"
#include "random.h"
#include "simulate.h"
#include "worker.h"

enum { WIDE = 301, ACTIONS = 3, ODD = 1, FAR = 2, BACK = 4, STUCK = 8 };

/* What generated code does at the end of a step. */
static void took(qx_work *work, uint64_t from, uint64_t to, unsigned action)
{
    work->outcomes++;
    work->generated++;
    work->fired[action]++;
    if (from == to)
        return;
    *work->room = to;
    work->action = action;
    qx_push(work, to);
}

static uint64_t undefined_from = UINT64_MAX;

/* From anywhere to any of WIDE numbers; the middle action has half of them, and some steps that change nothing. What is
 * undefined comes after some successors. */
static void expand_wide(const uint64_t *s, qx_work *work)
{
    for (uint64_t to = 0; to < WIDE; to++) {
        if (*s >= undefined_from && to == 10)
            qx_give_up(QX_UNDEFINED, 0);
        if (to % 7 == 0)
            took(work, *s, *s, 1);
        took(work, *s, to, to % 2 != 0 ? 1 : to % 4 == 0 ? 0 : 2);
    }
    work->cuts[0] += 2;
    work->outcomes += 2;
    work->reached[0]++;
}

/* Up by one or two, as far as 40; what is above 30 may be undefined. */
static void expand_stairs(const uint64_t *s, qx_work *work)
{
    if (*s >= undefined_from)
        qx_give_up(QX_UNDEFINED, 7);
    for (uint64_t by = 1; by <= 2 && *s + by <= 40; by++)
        took(work, *s, *s + by, (unsigned)by);
    work->reached[0]++;
    work->refused[0] += *s == 40;
}

static uint64_t far = UINT64_MAX, odd = UINT64_MAX, back = UINT64_MAX, asked = ODD | FAR | BACK | STUCK;

static bool is_slow; /* whoever decides something lets the others go first, for a while */

static uint64_t judge(const uint64_t *s, uint64_t open)
{
    for (unsigned i = 0; i < 200 && is_slow && (*s == odd || *s == far); i++)
        sched_yield();
    return open & ((*s == odd ? ODD : 0u) | (*s == far ? FAR : 0u));
}

static uint64_t judge_step(const uint64_t *old, const uint64_t *s, uint64_t open)
{
    return open & (*s == back && *old + 1 == *s ? BACK : 0u);
}

static const qx_model wide = {.name = "wide", .words = 1, .actions = ACTIONS, .bounds = 1, .guards = 1,
                              .expand = expand_wide, .judge = judge, .judge_step = judge_step, .inhabited = judge};
static const qx_model stairs = {.name = "stairs", .words = 1, .actions = ACTIONS, .bounds = 1, .guards = 1,
                              .expand = expand_stairs, .judge = judge, .judge_step = judge_step, .inhabited = judge};

typedef struct {
    qx_run run;
    qx_simulation simulation;
    uint64_t fired[ACTIONS], cuts[1], reached[1], refused[1];
} outcome;

static outcome simulated(const qx_model *model, uint64_t seed, uint64_t runs, uint64_t depth, unsigned workers)
{
    static const uint64_t initial[] = {0, 1000};
    static outcome made;
    made = (outcome){.run = {.model = model, .initial = initial, .initial_count = 1, .depth_max = depth}};
    made.run.workers = workers;
    made.run.state_goals = asked & (ODD | FAR);
    made.run.step_goals = asked & BACK;
    made.run.deadlock_goals = asked & STUCK;
    made.run.fired = made.fired;
    made.run.cuts = made.cuts;
    made.run.reached = made.reached;
    made.run.refused = made.refused;
    made.simulation = (qx_simulation){.seed = seed, .runs = runs};
    qx_simulate(&made.run, &made.simulation);
    return made;
}

static void same(const outcome *a, const outcome *b)
{
    CHECK(a->run.ending == b->run.ending && a->run.decided == b->run.decided);
    CHECK(a->run.generated == b->run.generated && a->run.depth == b->run.depth);
    CHECK(a->run.trouble == b->run.trouble && a->run.trouble_at.level == b->run.trouble_at.level);
    CHECK(memcmp(&a->simulation, &b->simulation, sizeof a->simulation) == 0);
    CHECK(memcmp(a->fired, b->fired, sizeof a->fired) == 0 && a->cuts[0] == b->cuts[0]);
    CHECK(a->reached[0] == b->reached[0] && a->refused[0] == b->refused[0]);
    for (unsigned i = 0; i < QX_GOALS_MAX; i++)
        CHECK(!(a->run.decided >> i & 1) || a->run.decided_at[i].level == b->run.decided_at[i].level);
}

/* Returns how it ends. */
static unsigned like_one_worker(const qx_model *model, uint64_t seed, uint64_t runs, uint64_t depth)
{
    const outcome one = simulated(model, seed, runs, depth, 1);
    for (unsigned workers = 2; workers <= 5; workers++) {
        const outcome more = simulated(model, seed, runs, depth, workers);
        same(&one, &more);
    }
    return one.run.ending;
}

/* Random numbers. */

static void numbers_are_those_of_the_authors(uint64_t states)
{
    (void)states;
    static const uint64_t first[] = {11520, 0, 1509978240, UINT64_C(1215971899390074240)};
    qx_stream stream = {{1, 2, 3, 4}};
    for (unsigned i = 0; i < 4; i++)
        CHECK(qx_draw(&stream) == first[i]);
    uint64_t zero = 0;
    CHECK(qx_splitmix(&zero) == qx_hash_keys[0] && qx_splitmix(&zero) == qx_hash_keys[1]);
}

static void numbers_below_a_bound_are_uniform(uint64_t states)
{
    (void)states;
    qx_stream stream = qx_stream_of(1, 2);
    const uint64_t high = UINT64_C(3) << 62; /* of every four numbers one is refused */
    uint64_t low_half = 0;
    for (unsigned i = 0; i < 100000; i++) {
        const uint64_t drawn = qx_draw_below(&stream, high);
        CHECK(drawn < high && qx_draw_below(&stream, 1) == 0);
        low_half += drawn < high / 2;
    }
    CHECK(low_half > 49000 && low_half < 51000);
}

static void streams_of_runs_and_seeds_differ(uint64_t states)
{
    (void)states;
    qx_stream one = qx_stream_of(0, 0), other = qx_stream_of(0, 1), third = qx_stream_of(1, 0);
    const uint64_t drawn[] = {qx_draw(&one), qx_draw(&other), qx_draw(&third)};
    CHECK(drawn[0] != drawn[1] && drawn[0] != drawn[2] && drawn[1] != drawn[2]);
}

/* Runs. */

/* Where a run of the wide model is after its first step is any of WIDE - 1 numbers: chi-square at five deviations. */
static void every_step_is_equally_likely(uint64_t states)
{
    const uint64_t runs = states / 5 + 20000;
    uint64_t found[WIDE] = {0}, way[2];
    outcome made = simulated(&wide, 3, 1, 1, 1);
    for (uint64_t number = 0; number < runs; number++) {
        CHECK(qx_behaviour(&made.run, 3, number, 1, way));
        CHECK(way[0] == 0 && way[1] < WIDE);
        found[way[1]]++;
    }
    CHECK(found[0] == 0); /* that would change nothing */
    const double expected = (double)runs / (WIDE - 1);
    double square = 0;
    for (unsigned i = 1; i < WIDE; i++)
        square += ((double)found[i] - expected) * ((double)found[i] - expected) / expected;
    const double freedom = WIDE - 2;
    CHECK(fabs(square - freedom) < 5 * sqrt(2 * freedom));
}

static void initial_states_are_equally_likely(uint64_t states)
{
    (void)states;
    static const uint64_t initial[] = {0, 1, 2};
    outcome made = simulated(&wide, 3, 1, 1, 1);
    made.run.initial = initial;
    made.run.initial_count = 3;
    unsigned found[3] = {0};
    uint64_t way[1];
    for (uint64_t number = 0; number < 30000; number++) {
        CHECK(qx_behaviour(&made.run, 5, number, 0, way));
        found[way[0]]++;
    }
    for (unsigned i = 0; i < 3; i++)
        CHECK(found[i] > 9500 && found[i] < 10500);
}

static void steps_cuts_and_guards_are_counted_as_often_as_met(uint64_t states)
{
    (void)states;
    far = odd = back = UINT64_MAX;
    const outcome made = simulated(&wide, 1, 150, 20, 2);
    CHECK(made.run.ending == QX_COMPLETE && made.simulation.ended == 150);
    CHECK(made.run.generated == 3000 && made.run.depth == 20);
    CHECK(made.cuts[0] == 6000 && made.reached[0] == 3000);
    CHECK(made.fired[0] + made.fired[1] + made.fired[2] == 3000);
    CHECK(made.fired[1] > 1350 && made.fired[1] < 1650);
}

static void the_outcome_does_not_depend_on_the_number_of_workers(uint64_t states)
{
    (void)states;
    far = back = UINT64_MAX;
    odd = 17;
    undefined_from = UINT64_MAX;
    CHECK(like_one_worker(&wide, 1, 133, 20) == QX_COMPLETE);
    for (uint64_t seed = 0; seed < 5; seed++)
        CHECK(like_one_worker(&stairs, seed, 333, 50) == QX_COMPLETE);
}

/* Goals are decided in shares apart, and whoever decides one is slow: so shares that come later are walked, and wait
 * for their turn, while it is not yet known that they must end earlier, or need not end at what is undefined. */
static void it_ends_where_one_worker_would(uint64_t states)
{
    (void)states;
    unsigned endings[QX_NO_MEMORY + 1] = {0};
    asked = ODD | FAR;
    odd = 17;
    far = 150;
    undefined_from = 299;
    is_slow = true;
    for (uint64_t seed = 0; seed < 40; seed++)
        endings[like_one_worker(&wide, seed, 3000, 2)]++;
    CHECK(endings[QX_DECIDED] > 10 && endings[QX_TROUBLE] > 10);
    is_slow = false;
    undefined_from = UINT64_MAX;
    asked = ODD | FAR | BACK | STUCK;
}

static void it_ends_where_everything_is_decided(uint64_t states)
{
    (void)states;
    far = 38;
    undefined_from = UINT64_MAX;
    unsigned apart = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        odd = 3 + seed % 20;
        back = 20 + seed % 7;
        CHECK(like_one_worker(&stairs, seed, 100000, 50) == QX_DECIDED);
        const outcome made = simulated(&stairs, seed, 100000, 50, 3);
        CHECK(made.run.decided == (ODD | FAR | BACK | STUCK) && made.simulation.ended < 100);
        CHECK(made.simulation.ended == made.simulation.run_of[0] || made.simulation.ended == made.simulation.run_of[1]
              || made.simulation.ended == made.simulation.run_of[2] || made.simulation.ended == made.simulation.run_of[3]);
        apart += made.simulation.run_of[1] != made.simulation.run_of[0];
    }
    CHECK(apart > 0);
}

static void a_way_leads_to_what_was_decided(uint64_t states)
{
    (void)states;
    far = 38;
    odd = 5;
    back = 21;
    undefined_from = UINT64_MAX;
    uint64_t way[64];
    for (uint64_t seed = 0; seed < 20; seed++) {
        outcome made = simulated(&stairs, seed, 100000, 50, 2);
        const uint64_t targets[] = {odd, far, 20, 40};
        for (unsigned goal = 0; goal < 4; goal++) {
            const uint64_t length = (uint64_t)made.run.decided_at[goal].level;
            CHECK(qx_behaviour(&made.run, seed, made.simulation.run_of[goal], length, way));
            CHECK(way[0] == 0 && way[length] == targets[goal]);
            for (uint64_t i = 0; i < length; i++)
                CHECK(way[i + 1] - way[i] - 1 < 2);
        }
        CHECK(!qx_behaviour(&made.run, seed, 0, 41, way)); /* no run is so long */
    }
}

static void what_is_undefined_ends_it(uint64_t states)
{
    (void)states;
    far = back = UINT64_MAX;
    odd = 3;
    undefined_from = 31;
    for (uint64_t seed = 0; seed < 10; seed++) {
        CHECK(like_one_worker(&stairs, seed, 1000, 50) == QX_TROUBLE);
        outcome made = simulated(&stairs, seed, 1000, 50, 2);
        uint64_t way[64];
        CHECK(made.run.trouble == QX_UNDEFINED && made.run.trouble_detail == 7);
        CHECK(made.simulation.trouble_run == 0 && made.simulation.ended == 0);
        CHECK(qx_behaviour(&made.run, seed, 0, (uint64_t)made.run.trouble_at.level, way));
        CHECK(way[made.run.trouble_at.level] >= 31);
    }
    undefined_from = UINT64_MAX;
}

static void a_stop_from_outside_ends_it(uint64_t states)
{
    (void)states;
    static const uint64_t initial[] = {0};
    static outcome made;
    made = (outcome){.run = {.model = &wide, .initial = initial, .initial_count = 1, .depth_max = UINT64_MAX}};
    made.run.workers = 3;
    made.run.fired = made.fired;
    made.run.cuts = made.cuts;
    made.run.reached = made.reached;
    made.run.refused = made.refused;
    made.run.stop = 1;
    made.simulation = (qx_simulation){.runs = UINT64_MAX};
    qx_simulate(&made.run, &made.simulation);
    CHECK(made.run.ending == QX_STOPPED && made.simulation.ended == 0 && made.run.generated == 0);
}

int main(int argc, char **argv)
{
    static const claim claims[] = {
        CLAIM(numbers_are_those_of_the_authors),
        CLAIM(numbers_below_a_bound_are_uniform),
        CLAIM(streams_of_runs_and_seeds_differ),
        CLAIM(every_step_is_equally_likely),
        CLAIM(initial_states_are_equally_likely),
        CLAIM(steps_cuts_and_guards_are_counted_as_often_as_met),
        CLAIM(the_outcome_does_not_depend_on_the_number_of_workers),
        CLAIM(it_ends_where_one_worker_would),
        CLAIM(it_ends_where_everything_is_decided),
        CLAIM(a_way_leads_to_what_was_decided),
        CLAIM(what_is_undefined_ends_it),
        CLAIM(a_stop_from_outside_ends_it),
    };
    return check_claim(argc, argv, claims, sizeof claims / sizeof *claims);
}
