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
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::{f32x4_add, f32x4_mul, f32x4_splat, v128};

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
        let mut out = [[0.0; 4]; 2];
        let (a, b) = (L::load(x), L::load(y));
        a.add_product(b, L::load(z)).store(&mut out[0]);
        L::splat(x[2]).store(&mut out[1]);
        // One kind of "not a number" is as good as another.
        let bits = |v: &f32| if v.is_nan() { u32::MAX } else { v.to_bits() };
        out.as_flattened().iter().map(bits).collect()
    }
}
