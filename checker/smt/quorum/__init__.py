"""Lemmas about quorum systems, decided for every number of processes: which quorums meet, in how many, in whom."""
