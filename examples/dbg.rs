use glam::DVec2;
use smp_visualizer::codec::{Limit, WORKING_EDGE, decode};
use smp_visualizer::vision::{
    crop::Pyramid,
    face::find_faces,
    models::Models,
    person::person,
    silhouette::{head_square, scalp_edges},
};
fn main() {
    let mut models = Models::by_name(|f| std::fs::read(format!("target/models/{f}")))
        .unwrap()
        .unwrap();
    for p in std::env::args().skip(1) {
        let photo = decode(&std::fs::read(&p).unwrap(), Limit::Edge(WORKING_EDGE))
            .unwrap()
            .photo;
        let py = Pyramid::new(&photo);
        let faces = find_faces(&photo, &py, &mut models, &mut || true).unwrap();
        let f = &faces[0];
        let mask = person(&mut *models.person, &py, &head_square(f)).unwrap();
        let e = scalp_edges(&photo, f, &mask);
        println!("{p} {e:?} size {}x{}", photo.width(), photo.height());
        let [a, b] = f.pupils();
        let eyes = (a + b) * 0.5;
        let s = f.pose.px_per_mm;
        let (sin, cos) = mask.square.turn.sin_cos();
        let up = DVec2::new(sin, -cos);
        let right = DVec2::new(cos, sin);
        for off in [-45, -24, 0, 24, 45] {
            print!("off {off}: ");
            for mm in (70..165).step_by(3) {
                let q = eyes + right * (off as f64 * s) + up * (mm as f64 * s);
                print!("{:.0}:{:.2} ", q.y, mask.at(q).unwrap_or(-1.0));
            }
            println!();
        }
    }
}
