//! Four 32-bit floats at a time: WebAssembly's own instructions, and a scalar
//! twin that does the same sums in the same order and so gives the same bits.

/// Four lanes.
pub(super) trait Lanes: Copy {
    /// The lanes of an array.
    fn load(from: &[f32; 4]) -> Self;
    /// The array of the lanes.
    fn store(self, to: &mut [f32; 4]);
    /// One value in all lanes.
    fn splat(value: f32) -> Self;
    /// `self + a · b`, rounded twice.
    fn add_product(self, a: Self, b: Self) -> Self;
    /// `self + other`
    fn plus(self, other: Self) -> Self;
    /// `self · other`
    fn times(self, other: Self) -> Self;
    /// `self` where it is larger than `other`, else `other`: also where one is
    /// no number.
    fn or_at_least(self, other: Self) -> Self;
    /// `self` where it is smaller than `other`, else `other`.
    fn or_at_most(self, other: Self) -> Self;
    /// `self` where it is larger than nothing, else `other`.
    fn if_positive(self, other: Self) -> Self;
}

/// Makes each number another, four at a time: compilers that are told to keep
/// code small do not do so by themselves.
#[inline(always)]
pub(super) fn each<L: Lanes>(values: &mut [f32], f: impl Fn(L) -> L) {
    let (fours, rest) = values.as_chunks_mut::<4>();
    for four in fours {
        f(L::load(four)).store(four);
    }
    if !rest.is_empty() {
        let mut four = padded(rest);
        f(L::load(&four)).store(&mut four);
        rest.copy_from_slice(&four[..rest.len()]);
    }
}

/// Makes each number of `out` of itself and one of `other`, which is as long.
#[inline(always)]
pub(super) fn each_with<L: Lanes>(out: &mut [f32], other: &[f32], f: impl Fn(L, L) -> L) {
    let (fours, rest) = out.as_chunks_mut::<4>();
    let (other, other_rest) = other.as_chunks::<4>();
    for (four, other) in fours.iter_mut().zip(other) {
        f(L::load(four), L::load(other)).store(four);
    }
    if !rest.is_empty() {
        let mut four = padded(rest);
        f(L::load(&four), L::load(&padded(other_rest))).store(&mut four);
        rest.copy_from_slice(&four[..rest.len()]);
    }
}

/// Adds to each number one of `other`, which is as long. Often there is but one:
/// what is behind the last four is added without lanes.
#[inline(never)]
pub(super) fn add(out: &mut [f32], other: &[f32]) {
    let (fours, rest) = out.as_chunks_mut::<4>();
    let (other, other_rest) = other.as_chunks::<4>();
    for (four, other) in fours.iter_mut().zip(other) {
        Best::load(four).plus(Best::load(other)).store(four);
    }
    for (one, other) in rest.iter_mut().zip(other_rest) {
        *one += other;
    }
}

/// Up to four numbers, and nothing behind them.
#[inline(never)]
pub(super) fn padded(some: &[f32]) -> [f32; 4] {
    let mut four = [0.0; 4];
    for (to, from) in four.iter_mut().zip(some) {
        *to = *from;
    }
    four
}

/// The fastest lanes of this build.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) type Best = wasm::Simd;
/// The fastest lanes of this build.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) type Best = Scalar;

/// The scalar twin; compilers make lanes of it where the machine has some.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
pub(super) struct Scalar([f32; 4]);

#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
impl Lanes for Scalar {
    #[inline(always)]
    fn load(from: &[f32; 4]) -> Self {
        Self(*from)
    }
    #[inline(always)]
    fn store(self, to: &mut [f32; 4]) {
        *to = self.0;
    }
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; 4])
    }
    #[inline(always)]
    fn add_product(self, a: Self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + a.0[i] * b.0[i]))
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * other.0[i]))
    }
    #[inline(always)]
    fn or_at_least(self, other: Self) -> Self {
        let larger = |a: f32, b: f32| if a > b { a } else { b };
        Self(std::array::from_fn(|i| larger(self.0[i], other.0[i])))
    }
    #[inline(always)]
    fn or_at_most(self, other: Self) -> Self {
        let smaller = |a: f32, b: f32| if a < b { a } else { b };
        Self(std::array::from_fn(|i| smaller(self.0[i], other.0[i])))
    }
    #[inline(always)]
    fn if_positive(self, other: Self) -> Self {
        let choose = |a: f32, b: f32| if a > 0.0 { a } else { b };
        Self(std::array::from_fn(|i| choose(self.0[i], other.0[i])))
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::{
        f32x4_add, f32x4_gt, f32x4_mul, f32x4_pmax, f32x4_pmin, f32x4_splat, v128, v128_bitselect,
    };

    use super::Lanes;

    /// WebAssembly's 128-bit lanes.
    #[derive(Clone, Copy)]
    pub(crate) struct Simd(v128);

    impl Lanes for Simd {
        #[inline(always)]
        fn load(from: &[f32; 4]) -> Self {
            Self(bytemuck::cast(*from))
        }
        #[inline(always)]
        fn store(self, to: &mut [f32; 4]) {
            *to = bytemuck::cast(self.0);
        }
        #[inline(always)]
        fn splat(value: f32) -> Self {
            Self(f32x4_splat(value))
        }
        #[inline(always)]
        fn add_product(self, a: Self, b: Self) -> Self {
            Self(f32x4_add(self.0, f32x4_mul(a.0, b.0)))
        }
        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            Self(f32x4_add(self.0, other.0))
        }
        #[inline(always)]
        fn times(self, other: Self) -> Self {
            Self(f32x4_mul(self.0, other.0))
        }
        #[inline(always)]
        fn or_at_least(self, other: Self) -> Self {
            // The second where it is the larger, else the first.
            Self(f32x4_pmax(other.0, self.0))
        }
        #[inline(always)]
        fn or_at_most(self, other: Self) -> Self {
            Self(f32x4_pmin(other.0, self.0))
        }
        #[inline(always)]
        fn if_positive(self, other: Self) -> Self {
            let positive = f32x4_gt(self.0, f32x4_splat(0.0));
            Self(v128_bitselect(self.0, other.0, positive))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Natively `Best` is the scalar twin; the wasm run is the one that
    /// compares.
    #[test]
    fn the_twins_give_the_same_bits() {
        let values = [
            0.0,
            -0.0,
            1.0,
            1e-30,
            -3.3,
            1e20,
            0.1,
            7.7e-7,
            f32::INFINITY,
            f32::NAN,
        ];
        for a in values {
            for b in values {
                for c in values {
                    let (x, y, z) = ([a, b, c, 1.5], [b, c, a, -0.7], [c, a, b, 1e-8]);
                    assert_eq!(all::<Best>(&x, &y, &z), all::<Scalar>(&x, &y, &z));
                }
            }
        }
    }

    fn all<L: Lanes>(x: &[f32; 4], y: &[f32; 4], z: &[f32; 4]) -> Vec<u32> {
        let mut out = [[0.0; 4]; 7];
        let (a, b) = (L::load(x), L::load(y));
        a.add_product(b, L::load(z)).store(&mut out[0]);
        L::splat(x[2]).store(&mut out[1]);
        a.plus(b).store(&mut out[2]);
        a.times(b).store(&mut out[3]);
        a.or_at_least(b).store(&mut out[4]);
        a.or_at_most(b).store(&mut out[5]);
        a.if_positive(b).store(&mut out[6]);
        // One kind of "not a number" is as good as another.
        let bits = |v: &f32| if v.is_nan() { u32::MAX } else { v.to_bits() };
        out.as_flattened().iter().map(bits).collect()
    }
}
