//! Starts the real binary and runs real, unmodified clients against it.
