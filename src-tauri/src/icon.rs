//! The tray icons. Each state has its own shape, so that they differ without color.

use app::{Color, TrayIcon};
use tauri::image::Image;

/// Width and height in pixels.
const SIDE: u32 = 32;
/// Samples per pixel in each direction, for antialiasing.
const SAMPLES: u32 = 4;

pub(crate) fn picture(icon: TrayIcon) -> Image<'static> {
    let (color, shape): ([u8; 3], fn(f32, f32) -> bool) = match icon {
        TrayIcon::Starting => ([0x9b, 0x9a, 0x96], ring),
        TrayIcon::Worst(Color::Red) => ([0xd9, 0x4a, 0x2f], triangle),
        TrayIcon::Worst(Color::Grey) => ([0x9b, 0x9a, 0x96], struck_ring),
        TrayIcon::Worst(Color::Purple) => ([0x94, 0x63, 0xd8], dashed_ring),
        TrayIcon::Worst(Color::Green | Color::None) => ([0x2f, 0x9e, 0x63], check_disc),
        TrayIcon::Unreachable => ([0x9b, 0x9a, 0x96], crossed_ring),
    };
    let mut pixels = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            pixels.extend(color);
            pixels.push(coverage(x, y, shape));
        }
    }
    Image::new_owned(pixels, SIDE, SIDE)
}

/// The coverage of a pixel, 0 to 255. Shapes use coordinates from −1 to 1, with y downwards.
fn coverage(x: u32, y: u32, shape: fn(f32, f32) -> bool) -> u8 {
    let at = |pixel: u32, sample: u32| {
        let place = f64::from(pixel) + (f64::from(sample) + 0.5) / f64::from(SAMPLES);
        (place / f64::from(SIDE) * 2.0 - 1.0) as f32
    };
    let inside = (0..SAMPLES)
        .flat_map(|sy| (0..SAMPLES).map(move |sx| (sx, sy)))
        .filter(|(sx, sy)| shape(at(x, *sx), at(y, *sy)))
        .count();
    u8::try_from(inside * 255 / (SAMPLES * SAMPLES) as usize).unwrap_or(u8::MAX)
}

fn ring(x: f32, y: f32) -> bool {
    (0.58..=0.84).contains(&x.hypot(y))
}

fn dashed_ring(x: f32, y: f32) -> bool {
    let turn = y.atan2(x) / std::f32::consts::TAU * 8.0;
    ring(x, y) && turn.rem_euclid(1.0) < 0.62
}

fn struck_ring(x: f32, y: f32) -> bool {
    ring(x, y) || (x.hypot(y) < 0.7 && (x + y).abs() < 0.18)
}

fn crossed_ring(x: f32, y: f32) -> bool {
    ring(x, y) || (x.abs().max(y.abs()) < 0.34 && ((x + y).abs() < 0.15 || (x - y).abs() < 0.15))
}

fn triangle(x: f32, y: f32) -> bool {
    let inside = y < 0.72 && y > -0.84 && x.abs() < (y + 0.84) * 0.56;
    let mark = x.abs() < 0.1 && ((-0.3..0.22).contains(&y) || (0.36..0.54).contains(&y));
    inside && !mark
}

fn check_disc(x: f32, y: f32) -> bool {
    let near = |ax: f32, ay: f32, bx: f32, by: f32| {
        let (dx, dy) = (bx - ax, by - ay);
        let t = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        (x - ax - t * dx).hypot(y - ay - t * dy) < 0.11
    };
    x.hypot(y) < 0.86 && !near(-0.38, 0.04, -0.1, 0.32) && !near(-0.1, 0.32, 0.42, -0.28)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_states_have_the_same_shape() {
        let states = [
            TrayIcon::Starting,
            TrayIcon::Worst(Color::Red),
            TrayIcon::Worst(Color::Grey),
            TrayIcon::Worst(Color::Purple),
            TrayIcon::Worst(Color::Green),
            TrayIcon::Unreachable,
        ];
        let shapes: std::collections::BTreeSet<Vec<u8>> = states
            .iter()
            .map(|state| picture(*state).rgba().iter().skip(3).step_by(4).copied().collect())
            .collect();
        assert_eq!(shapes.len(), states.len());
    }
}
