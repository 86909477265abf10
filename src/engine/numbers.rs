//! Looks, placements and heads as plain numbers: the form in which they travel
//! between page and workers where reading JSON would cost too much, and in which
//! they are rounded.

use glam::{DVec2, DVec3};

use super::camera::{Camera, Pose};
use super::head::HeadModel;
use super::look::Look;
use super::params::ROWS;
use super::placement::{
    FaceMarkers, HeadOutline, IrisWidth, KnownLength, MarkerInPhoto, Placement, View,
};
use super::zones::Zone;

/// Views by their number.
const VIEWS: [View; 5] = [
    View::Front,
    View::Top,
    View::Back,
    View::RightSide,
    View::LeftSide,
];

/// Steps to one that numbers of a plan are rounded to: a millionth of a pixel,
/// and at most 12 digits, of which every reader of JSON makes the same number.
const STEPS: f64 = 1e9;

fn rounded(number: f64) -> f64 {
    (number * STEPS).round() / STEPS
}

impl Placement {
    /// The placement with its numbers rounded to nine decimals.
    #[must_use]
    pub fn rounded(&self) -> Self {
        let numbers: Vec<f64> = self.to_numbers().into_iter().map(rounded).collect();
        // Only a marker that is nowhere has no number, and stays so.
        Self::from_numbers(&numbers).unwrap_or(*self)
    }

    /// The placement as numbers; what is not there is not a number.
    #[must_use]
    pub fn to_numbers(&self) -> Vec<f64> {
        let mut numbers = Vec::new();
        match self {
            Self::Face(face) => {
                let markers = [
                    Some(face.right_pupil),
                    Some(face.left_pupil),
                    Some(face.chin),
                    face.top,
                    face.right_side,
                    face.left_side,
                    face.yaw_pitch_deg,
                    face.iris.map(|iris| [iris.across, iris.sd]),
                ];
                numbers.push(VIEWS.len() as f64);
                numbers.extend(markers.iter().flat_map(|two| two.unwrap_or([f64::NAN; 2])));
                numbers.push(face.ipd_mm.unwrap_or(f64::NAN));
                numbers.extend(length_numbers(face.known_length));
            }
            Self::Outline(outline) => {
                let view = VIEWS.iter().position(|view| *view == outline.view);
                numbers.push(view.unwrap_or(0) as f64);
                numbers.extend(outline.centre);
                numbers.extend(outline.half_axes);
                numbers.extend([outline.roll_deg, outline.tilt_deg, outline.turn_deg]);
                numbers.extend(length_numbers(outline.known_length));
            }
        }
        numbers
    }

    /// The placement of these numbers; none where they are nobody's.
    #[must_use]
    pub fn from_numbers(numbers: &[f64]) -> Option<Self> {
        let (kind, rest) = numbers.split_first()?;
        let (rest, length) = rest.split_last_chunk()?;
        let known_length = known_length(*length);
        let some = |two: MarkerInPhoto| two.iter().all(|v| v.is_finite()).then_some(two);
        // `as` takes not-a-number to 0, whose outline then has none either.
        if let Some(view) = VIEWS.get(*kind as usize) {
            let [x, y, across, up, roll_deg, tilt_deg, turn_deg] = *rest else {
                return None;
            };
            return Some(Self::Outline(HeadOutline {
                view: *view,
                centre: [x, y],
                half_axes: [across, up],
                roll_deg,
                tilt_deg,
                turn_deg,
                known_length,
            }));
        }
        let (markers, [ipd_mm]) = rest.as_chunks::<2>() else {
            return None;
        };
        let [
            right_pupil,
            left_pupil,
            chin,
            top,
            right_side,
            left_side,
            yaw_pitch_deg,
            iris,
        ] = *markers
        else {
            return None;
        };
        Some(Self::Face(FaceMarkers {
            right_pupil: some(right_pupil)?,
            left_pupil: some(left_pupil)?,
            chin: some(chin)?,
            top: some(top),
            right_side: some(right_side),
            left_side: some(left_side),
            ipd_mm: Some(*ipd_mm).filter(|ipd_mm| ipd_mm.is_finite()),
            yaw_pitch_deg: some(yaw_pitch_deg),
            known_length,
            iris: some(iris).map(|[across, sd]| IrisWidth { across, sd }),
        }))
    }
}

fn length_numbers(length: Option<KnownLength>) -> [f64; 5] {
    length.map_or([f64::NAN; 5], |KnownLength { from, to, mm }| {
        [from[0], from[1], to[0], to[1], mm]
    })
}

fn known_length([x, y, to_x, to_y, mm]: [f64; 5]) -> Option<KnownLength> {
    (!mm.is_nan()).then_some(KnownLength {
        from: [x, y],
        to: [to_x, to_y],
        mm,
    })
}

impl Look {
    /// The look with its numbers rounded to nine decimals and brought into
    /// their bounds.
    #[must_use]
    pub fn rounded(&self) -> Self {
        let mut look = *self;
        for row in ROWS {
            row.id.set(&mut look, rounded(row.id.get(self)));
        }
        look
    }

    /// The look as numbers: its seed, its zone's, then the value of every row of
    /// [`ROWS`].
    #[must_use]
    pub fn to_numbers(&self) -> Vec<f64> {
        let rows = ROWS.iter().map(|row| row.id.get(self));
        [f64::from(self.seed), self.zone.index() as f64]
            .into_iter()
            .chain(rows)
            .collect()
    }

    /// The look of these numbers, brought into their bounds, and what follows
    /// them; none where they are too few.
    #[must_use]
    pub fn from_numbers(numbers: &[f64]) -> Option<(Self, &[f64])> {
        let [seed, zone, rest @ ..] = numbers else {
            return None;
        };
        let (rows, rest) = rest.split_at_checked(ROWS.len())?;
        // `as` saturates, and takes not-a-number to 0.
        let mut look = Self {
            seed: *seed as u32,
            zone: *Zone::ALL.get(*zone as usize)?,
            ..Self::default()
        };
        for (row, value) in ROWS.iter().zip(rows) {
            row.id.set(&mut look, *value);
        }
        Some((look, rest))
    }
}

impl HeadModel {
    /// The head's geometry as numbers; without its scale's error.
    #[must_use]
    pub fn to_numbers(&self) -> [f64; 10] {
        let (axes, pose, camera) = (self.semi_axes_mm, self.pose, self.camera);
        [
            axes.x,
            axes.y,
            axes.z,
            pose.yaw_deg,
            pose.pitch_deg,
            pose.roll_deg,
            camera.centre_in_photo.x,
            camera.centre_in_photo.y,
            camera.px_per_mm,
            camera.distance_mm,
        ]
    }

    /// The head with this geometry, its scale's error 0; none where the
    /// numbers are no head's before a camera.
    #[must_use]
    pub fn from_numbers(numbers: &[f64]) -> Option<Self> {
        let [
            a,
            b,
            c,
            yaw_deg,
            pitch_deg,
            roll_deg,
            x,
            y,
            px_per_mm,
            distance_mm,
        ] = *numbers
        else {
            return None;
        };
        let finite = numbers.iter().all(|number| number.is_finite());
        let size = a.min(b).min(c).min(px_per_mm);
        let nearest_mm = a.max(b).max(c);
        (finite && size > 0.0 && distance_mm > nearest_mm).then(|| {
            let pose = Pose {
                yaw_deg,
                pitch_deg,
                roll_deg,
            };
            let camera = Camera {
                centre_in_photo: DVec2::new(x, y),
                px_per_mm,
                distance_mm,
            };
            Self::posed(DVec3::new(a, b, c), pose, camera)
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn two() -> impl Strategy<Value = [f64; 2]> {
        proptest::array::uniform2(-2.0..2.0f64)
    }

    fn maybe() -> impl Strategy<Value = Option<[f64; 2]>> {
        proptest::option::of(two())
    }

    fn length() -> impl Strategy<Value = Option<KnownLength>> {
        let length = (two(), two(), 10.0..400.0f64);
        proptest::option::of(length.prop_map(|(from, to, mm)| KnownLength { from, to, mm }))
    }

    fn face() -> impl Strategy<Value = Placement> {
        let markers = (
            (two(), two(), two()),
            maybe(),
            maybe(),
            maybe(),
            maybe(),
            maybe(),
        );
        let ipd_mm = proptest::option::of(40.0..85.0f64);
        (markers, ipd_mm, length()).prop_map(
            |(
                ((right_pupil, left_pupil, chin), top, right_side, left_side, yaw_pitch_deg, iris),
                ipd_mm,
                known_length,
            )| {
                Placement::Face(FaceMarkers {
                    right_pupil,
                    left_pupil,
                    chin,
                    top,
                    right_side,
                    left_side,
                    ipd_mm,
                    yaw_pitch_deg,
                    known_length,
                    iris: iris.map(|[across, sd]| IrisWidth { across, sd }),
                })
            },
        )
    }

    fn outline() -> impl Strategy<Value = Placement> {
        let degrees = proptest::array::uniform3(-45.0..45.0f64);
        (0..VIEWS.len(), two(), two(), degrees, length()).prop_map(
            |(view, centre, half_axes, [roll_deg, tilt_deg, turn_deg], known_length)| {
                Placement::Outline(HeadOutline {
                    view: VIEWS[view],
                    centre,
                    half_axes,
                    roll_deg,
                    tilt_deg,
                    turn_deg,
                    known_length,
                })
            },
        )
    }

    /// Any placement.
    pub(crate) fn placement() -> impl Strategy<Value = Placement> {
        prop_oneof![face(), outline()]
    }

    proptest! {
        #[test]
        fn placements_come_back(placement in placement()) {
            prop_assert_eq!(Placement::from_numbers(&placement.to_numbers()), Some(placement));
        }

        #[test]
        fn looks_come_back(values in proptest::collection::vec(0.0..=1.0f64, ROWS.len()), seed: u32, zone in proptest::sample::select(Zone::ALL.to_vec()), rest in proptest::collection::vec(any::<f64>(), 0..3)) {
            let mut look = Look { seed, zone, ..Look::default() };
            for (row, t) in ROWS.iter().zip(values) {
                row.id.set(&mut look, row.min + t * (row.max - row.min));
            }
            let numbers: Vec<f64> = look.to_numbers().into_iter().chain(rest.clone()).collect();
            let (read, behind) = Look::from_numbers(&numbers).unwrap();
            prop_assert_eq!(read, look);
            prop_assert_eq!(behind.len(), rest.len());
        }

        #[test]
        fn heads_come_back(
            axes in proptest::array::uniform3(50.0..120.0f64), angles in proptest::array::uniform3(-170.0..170.0f64),
            centre in two(), px_per_mm in 0.1..20.0f64, distance_mm in 300.0..3000.0f64,
        ) {
            let [yaw_deg, pitch_deg, roll_deg] = angles;
            let pose = Pose { yaw_deg, pitch_deg, roll_deg };
            let camera = Camera { centre_in_photo: DVec2::from(centre), px_per_mm, distance_mm };
            let head = HeadModel::posed(DVec3::from(axes), pose, camera);
            prop_assert_eq!(HeadModel::from_numbers(&head.to_numbers()), Some(head));
        }

        #[test]
        fn no_numbers_panic(numbers in proptest::collection::vec(any::<f64>(), 0..30)) {
            let _ = Placement::from_numbers(&numbers);
            let _ = HeadModel::from_numbers(&numbers);
            let _ = Look::from_numbers(&numbers);
        }
    }
}
