"""Running Label Studio: its process, its database, who may come in, and copies of the work. What is said to it stands in `annotate.labelstudio`."""
