"""Peers on the same labels and the same real sections: python -m benchmarks.peers.run REAL.jsonl... (see there)."""
