//! Not written yet.

use super::Surface;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "control",
    answer: |call| call.unimplemented("control"),
};
