//! A Microsoft Entra tenant on your own machine.

pub mod wire;
