"""Whether what people have tagged is like what the model was trained on.

psi.py       the population stability index, and what it means in words
expected.py  what the model found in text held out from its training
rows.py      what was tagged, by hour, in the store
drift.py     both together: the verdict, and what to do
"""
