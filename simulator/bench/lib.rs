//! Holds the benchmarks; see `benches/`.
