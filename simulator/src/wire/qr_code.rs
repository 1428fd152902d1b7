//! Pictures of QR codes.

use core::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// The quiet zone around a symbol, in modules (ISO/IEC 18004).
const QUIET: i32 = 4;
/// Dots of a module in a PNG.
const SCALE: i32 = 4;

/// Names, ids and secrets are far below what a symbol holds; a text that is too long has no picture.
fn encode(content: &str) -> Option<QrCode> {
    QrCode::encode_text(content, QrCodeEcc::Low).ok()
}

/// The text as an SVG picture, and the version of the symbol.
pub fn svg(content: &str) -> (String, u8) {
    let Some(code) = encode(content) else {
        return (String::new(), 0);
    };
    let side = code.size() + 2 * QUIET;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\""
    );
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(svg, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    svg.push_str("\"/></svg>");
    (svg, code.version().value())
}

/// The text as a PNG picture of black and white dots.
pub fn png(content: &str) -> Vec<u8> {
    let Some(code) = encode(content) else {
        return Vec::new();
    };
    let side = (code.size() + 2 * QUIET) * SCALE;
    let white = |x: i32, y: i32| !code.get_module(x / SCALE - QUIET, y / SCALE - QUIET);
    let row = |y: i32| {
        let bytes = (0..side).step_by(8).map(move |from| {
            (0..8).fold(0_u8, |byte, bit| byte << 1 | u8::from(white(from + bit, y)))
        });
        bytes.collect::<Vec<u8>>()
    };
    let dots: Vec<u8> = (0..side).flat_map(row).collect();
    let mut picture = Vec::new();
    let side = side.unsigned_abs();
    let mut encoder = png::Encoder::new(&mut picture, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let written = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&dots));
    // A vector takes everything.
    if written.is_err() {
        return Vec::new();
    }
    picture
}
