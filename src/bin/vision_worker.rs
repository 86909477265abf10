//! Entry point of the vision worker.

fn main() {
    smp_visualizer::platform::vision_host::start();
}
