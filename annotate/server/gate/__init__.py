"""The gate of a lab's server: the only way in, which knows who may do what."""
