"""A model as arrays: what scores an archive. `scorer` is the way in.

The modules beside this package say in plain Python what a model does (`prediction` above all); these do the same by adding
up rows of tables, compiled, and tests hold the two equal. A batch of texts is one array of code points. `reading` finds its
tokens and sentences, `vocabulary` numbers the distinct tokens, `tables` holds a row of weights for each, `quotations` says
who speaks, `adding` sums the rows, `context` is the second stage, `spans` cuts and labels.
"""
