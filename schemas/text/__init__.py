"""What every wing takes a text to be: canonical code points, tokens, sentences and quotations, as offsets into it."""
