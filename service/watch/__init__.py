"""What the running service tells of itself.

watched.py   around every request: its id, its line in the log, its counts, its row of the audit
log.py       lines of JSON or plain text on stderr, written by a thread that never holds up a request
counts.py    what one process counts, in plain ints
board.py     where several workers put their counts, so that any of them can tell those of all
exposition.py  the counts as Prometheus reads them
tally.py     what one request tagged
intake.py    the tallies of each hour, until they are in the store (service/drift)
watch.py     all of it together, with the thread that carries counts to the board and the store
"""
