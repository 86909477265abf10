"""How our irises compare with MediaPipe's. Development only:

    pip install mediapipe==0.10.21 pillow
    cargo xtask vision
    python tests/vision/irises.py ../shared/photos/heads

reads target/vision/readings.jsonl and prints a row a photo: the width of the
irises by MediaPipe's iris_landmark (px, the mean of both, and by how much the
right one is wider), then how much wider ours and those of MediaPipe's mesh
with attention are, and how far all three kinds of centres (the third: the
middles between the lids) lie from iris_landmark's in percent of the distance
between them; last the distance between the pupils as a multiple of the iris'
width, by iris_landmark and by us, or why we have none. Faces turned by more
than 25 degrees are left out of the medians, and in ours those without irises.

target/vision/irises.png shows each eye as it is, and with our circle (green)
and iris_landmark's (blue).
"""
import json
import pathlib
import sys

import mediapipe as mp
import numpy as np
from google.protobuf import text_format
from mediapipe.calculators.core import split_vector_calculator_pb2  # noqa: F401, registers its options
from mediapipe.calculators.tensor import (  # noqa: F401
    image_to_tensor_calculator_pb2,
    inference_calculator_pb2,
    tensors_to_landmarks_calculator_pb2,
)
from mediapipe.framework import calculator_pb2
from mediapipe.python.solution_base import SolutionBase
from PIL import Image, ImageDraw, ImageOps

# Like MediaPipe's own graph, but for one eye that is cut out already.
GRAPH = """
input_stream: "image"
output_stream: "iris"
node {
  calculator: "ImageToTensorCalculator" input_stream: "IMAGE:image" output_stream: "TENSORS:input"
  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
    output_tensor_width: 64 output_tensor_height: 64 output_tensor_float_range { min: 0 max: 1 } } }
}
node {
  calculator: "InferenceCalculator" input_stream: "TENSORS:input" output_stream: "TENSORS:output"
  options { [mediapipe.InferenceCalculatorOptions.ext] {
    model_path: "mediapipe/modules/iris_landmark/iris_landmark.tflite" delegate { xnnpack {} } } }
}
node {
  calculator: "SplitTensorVectorCalculator" input_stream: "output" output_stream: "lids" output_stream: "points"
  options { [mediapipe.SplitVectorCalculatorOptions.ext] { ranges { begin: 0 end: 1 } ranges { begin: 1 end: 2 } } }
}
node {
  calculator: "TensorsToLandmarksCalculator" input_stream: "TENSORS:points" output_stream: "NORM_LANDMARKS:iris"
  options { [mediapipe.TensorsToLandmarksCalculatorOptions.ext] {
    num_landmarks: 5 input_image_width: 64 input_image_height: 64 } }
}
"""
# Corners of the right and the left eye, from the photo's left to its right.
CORNERS = [(33, 133), (362, 263)]
LIDS = [
    [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
    [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
]
# An eye's crop is so many times as wide as the eye, as MediaPipe has it.
CROP = 2.3
CELL = 192


def cut(picture, middle, along, size):
    """The square around a point, its sides along and across a vector as long as it."""
    across = np.array([-along[1], along[0]])
    corners = [middle - along / 2 - across / 2, middle - along / 2 + across / 2,
               middle + along / 2 + across / 2, middle + along / 2 - across / 2]
    more = max(1, int(np.ceil(np.linalg.norm(along) / size)))
    large = picture.transform((size * more,) * 2, Image.Transform.QUAD, np.ravel(corners).tolist(),
                              Image.Resampling.BILINEAR)
    return large.reduce(more)


def iris_landmark(model, picture, points, eye):
    """Five points of an iris: its centre, then around it."""
    left, right = (points[i] for i in CORNERS[eye])
    middle, along = (left + right) / 2, CROP * (right - left)
    crop = np.array(cut(picture, middle, along, 64))
    if eye == 0:  # the model knows left eyes
        crop = crop[:, ::-1].copy()
    found = np.array([[p.x, p.y] for p in model.process(crop).iris.landmark]) - 0.5
    if eye == 0:
        found[:, 0] *= -1
    return middle + found[:, :1] * along + found[:, 1:] * [-along[1], along[0]]


def attention(picture):
    """The same by the mesh with attention, for both eyes."""
    with mp.solutions.face_mesh.FaceMesh(max_num_faces=1, refine_landmarks=True) as theirs:
        theirs.process(np.array(picture))
        faces = theirs.process(np.array(picture)).multi_face_landmarks
    if not faces:
        return None
    found = np.array([[p.x, p.y] for p in faces[0].landmark]) * picture.size
    return [found[468:473], found[473:478]]


def across(irises):
    return np.array([np.linalg.norm(iris[1] - iris[3]) for iris in irises])


def cells(picture, points, eye, circles):
    left, right = (points[i] for i in CORNERS[eye])
    middle, along = (left + right) / 2, 1.7 * (right - left)
    plain = cut(picture, middle, along, CELL)
    drawn = plain.copy()
    pen, scale = ImageDraw.Draw(drawn), CELL / np.linalg.norm(along)
    axes = np.array([along, [-along[1], along[0]]]) / np.linalg.norm(along)
    for centre, width, colour in circles:
        x, y = (axes @ (centre - middle)) * scale + CELL / 2
        r = width / 2 * scale
        pen.ellipse([x - r, y - r, x + r, y + r], outline=colour)
    return [plain, drawn]


photos = pathlib.Path(sys.argv[1])
model = SolutionBase(graph_config=text_format.Parse(GRAPH, calculator_pb2.CalculatorGraphConfig()), outputs=["iris"])
rows, all_off = [], []
print(f"{'':40} theirs px  R/L %  ours %  att. %   centres % of IPD: ours  att.  lids   IPD/iris: theirs  ours")
for line in open("target/vision/readings.jsonl"):
    reading = json.loads(line)
    if "landmarks" not in reading:
        continue
    picture = ImageOps.exif_transpose(Image.open(photos / reading["file"])).convert("RGBA")
    black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    picture = Image.alpha_composite(black, picture).convert("RGB").resize(reading["size"], Image.LANCZOS)
    points = np.array(reading["landmarks"])
    theirs = [iris_landmark(model, picture, points, eye) for eye in (0, 1)]
    refined, ours = attention(picture), reading["irises"]
    found = isinstance(ours, dict)
    width = across(theirs).mean()
    centres = np.array([iris[0] for iris in theirs])
    apart = np.linalg.norm(centres[0] - centres[1])

    def off(others):
        return np.linalg.norm(np.array(others) - centres, axis=1).mean() / apart * 100

    numbers = [
        (ours["across_px"] / width - 1) * 100 if found else np.nan,
        (across(refined).mean() / width - 1) * 100 if refined else np.nan,
        off(ours["centres"]) if found else np.nan,
        off([iris[0] for iris in refined]) if refined else np.nan,
        off([points[lids].mean(0) for lids in LIDS]),
    ]
    yaw = np.radians(reading["measured"]["yaw_deg"])
    if abs(yaw) < np.radians(25):
        all_off.append(numbers + [ours["ipd_per_iris"] if found else np.nan, apart / np.cos(yaw) / width])
    both = across(theirs)
    told = f"{ours['ipd_per_iris']:.2f}" if found else ours
    print(f"{reading['file']:40} {width:9.1f} {(both[0] / both[1] - 1) * 100:+6.0f} {numbers[0]:+7.1f} {numbers[1]:+7.1f}"
          f" {numbers[2]:23.1f} {numbers[3]:5.1f} {numbers[4]:5.1f} {apart / np.cos(yaw) / width:18.2f}  {told}")
    row = Image.new("RGB", (4 * CELL, CELL + 14))
    pen = ImageDraw.Draw(row)
    pen.text((2, 1), f"{reading['file']}  {told}", fill="white")
    for eye in (0, 1):
        circles = [(centres[eye], both[eye], (70, 130, 255))]
        if found:
            circles.append((np.array(ours["centres"][eye]), ours["across_px"], (60, 255, 60)))
        for i, cell in enumerate(cells(picture, points, eye, circles)):
            row.paste(cell, ((2 * eye + i) * CELL, 14))
    rows.append(row)
all_off = np.array(all_off)
names = ["ours wider %", "attention wider %", "our centres off %", "attention's %", "lids' middles %", "our IPD/iris",
         "their IPD/iris"]
for name, column in zip(names, all_off.T):
    column = column[~np.isnan(column)]
    median = np.median(column)
    spread = 1.4826 * np.median(abs(column - median))
    print(f"{name:20} {len(column):3}  median {median:5.2f}  spread {spread:5.2f}  SD {column.std():5.2f}")
sheet = Image.new("RGB", (2 * rows[0].width, (len(rows) + 1) // 2 * rows[0].height))
for i, row in enumerate(rows):
    sheet.paste(row, (i % 2 * row.width, i // 2 * row.height))
sheet.save("target/vision/irises.png")
