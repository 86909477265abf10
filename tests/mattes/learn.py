#!/usr/bin/env python3
"""Learns the weights of src/vision/matte/labels.rs from the hand-made trimaps.

Development only; needs Python 3.10 or later and numpy. `cargo xtask vision`
writes what the matte decides by, cell by cell, into target/vision/*.evidence
for every photo that has a trimap; where it has a face, once more as if it had
none. This script fits a softmax to it (every photo counts alike, and within a
photo a label by the root of its share), prints what share of cells it labels
wrongly in each photo when that photo was left out of the learning, and writes
src/vision/matte/weights.rs.

    cargo xtask vision && OPENBLAS_NUM_THREADS=1 tests/mattes/learn.py && cargo fmt && cargo xtask vision

A fit then takes some 20 s and the leaving out some 6 minutes; with threads, longer.
"""
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / "target/vision"
WEIGHTS = ROOT / "src/vision/matte/weights.rs"
LABELS = 3
FEATURES = 22
# Cells taken of each photo, and how strongly weights are held to nought.
CELLS = 6000
HOLD = 3e-3
STEPS = 500
# How often a photo without a face counts beside one that has one and is read
# as if it had none.
FACELESS = 5


def photo(path):
    rows = np.fromfile(path, "<f4").reshape(-1, 2 + FEATURES).astype(float)
    rows = rows[np.random.default_rng(0).permutation(len(rows))]
    labels, has_face, features = rows[:, 0].astype(int), rows[0, 1] == 1, rows[:, 2:]
    counts = np.bincount(labels[:CELLS], minlength=LABELS)
    weights = 1 / np.sqrt(np.maximum(counts, 1))[labels[:CELLS]]
    return features, labels, weights / weights.sum(), has_face


def learn(photos):
    x = np.concatenate([features[:CELLS] for features, *_ in photos])
    y = np.eye(LABELS)[np.concatenate([labels[:CELLS] for _, labels, *_ in photos])]
    w = np.concatenate([weights for _, _, weights, _ in photos]) / len(photos)
    mean, spread = x.mean(0), x.std(0)
    # The first feature is 1 everywhere.
    mean[0], spread[0] = 0, 1
    # One that is the same in all photos says nothing.
    spread[spread == 0] = 1
    z = (x - mean) / spread
    at = np.zeros((LABELS, FEATURES))
    first, second = np.zeros_like(at), np.zeros_like(at)
    for step in range(1, STEPS + 1):
        scores = z @ at.T
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        held = at.copy()
        held[:, 0] = 0
        slope = ((shares - y) * w[:, None]).T @ z + HOLD * held
        # Adam (Kingma and Ba 2015).
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        at -= 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    weights = at / spread
    weights[:, 0] -= (weights * mean)[:, 1:].sum(1)
    return weights - weights.mean(0)


def wrong(weights, photo):
    features, labels, *_ = photo
    return np.mean((features @ weights.T).argmax(1) != labels)


def table(weights):
    numbers = lambda row: "        [\n" + "".join(f"            {round(1000 * weight)},\n" for weight in row) + "        ],\n"
    return "    [\n" + "".join(map(numbers, weights)) + "    ],\n"


def main():
    photos = {path.stem: photo(path) for path in sorted(EVIDENCE.glob("*.evidence"))}
    text = ""
    for has_face in (False, True):
        group = {}
        for name, one in photos.items():
            # Without a face a photo's two files are the same.
            if one[3] == has_face:
                group[name.removesuffix(".faceless")] = one
        times = {name: FACELESS if not photos[name][3] else 1 for name in group}
        weights = learn([one for name, one in group.items() for _ in range(times[name])])
        text += table(weights)
        left_out = []
        for name, one in group.items():
            others = [other for stem, other in group.items() if stem != name for _ in range(times[stem])]
            left_out.append(wrong(learn(others), one))
            print(f"{name:40} {100 * wrong(weights, one):5.1f} %  left out {100 * left_out[-1]:5.1f} %")
        print(f"left out: median {100 * np.median(left_out):.1f} %, worst {100 * max(left_out):.1f} %")
    head = WEIGHTS.read_text().split("= [")[0]
    WEIGHTS.write_text(f"{head}= [\n{text}];\n")


if __name__ == "__main__":
    main()
