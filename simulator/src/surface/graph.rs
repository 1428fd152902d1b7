//! Not written yet.

use super::Surface;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "graph",
    answer: |call| call.unimplemented("graph"),
};
