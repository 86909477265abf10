//! Eight 16-bit integers at a time: WebAssembly's own instructions, and a
//! scalar twin that gives the same integers. Kernels are generic over
//! [`Lanes`]; [`Best`] is the fastest this build has.

/// Eight signed 16-bit lanes.
pub(crate) trait Lanes: Copy {
    /// The lanes of an array.
    fn load(from: &[i16; 8]) -> Self;
    /// An entry of the table for each lane, two to one: that whose number is the
    /// lane's bits without the lowest three and the highest.
    fn entries(self, table: &[[i16; 4]; 4096]) -> [Self; 4];
    /// The array of the lanes.
    fn store(self, to: &mut [i16; 8]);
    /// One value in all lanes.
    fn splat(value: i16) -> Self;
    /// Sum, wrapping.
    fn add(self, other: Self) -> Self;
    /// Sum, at the type's ends held.
    fn add_sat(self, other: Self) -> Self;
    /// Difference, wrapping.
    fn sub(self, other: Self) -> Self;
    /// Product, wrapping.
    fn mul(self, other: Self) -> Self;
    /// Product of Q15 numbers, rounded: (a·b + 2¹⁴) >> 15, at the ends held.
    fn mul_q15(self, other: Self) -> Self;
    /// Smaller of each pair.
    fn min(self, other: Self) -> Self;
    /// Larger of each pair.
    fn max(self, other: Self) -> Self;
    /// All bits set where a lane is above the other's, none elsewhere.
    fn above(self, other: Self) -> Self;
    /// Shifted right by six bits, the sign kept.
    fn shr6(self) -> Self;
    /// The low and the high eight bytes, each zero-extended.
    fn widen(bytes: &[u8; 16]) -> (Self, Self);
    /// `table[byte]` for bytes below 16, 0 for all others; then as `widen`.
    fn widen_from_table(bytes: &[u8; 16], table: &[u8; 16]) -> (Self, Self);
    /// Whether no byte is below `least`.
    fn none_below(bytes: &[u8; 16], least: u8) -> bool;
    /// Both, each lane held within 0–255.
    fn narrow(low: Self, high: Self, to: &mut [u8; 16]);
}

/// The fastest lanes of this build.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) type Best = wasm::Simd;
/// The fastest lanes of this build.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) type Best = Scalar;

/// The scalar twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
pub(crate) struct Scalar([i16; 8]);

#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
impl Scalar {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(i16, i16) -> i16) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

/// The Q15 product of one lane; the definition both twins follow.
#[inline(always)]
pub(crate) fn mul_q15(a: i16, b: i16) -> i16 {
    let rounded = (i32::from(a) * i32::from(b) + (1 << 14)) >> 15;
    // Only −1 · −1 leaves the range.
    rounded.min(i32::from(i16::MAX)) as i16
}

#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
impl Lanes for Scalar {
    #[inline(always)]
    fn entries(self, table: &[[i16; 4]; 4096]) -> [Self; 4] {
        let at = |i: usize| table[usize::from(self.0[i].cast_unsigned() >> 3) % 4096];
        std::array::from_fn(|pair| {
            let [[a, b, c, d], [e, f, g, h]] = [at(2 * pair), at(2 * pair + 1)];
            Self([a, b, c, d, e, f, g, h])
        })
    }
    #[inline(always)]
    fn load(from: &[i16; 8]) -> Self {
        Self(*from)
    }
    #[inline(always)]
    fn store(self, to: &mut [i16; 8]) {
        *to = self.0;
    }
    #[inline(always)]
    fn splat(value: i16) -> Self {
        Self([value; 8])
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, i16::wrapping_add)
    }
    #[inline(always)]
    fn add_sat(self, other: Self) -> Self {
        self.zip(other, i16::saturating_add)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, i16::wrapping_sub)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, i16::wrapping_mul)
    }
    #[inline(always)]
    fn mul_q15(self, other: Self) -> Self {
        self.zip(other, mul_q15)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, Ord::min)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, Ord::max)
    }
    #[inline(always)]
    fn above(self, other: Self) -> Self {
        self.zip(other, |a, b| -i16::from(a > b))
    }
    #[inline(always)]
    fn shr6(self) -> Self {
        Self(self.0.map(|v| v >> 6))
    }
    #[inline(always)]
    fn widen(bytes: &[u8; 16]) -> (Self, Self) {
        let half = |from: usize| Self(std::array::from_fn(|i| i16::from(bytes[from + i])));
        (half(0), half(8))
    }
    #[inline(always)]
    fn widen_from_table(bytes: &[u8; 16], table: &[u8; 16]) -> (Self, Self) {
        Self::widen(&bytes.map(|b| table.get(usize::from(b)).copied().unwrap_or(0)))
    }
    #[inline(always)]
    fn none_below(bytes: &[u8; 16], least: u8) -> bool {
        bytes.iter().all(|byte| *byte >= least)
    }
    #[inline(always)]
    fn narrow(low: Self, high: Self, to: &mut [u8; 16]) {
        let byte = |v: i16| v.clamp(0, 255) as u8;
        *to = std::array::from_fn(|i| byte(if i < 8 { low.0[i] } else { high.0[i - 8] }));
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::{
        i8x16_swizzle, i16x8_add, i16x8_add_sat, i16x8_gt, i16x8_max, i16x8_min, i16x8_mul,
        i16x8_q15mulr_sat, i16x8_shr, i16x8_splat, i16x8_sub, i64x2, u8x16_all_true, u8x16_ge,
        u8x16_narrow_i16x8, u8x16_splat, u16x8_extend_high_u8x16, u16x8_extend_low_u8x16,
        u16x8_extract_lane, v128,
    };

    use super::Lanes;

    /// WebAssembly's 128-bit lanes.
    #[derive(Clone, Copy)]
    pub(crate) struct Simd(v128);

    impl Lanes for Simd {
        #[inline(always)]
        fn entries(self, table: &[[i16; 4]; 4096]) -> [Self; 4] {
            let at = |q: u16| -> i64 { bytemuck::cast(table[usize::from(q >> 3) % 4096]) };
            let pair = |a, b| Self(i64x2(at(a), at(b)));
            [
                pair(
                    u16x8_extract_lane::<0>(self.0),
                    u16x8_extract_lane::<1>(self.0),
                ),
                pair(
                    u16x8_extract_lane::<2>(self.0),
                    u16x8_extract_lane::<3>(self.0),
                ),
                pair(
                    u16x8_extract_lane::<4>(self.0),
                    u16x8_extract_lane::<5>(self.0),
                ),
                pair(
                    u16x8_extract_lane::<6>(self.0),
                    u16x8_extract_lane::<7>(self.0),
                ),
            ]
        }
        #[inline(always)]
        fn load(from: &[i16; 8]) -> Self {
            Self(bytemuck::cast(*from))
        }
        #[inline(always)]
        fn store(self, to: &mut [i16; 8]) {
            *to = bytemuck::cast(self.0);
        }
        #[inline(always)]
        fn splat(value: i16) -> Self {
            Self(i16x8_splat(value))
        }
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(i16x8_add(self.0, other.0))
        }
        #[inline(always)]
        fn add_sat(self, other: Self) -> Self {
            Self(i16x8_add_sat(self.0, other.0))
        }
        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            Self(i16x8_sub(self.0, other.0))
        }
        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(i16x8_mul(self.0, other.0))
        }
        #[inline(always)]
        fn mul_q15(self, other: Self) -> Self {
            Self(i16x8_q15mulr_sat(self.0, other.0))
        }
        #[inline(always)]
        fn min(self, other: Self) -> Self {
            Self(i16x8_min(self.0, other.0))
        }
        #[inline(always)]
        fn max(self, other: Self) -> Self {
            Self(i16x8_max(self.0, other.0))
        }
        #[inline(always)]
        fn above(self, other: Self) -> Self {
            Self(i16x8_gt(self.0, other.0))
        }
        #[inline(always)]
        fn shr6(self) -> Self {
            Self(i16x8_shr(self.0, 6))
        }
        #[inline(always)]
        fn widen(bytes: &[u8; 16]) -> (Self, Self) {
            let v: v128 = bytemuck::cast(*bytes);
            (
                Self(u16x8_extend_low_u8x16(v)),
                Self(u16x8_extend_high_u8x16(v)),
            )
        }
        #[inline(always)]
        fn widen_from_table(bytes: &[u8; 16], table: &[u8; 16]) -> (Self, Self) {
            let v = i8x16_swizzle(bytemuck::cast(*table), bytemuck::cast(*bytes));
            (
                Self(u16x8_extend_low_u8x16(v)),
                Self(u16x8_extend_high_u8x16(v)),
            )
        }
        #[inline(always)]
        fn none_below(bytes: &[u8; 16], least: u8) -> bool {
            u8x16_all_true(u8x16_ge(bytemuck::cast(*bytes), u8x16_splat(least)))
        }
        #[inline(always)]
        fn narrow(low: Self, high: Self, to: &mut [u8; 16]) {
            *to = bytemuck::cast(u8x16_narrow_i16x8(low.0, high.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both twins over awkward values: the same integers. (Natively `Best` is
    /// the scalar twin; the wasm run is the one that compares.)
    #[test]
    fn the_twins_agree() {
        let values = [
            i16::MIN,
            -32767,
            -16385,
            -1000,
            -1,
            0,
            1,
            63,
            64,
            255,
            256,
            16384,
            32766,
            i16::MAX,
        ];
        for a in values {
            for b in values {
                let (a8, b8) = ([a, b, 0, a ^ b, 1, -1, a, b], [b, a, a, b, a, b, 7, -7]);
                assert_eq!(all::<Best>(&a8, &b8), all::<Scalar>(&a8, &b8), "{a} {b}");
            }
        }
    }

    fn all<L: Lanes>(a: &[i16; 8], b: &[i16; 8]) -> Vec<i64> {
        let (x, y) = (L::load(a), L::load(b));
        let table = std::array::from_fn(|i| [i as i16, 1, 2, !(i as i16)]);
        let entries = x.entries(&table);
        let mut out = Vec::new();
        for v in [
            x.add(y),
            x.add_sat(y),
            x.sub(y),
            x.mul(y),
            x.mul_q15(y),
            x.min(y),
            x.max(y),
            x.above(y),
            x.shr6(),
            L::splat(a[3]),
            entries[0],
            entries[1],
            entries[2],
            entries[3],
        ] {
            let mut lanes = [0; 8];
            v.store(&mut lanes);
            out.extend(lanes.map(i64::from));
        }
        let mut bytes = [0; 16];
        L::narrow(x, y, &mut bytes);
        out.extend(bytes.map(i64::from));
        for (low, high) in [
            L::widen(&bytes),
            L::widen_from_table(
                &bytes,
                &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 250, 251, 252, 253, 254, 255],
            ),
        ] {
            let mut lanes = [0; 8];
            low.store(&mut lanes);
            out.extend(lanes.map(i64::from));
            high.store(&mut lanes);
            out.extend(lanes.map(i64::from));
        }
        out
    }
}
