//! Not written yet.

use super::Surface;

/// This surface.
pub static SURFACE: Surface = Surface {
    name: "sts",
    answer: |call| call.unimplemented("sts"),
};
