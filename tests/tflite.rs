//! The interpreter against LiteRT: every operator on a model of its own, and
//! the whole models. The answers are stored; `tests/tflite/reference.py` made
//! them.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests may stop at the first surprise, and say what they skip"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proptest::prelude::*;
use serde::Deserialize;
use smp_visualizer::vision::tflite::{Model, ModelError, Network};

#[derive(Deserialize)]
struct Fixture {
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
}

#[derive(Deserialize)]
struct Tensor {
    shape: Vec<usize>,
    data: Vec<f32>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The one-operator models, each with its file and LiteRT's answer.
fn operators() -> &'static [(String, Vec<u8>, Fixture)] {
    static READ: OnceLock<Vec<(String, Vec<u8>, Fixture)>> = OnceLock::new();
    READ.get_or_init(read_operators)
}

fn read_operators() -> Vec<(String, Vec<u8>, Fixture)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder("tests/tflite/ops"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "tflite"))
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let answer = fs::read_to_string(path.with_extension("json")).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (
            name,
            fs::read(&path).unwrap(),
            serde_json::from_str(&answer).unwrap(),
        )
    };
    files.into_iter().map(read).collect()
}

fn worst(found: &[f32], wanted: &[f32]) -> f32 {
    let off = |(a, b): (&f32, &f32)| (a - b).abs();
    found.iter().zip(wanted).map(off).fold(0.0, f32::max)
}

#[test]
fn every_operator_gives_what_litert_gives() {
    let operators = operators();
    assert!(operators.len() > 30, "{} operators", operators.len());
    for (name, file, answer) in operators {
        let mut network = Network::new(file).unwrap_or_else(|e| panic!("{name}: {e}"));
        let [input] = answer.inputs.as_slice() else {
            panic!("{name}: not one input")
        };
        assert_eq!(
            network.input().len(),
            input.shape.iter().product::<usize>(),
            "{name}"
        );
        let outputs = network.run(&input.data).unwrap();
        assert_eq!(outputs.len(), answer.outputs.len(), "{name}");
        for (found, wanted) in outputs.iter().zip(&answer.outputs) {
            assert_eq!(found.len(), wanted.data.len(), "{name}");
            let off = worst(found, &wanted.data);
            assert!(off < 1e-5, "{name}: off by {off}");
        }
    }
}

#[test]
fn a_second_run_is_the_first_again() {
    for (name, file, answer) in operators() {
        let mut network = Network::new(file).unwrap();
        let input = &answer.inputs[0].data;
        let first: Vec<Vec<f32>> = network
            .run(input)
            .unwrap()
            .iter()
            .map(|out| out.to_vec())
            .collect();
        network.run(&vec![0.7; input.len()]).unwrap();
        assert_eq!(network.run(input).unwrap(), first, "{name}");
    }
}

/// All operators' answers, bit for bit: the same natively and in wasm. Where a
/// kernel's sums are meant to change, the failure says the new number.
const FINGERPRINT: u64 = 0x7b42_8db9_78ba_7293;

#[test]
fn every_machine_gives_the_same_bits() {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (_, file, answer) in operators() {
        let mut network = Network::new(file).unwrap();
        let outputs = network.run(&answer.inputs[0].data).unwrap();
        for value in outputs.concat() {
            for byte in value.to_bits().to_le_bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            }
        }
    }
    assert_eq!(hash, FINGERPRINT, "{hash:#x}");
}

#[test]
fn an_input_of_another_size_is_an_error() {
    let (_, file, _) = &operators()[0];
    let mut network = Network::new(file).unwrap();
    let expected = network.input();
    assert_eq!(
        network.run(&[0.0; 7]),
        Err(ModelError::Input { expected, found: 7 })
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_damaged_model_is_an_error_and_never_a_panic(
        which in 0usize..1000,
        flips in proptest::collection::vec((0usize..1_000_000, any::<u8>()), 1..6),
        cut in proptest::option::of(0usize..1_000_000),
    ) {
        let (_, file, _) = &operators()[which % operators().len()];
        let mut file = file.clone();
        for (place, byte) in flips {
            let place = place % file.len();
            file[place] = byte;
        }
        if let Some(cut) = cut {
            file.truncate(cut % file.len());
        }
        if let Ok(mut network) = Network::new(&file) {
            let len = network.input().len();
            prop_assume!(len < 100_000);
            network.run(&vec![0.5; len]).unwrap();
        }
    }
}

#[test]
fn a_model_cut_anywhere_is_an_error_or_runs() {
    for (_, file, _) in operators() {
        for cut in 0..file.len() {
            if let Ok(mut network) = Network::new(&file[..cut]) {
                let input = vec![0.5; network.input().len()];
                network.run(&input).unwrap();
            }
        }
    }
}

#[derive(Deserialize)]
struct WholeAnswer {
    outputs: Vec<Sampled>,
}

#[derive(Deserialize)]
struct Sampled {
    shape: Vec<usize>,
    stride: usize,
    data: Vec<f32>,
}

/// The picture that `tests/tflite/reference.py` makes, 0–1.
fn pattern(height: usize, width: usize) -> Vec<f32> {
    let wave = |t: f64| 2.0 * (2.0 * (t - (t + 0.5).floor())).abs() - 1.0;
    let value = |i: usize| {
        let (place, c) = (i / 3, i % 3);
        let (y, x) = ((place / width) as f64, (place % width) as f64);
        let hash = (i as u64 * 2_654_435_761 + 12345) % (1 << 32);
        let noise = f64::from(((hash >> 8) & 0xffff) as u32 as f32 / 65535.0);
        let smooth = wave(x * 7.0 / width as f64) * wave(y * 5.0 / height as f64);
        0.5 + 0.35 * smooth + 0.1 * (noise - 0.5) + 0.02 * c as f64
    };
    (0..height * width * 3).map(|i| value(i) as f32).collect()
}

/// As the script's: the person model is too sure of the plain picture.
fn somebody(side: usize, picture: &mut [f32]) {
    for (i, value) in picture.iter_mut().enumerate() {
        let place = |at: usize| at as f64 / side as f64;
        let (y, x) = (place(i / 3 / side) - 0.55, place(i / 3 % side) - 0.5);
        let inside = y * y / 0.09 + x * x / 0.05 < 1.0;
        *value *= if inside { 0.5 } else { 0.0 };
    }
}

#[test]
fn whole_models_give_what_litert_gives() {
    for name in ["detector", "landmark", "selfie"] {
        // Before the weights are rounded: the answers are of those.
        let path = folder("target/models/original").join(format!("{name}.tflite"));
        let Ok(file) = fs::read(&path) else {
            println!(
                "skipped: {} is not there; `cargo xtask models` makes it",
                path.display()
            );
            continue;
        };
        let answer =
            fs::read_to_string(folder("tests/tflite/models").join(format!("{name}.json"))).unwrap();
        let answer: WholeAnswer = serde_json::from_str(&answer).unwrap();
        let mut network = Network::new(&file).unwrap();
        let [_, height, width, _] = network.input().0;
        let mut input = pattern(height, width);
        match name {
            "detector" => input.iter_mut().for_each(|v| *v = 2.0 * *v - 1.0),
            "selfie" => somebody(width, &mut input),
            _ => {}
        }
        let outputs = network.run(&input).unwrap();
        assert_eq!(outputs.len(), answer.outputs.len(), "{name}");
        for (found, wanted) in outputs.iter().zip(&answer.outputs) {
            assert_eq!(
                found.len(),
                wanted.shape.iter().product::<usize>(),
                "{name}"
            );
            let found: Vec<f32> = found.iter().step_by(wanted.stride).copied().collect();
            assert_eq!(found.len(), wanted.data.len(), "{name}");
            let largest = wanted.data.iter().fold(1.0f32, |most, v| most.max(v.abs()));
            let off = worst(&found, &wanted.data) / largest;
            assert!(off < 2e-4, "{name}: off by {off} of {largest}");
        }
    }
}
