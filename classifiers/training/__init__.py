"""How a model is fitted: from the votes of annotators to heads, each learning from out-of-fold scores of those before it."""
