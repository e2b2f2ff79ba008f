"""Looking at a lake while nothing runs: SQL, state, digests."""
