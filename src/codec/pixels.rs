//! Bringing samples of any kind to 8-bit RGBA.

/// Which samples a pixel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    Cmyk,
}

/// RGBA from interleaved 8-bit samples; `None` for no known channels.
pub(super) fn rgba(channels: Option<Channels>, samples: &[u8]) -> Option<Vec<u8>> {
    Some(match channels? {
        Channels::Grey => samples.iter().flat_map(|&v| [v, v, v, 255]).collect(),
        Channels::GreyAlpha => pixels(samples, |&[v, a]| [v, v, v, a]),
        Channels::Rgb => pixels(samples, |&[r, g, b]| [r, g, b, 255]),
        Channels::Rgba => samples.to_vec(),
        Channels::Cmyk => pixels(samples, |&[c, m, y, k]| {
            let light = |ink: u8| inked(255 - ink, 255 - k);
            [light(c), light(m), light(y), 255]
        }),
    })
}

fn pixels<const N: usize>(samples: &[u8], to_rgba: impl Fn(&[u8; N]) -> [u8; 4]) -> Vec<u8> {
    samples.as_chunks().0.iter().flat_map(to_rgba).collect()
}

/// Product of two shares of 255, rounded.
fn inked(a: u8, b: u8) -> u8 {
    let product = (u32::from(a) * u32::from(b) + 127) / 255;
    u8::try_from(product).unwrap_or(255)
}

/// 16-bit samples to 8 bits, rounded to the nearest.
pub(super) fn eight_bits(words: impl Iterator<Item = u16>) -> Vec<u8> {
    words
        .map(|word| u8::try_from((u32::from(word) + 128) / 257).unwrap_or(255))
        .collect()
}
