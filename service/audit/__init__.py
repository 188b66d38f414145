"""Who wrote what, and who was refused: rows of the store that are only ever added."""
