//! Impressions on a placed head: what density means, on the skin and in the
//! picture.

mod support;

use std::sync::OnceLock;

use glam::{DVec2, DVec3};
use smp_visualizer::engine::candidates::{Candidates, candidates};
use smp_visualizer::engine::dots::{Shown, changes, visible};
use smp_visualizer::engine::head::{Camera, HeadModel, Pose};
use smp_visualizer::engine::impressions::{Changes, Dot};
use smp_visualizer::engine::life::{Life, Moment};
use smp_visualizer::engine::look::{Density, Look};
use smp_visualizer::engine::outline::outline;
use smp_visualizer::engine::projection::{Projection, project};
use smp_visualizer::engine::region::{Grid, SignedDistance, signed_distance};

const SIZE: u32 = 1000;

/// A narrower and longer head than the standard one, seen from above and a
/// little from the front, so that nothing is right by accident.
fn head() -> HeadModel {
    let camera = Camera {
        centre_in_photo: DVec2::new(500.0, 500.0),
        px_per_mm: 4.5,
        distance_mm: 1200.0,
    };
    let pose = Pose {
        yaw_deg: 10.0,
        pitch_deg: 70.0,
        roll_deg: -15.0,
    };
    HeadModel::posed(DVec3::new(71.0, 92.0, 101.0), pose, camera)
}

fn all() -> &'static Candidates {
    static ALL: OnceLock<Candidates> = OnceLock::new();
    ALL.get_or_init(|| candidates(1, 300.0))
}

struct Scene {
    head: HeadModel,
    grid: Grid,
    distance: SignedDistance,
    projection: Projection,
}

fn scene() -> Scene {
    let head = head();
    let grid = Grid::new(head.semi_axes_mm);
    let mut distance = SignedDistance::default();
    let line = outline(&Look::default().hairline, head.semi_axes_mm);
    signed_distance(&grid, &line, &mut distance);
    let projection = project(all(), 1, &head, &grid, [SIZE, SIZE], false);
    Scene {
        head,
        grid,
        distance,
        projection,
    }
}

impl Scene {
    fn shown(&self, per_cm2: f64) -> Shown {
        let mut shown = Shown::default();
        let look = Look::default();
        let density = Density {
            per_cm2,
            ..look.density
        };
        visible(
            &self.projection,
            &self.distance,
            &look.hairline,
            &density,
            &Life::at(&Moment::HEALED),
            &mut shown,
        );
        shown
    }

    fn dots(&self, per_cm2: f64) -> Vec<Dot> {
        self.shown(per_cm2).dots(&self.projection)
    }

    /// Where density is finished: far behind the line, facing the camera.
    fn is_finished(&self, p_mm: DVec3) -> bool {
        self.distance.at(self.grid.cell(p_mm)) > 36.0 && self.head.facing(p_mm) > 0.45
    }
}

#[test]
fn raising_the_density_only_ever_adds_impressions() {
    let scene = scene();
    let mut before = scene.shown(20.0);
    assert!(before.len() > 2000, "{}", before.len());
    for per_cm2 in [21.0, 24.0, 30.0, 36.0, 44.0, 110.0, 160.0, 250.0] {
        let now = scene.shown(per_cm2);
        let (old, new) = (before.dots(&scene.projection), now.dots(&scene.projection));
        assert_eq!((old.len(), new.len()), (before.len(), now.len()));
        let mut kept = new.iter();
        let stays = |dot: &Dot| kept.any(|other| other == dot);
        assert!(old.iter().all(stays), "some are gone at {per_cm2}");
        assert!(new.len() > old.len(), "nothing new at {per_cm2}");
        before = now;
    }
}

#[test]
fn changes_are_what_makes_the_new_list_of_the_old() {
    let scene = scene();
    let list = |shown: &Shown| shown.dots(&scene.projection);
    let between = |old: &Shown, new: &Shown| changes(&scene.projection, old, new);
    let (few, more) = (scene.shown(100.0), scene.shown(104.0));
    let up = between(&few, &more).expect("a step is few changes");
    assert!(up.gone.is_empty() && !up.come.is_empty());
    // A merge in drawing order: old and what has come.
    let mut come = up.come.iter().peekable();
    let mut old = list(&few).into_iter();
    for dot in list(&more) {
        if come.peek() == Some(&&dot) {
            come.next();
        } else {
            assert_eq!(old.next(), Some(dot));
        }
    }
    assert!(come.next().is_none() && old.next().is_none());
    let down = between(&more, &few).expect("and down again");
    assert_eq!((down.gone, down.come), (up.come, vec![]));
    assert_eq!(between(&few, &few), Some(Changes::default()));
    assert_eq!(between(&few, &scene.shown(200.0)), None, "a leap");
    assert_eq!(between(&Shown::default(), &few), None, "another projection");
}

#[test]
fn density_on_the_skin_is_what_was_asked_for() {
    let scene = scene();
    for per_cm2 in [40.0, 110.0, 220.0] {
        let dots: Vec<Dot> = scene.dots(per_cm2);
        // Discs of skin with 100 impressions each, counted on the skin: what
        // the picture shows denser towards the silhouette is no denser there.
        let radius_mm = (100.0 / (per_cm2 / 100.0) / std::f64::consts::PI).sqrt();
        let places: Vec<DVec3> = dots
            .iter()
            .filter_map(|d| {
                let q = DVec2::new(f64::from(d.x), f64::from(d.y));
                scene.head.scalp_from_photo(q)
            })
            .collect();
        let mut errors = Vec::new();
        for centre in places.iter().step_by(places.len() / 300) {
            let rim = (0..8).all(|i| {
                let (u, v) = scene.head.tangents(*centre);
                let (s, c) = libm::sincos(f64::from(i) * std::f64::consts::FRAC_PI_4);
                let p = *centre + (u * c + v * s) * radius_mm;
                let p = p / (p / scene.head.semi_axes_mm).length();
                scene.is_finished(p)
            });
            if !rim {
                continue;
            }
            let near = |p: &&DVec3| p.distance(*centre) < radius_mm;
            let count = places.iter().filter(near).count() as f64;
            // A cap cut by a chord of that length has the disc's area on a
            // sphere, and on so little of a head to within a percent.
            errors.push(count / 100.0 - 1.0);
        }
        assert!(errors.len() > 40, "{} discs", errors.len());
        let n = errors.len() as f64;
        let rms = (errors.iter().map(|e| e * e).sum::<f64>() / n).sqrt();
        let mean = errors.iter().sum::<f64>() / n;
        // The places of units err by 3 %, and which of them are pairs by 4 %.
        assert!(rms < 0.07, "{per_cm2}/cm²: RMS {rms:.3}");
        assert!(mean.abs() < 0.02, "{per_cm2}/cm²: mean {mean:.3}");
    }
}

#[test]
fn towards_the_silhouette_impressions_are_denser_and_flatter() {
    let scene = scene();
    // Skin that faces us squarely, and skin turned away by some 63°.
    let is_middle = |facing: f64| facing > 0.9;
    let is_edge = |facing: f64| (0.45..0.5).contains(&facing);
    let mut count = [0.0, 0.0];
    for d in scene.dots(110.0) {
        let q = DVec2::new(f64::from(d.x), f64::from(d.y));
        let Some(p) = scene.head.scalp_from_photo(q) else {
            continue;
        };
        let facing = scene.head.facing(p);
        // A circle of skin seen aslant is an ellipse as flat as it is turned
        // away.
        let [sxx, sxy, syy] = [d.sxx, d.sxy, d.syy].map(f64::from);
        let spread = ((sxx - syy) * (sxx - syy) + 4.0 * sxy * sxy).sqrt();
        let flatness = ((sxx + syy - spread) / (sxx + syy + spread)).sqrt();
        assert!(
            (flatness - facing).abs() < 0.06,
            "{flatness:.3} at {facing:.3}"
        );
        if scene.is_finished(p) {
            count[0] += f64::from(u8::from(is_middle(facing)));
            count[1] += f64::from(u8::from(is_edge(facing)));
        }
    }
    let mut pixels = [0.0, 0.0];
    for i in 0..SIZE * SIZE / 4 {
        let (x, y) = (i % (SIZE / 2) * 2, i / (SIZE / 2) * 2);
        let q = DVec2::new(f64::from(x), f64::from(y));
        if let Some(p) = scene
            .head
            .scalp_from_photo(q)
            .filter(|p| scene.is_finished(*p))
        {
            let facing = scene.head.facing(p);
            pixels[0] += 4.0 * f64::from(u8::from(is_middle(facing)));
            pixels[1] += 4.0 * f64::from(u8::from(is_edge(facing)));
        }
    }
    assert!(count[0] > 500.0 && count[1] > 100.0, "{count:?}");
    let denser = (count[1] / pixels[1]) / (count[0] / pixels[0]);
    // 0.95 / 0.475, and a little for the perspective.
    assert!((1.8..2.3).contains(&denser), "{denser:.3}");
}

/// Where the photo ends the head and not the ellipsoid, the skin is covered alike
/// up to its silhouette and over it: no pale rim.
#[test]
fn the_silhouette_is_covered_as_all_else_is() {
    let head = head();
    let grid = Grid::new(head.semi_axes_mm);
    let projection = project(all(), 1, &head, &grid, [SIZE, SIZE], true);
    let scene = Scene {
        head,
        grid,
        distance: SignedDistance::deep_inside(),
        projection,
    };
    let shown = scene.shown(Look::default().density.per_cm2);
    let outline = head.silhouette_ellipse();
    let beyond_mm = |x: f64, y: f64| outline.beyond(DVec2::new(x, y)) / head.camera.px_per_mm;
    // Dots' and halos' coverage and the photo's area by distance from the silhouette.
    let bands = [-30.0, -8.0, -4.0, -1.0, 1.0, 2.8];
    let band = |mm: f64| (1..bands.len()).find(|i| (bands[i - 1]..bands[*i]).contains(&mm));
    let (mut covered, mut area) = ([[0.0; 2]; 6], [0.0; 6]);
    for dot in shown.dots(&scene.projection) {
        if let Some(i) = band(beyond_mm(f64::from(dot.x), f64::from(dot.y))) {
            covered[i][0] += f64::from(dot.area_px);
            covered[i][1] += f64::from(dot.halo_px);
        }
    }
    for i in 0..SIZE * SIZE {
        let (x, y) = (f64::from(i % SIZE) + 0.5, f64::from(i / SIZE) + 0.5);
        if let Some(i) = band(beyond_mm(x, y)) {
            area[i] += 1.0;
        }
    }
    let shares: Vec<[f64; 2]> = covered
        .iter()
        .zip(area)
        .skip(1)
        .map(|(covered, area)| covered.map(|sum| sum / area))
        .collect();
    for (band, [dots, halos]) in shares.iter().enumerate() {
        let ratios = [dots / shares[0][0], halos / shares[0][1]];
        let alike = ratios.iter().all(|ratio| (0.85..1.15).contains(ratio));
        assert!(alike, "up to {} mm: {ratios:?}", bands[band + 1]);
    }
}
