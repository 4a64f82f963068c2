"""Kinds of arrays, named once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bytes", "Classes", "Codes", "Flags", "Floats", "Integers", "Places"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Numbers of words, of situations.
Integers = NDArray[np.int32]
# Where something stands: indices into a text, or into its tokens.
Places = NDArray[np.int64]
# Code points.
Codes = NDArray[np.uint32]
# Bits of what is known of a character.
Classes = NDArray[np.uint16]
# Bits of what is known of a word.
Bytes = NDArray[np.uint8]
