"""Tables in; other people's formats and the report out."""
