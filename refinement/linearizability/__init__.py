"""Is a history of concurrent operations linearizable? Read `search.py` for the algorithm, `decide.py` for verdicts."""
