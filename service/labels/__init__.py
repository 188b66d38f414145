"""What people labelled: recorded, found, settled, and written out for training. The HTTP operations stand in service/api."""
