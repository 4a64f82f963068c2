"""The tables that exports and the report are made of: of dataset folders, of score folders, and gold as scores."""
