//! Entry point of the render worker.

fn main() {
    smp_visualizer::platform::worker_host::start();
}
