//! The scenario language, its player and its reports.
