"""Why a model says what it says: reasons for spans and answers, and the annotations that they come from."""
