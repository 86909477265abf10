"""How far the face points lie from MediaPipe's own. Development only:

    pip install mediapipe==0.10.21 pillow
    cargo xtask vision
    python tests/vision/landmarks.py ../shared/photos/heads

reads target/vision/readings.jsonl and prints a row a photo: the mean and the
largest distance in percent of the distance between the eyes, and the median
of the means. MediaPipe sees each photo twice, so that it too looks a second
time at the square that the first points make.
"""
import json
import pathlib
import statistics
import sys

import mediapipe as mp
import numpy as np
from PIL import Image, ImageOps

photos = pathlib.Path(sys.argv[1])
means = []
for line in open("target/vision/readings.jsonl"):
    reading = json.loads(line)
    if "landmarks" not in reading:
        continue
    picture = ImageOps.exif_transpose(Image.open(photos / reading["file"])).convert("RGBA")
    black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    width, height = reading["size"]
    picture = np.array(Image.alpha_composite(black, picture).convert("RGB").resize((width, height), Image.LANCZOS))
    with mp.solutions.face_mesh.FaceMesh(static_image_mode=False, max_num_faces=1) as theirs:
        theirs.process(picture)
        faces = theirs.process(picture).multi_face_landmarks
    if not faces:
        print(f"{reading['file']:44} MediaPipe sees none")
        continue
    ours = np.array(reading["landmarks"])
    eyes = np.linalg.norm(ours[[33, 133]].mean(0) - ours[[263, 362]].mean(0))
    off = np.linalg.norm(ours - [[p.x * width, p.y * height] for p in faces[0].landmark], axis=1) / eyes * 100
    turned = reading["measured"]
    print(f"{reading['file']:44} mean {off.mean():5.2f} %  largest {off.max():5.2f} %  "
          f"yaw {turned['yaw_deg']:4.0f}°  pitch {turned['pitch_deg']:4.0f}°")
    means.append(off.mean())
print(f"median of {len(means)}: {statistics.median(means):.2f} %")
