/* Single-decree Paxos for Spin: the steps of models/paxos.py, three acceptors, two values, BALLOTS ballots.
 *
 * Every step is one d_step of one process, so that what Spin stores is what the model calls a state, and nothing else.
 * The messages are a set that only grows. It is kept as bits: which of the values a message could carry it has been
 * sent with. A restart changes nothing and is left out. Agreement is asserted after a vote: nothing else can break it. */

#ifndef BALLOTS
#define BALLOTS 3
#endif

#define A 3  /* acceptors */
#define V 2  /* values */

#define VOTE(b, v)  (1 + (b) * V + (v))  /* a vote for v in ballot b; 0 is no vote yet */

byte promised[A];             /* 1 + the highest ballot promised; 0 is none */
byte vote[A];                 /* the last vote cast */

byte prepares;                /* bit b: Prepare(b) */
short promises[BALLOTS * A];  /* at [b * A + a], bit w: Promise(b, a, w), w a vote or 0 */
byte accepts[BALLOTS];        /* at [b], bit v: Accept(b, v) */
byte accepted[BALLOTS * V];   /* at [b * V + v], bit a: Accepted(b, a, v) */

/* Phase 1a: a proposer asks to lead ballot b. */
#define PREPARE(b) \
	d_step { prepares = prepares | 1 << (b) }

/* Phase 1b: acceptor a promises ballot b and reports its last vote. */
#define PROMISE(a, b) \
	d_step { (prepares >> (b) & 1) && promised[a] <= (b) -> \
		promised[a] = (b) + 1; \
		promises[(b) * A + (a)] = promises[(b) * A + (a)] | 1 << vote[a] }

/* Phase 2a: the leader of b proposes v, which the promises of acceptors p and q show to be safe. */
#define PROPOSE(b, v, p, q) \
	d_step { !accepts[b] && promises[(b) * A + (p)] && promises[(b) * A + (q)] \
		 && IS_SAFE(promises[(b) * A + (p)] | promises[(b) * A + (q)], v) -> \
		accepts[b] = 1 << (v) }

/* Phase 2b: acceptor a votes for v in ballot b. */
#define ACCEPT(a, b, v) \
	d_step { (accepts[b] >> (v) & 1) && promised[a] <= (b) + 1 -> \
		promised[a] = (b) + 1; \
		vote[a] = VOTE(b, v); \
		accepted[(b) * V + (v)] = accepted[(b) * V + (v)] | 1 << (a); \
		assert(!(CHOSEN(0) && CHOSEN(1))) }

/* Whether v has the highest of some reported votes, if there are any. */
#define OF_BALLOT(votes, b)  ((votes) >> VOTE(b, 0) & 3)
#define IS_SAFE(votes, v) \
	(OF_BALLOT(votes, 3) -> OF_BALLOT(votes, 3) >> (v) & 1 : \
	(OF_BALLOT(votes, 2) -> OF_BALLOT(votes, 2) >> (v) & 1 : \
	(OF_BALLOT(votes, 1) -> OF_BALLOT(votes, 1) >> (v) & 1 : \
	(OF_BALLOT(votes, 0) -> OF_BALLOT(votes, 0) >> (v) & 1 : 1))))

/* Whether two of three acceptors have voted for v in one ballot. */
#define IS_MAJORITY(s)  ((s) == 3 || (s) >= 5)
#if BALLOTS == 1
#define CHOSEN(v)  IS_MAJORITY(accepted[v])
#elif BALLOTS == 2
#define CHOSEN(v)  (IS_MAJORITY(accepted[v]) || IS_MAJORITY(accepted[V + v]))
#elif BALLOTS == 3
#define CHOSEN(v)  (IS_MAJORITY(accepted[v]) || IS_MAJORITY(accepted[V + v]) || IS_MAJORITY(accepted[2 * V + v]))
#elif BALLOTS == 4
#define CHOSEN(v)  (IS_MAJORITY(accepted[v]) || IS_MAJORITY(accepted[V + v]) \
		|| IS_MAJORITY(accepted[2 * V + v]) || IS_MAJORITY(accepted[3 * V + v]))
#endif

#define PROPOSALS(b, v) \
	:: PROPOSE(b, v, 0, 1) :: PROPOSE(b, v, 0, 2) :: PROPOSE(b, v, 1, 2)

#define STEPS(b) \
	:: PREPARE(b) \
	:: PROMISE(0, b) :: PROMISE(1, b) :: PROMISE(2, b) \
	PROPOSALS(b, 0) PROPOSALS(b, 1) \
	:: ACCEPT(0, b, 0) :: ACCEPT(1, b, 0) :: ACCEPT(2, b, 0) \
	:: ACCEPT(0, b, 1) :: ACCEPT(1, b, 1) :: ACCEPT(2, b, 1)

active proctype paxos()
{
	do
	STEPS(0)
#if BALLOTS > 1
	STEPS(1)
#endif
#if BALLOTS > 2
	STEPS(2)
#endif
#if BALLOTS > 3
	STEPS(3)
#endif
	od
}
