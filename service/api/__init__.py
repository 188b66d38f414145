"""The operations of the labelling loop: labels, queue, codebook, model versions, and the jobs that import and train."""
