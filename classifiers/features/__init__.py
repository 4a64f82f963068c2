"""What a model sees: documents as arrays, and the features of their words, tokens, spans, sentences and articles."""
