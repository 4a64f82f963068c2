"""The front door: the command line and the demo. It knows all four wings, and none of them knows it."""
