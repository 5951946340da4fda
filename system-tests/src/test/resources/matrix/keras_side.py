"""Keras's side of ModelMatrixSystemTest: makes the data and the Keras models, then opens results.

python keras_side.py FASHION_MNIST.npz FOLDER

Then for each line {"model": FILE, "outputs": FILE.npy} of standard input: how far Keras's outputs for
the test images are from those in the file.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

SIDE, CLASSES, PER_CLIENT, TEST = 14, 4, 48, 40
source, folder = np.load(sys.argv[1]), sys.argv[2]


def small(images):
    """Means of 2 x 2 pixels."""
    return images.reshape(len(images), SIDE, 2, SIDE, 2).mean((2, 4)).round().astype("u1")


def cut(name, wanted, order):
    x, y = source["x_" + name], source["y_" + name].astype("i8")
    chosen = order.permutation(np.flatnonzero(y < CLASSES))[:wanted]
    return small(x[chosen]), y[chosen]


def feature(value):
    if isinstance(value, bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def write(name, x, y):
    np.savez("%s/%s.npz" % (folder, name), x=x, y=y)
    with open("%s/%s.csv" % (folder, name), "w") as out:
        out.write(",".join("pixel_%d" % i for i in range(SIDE * SIDE)) + ",label\n")
        for image, label in zip(x, y):
            out.write(",".join(map(str, image.reshape(-1))) + ",%d\n" % label)
    pngs = [tf.io.encode_png(image[..., None]).numpy() for image in x]
    with tf.io.TFRecordWriter("%s/%s.tfrecord" % (folder, name)) as out:
        for png, label in zip(pngs, y):
            record = {"image": feature(png), "label": feature(int(label))}
            out.write(tf.train.Example(features=tf.train.Features(feature=record)).SerializeToString())
    for i, (png, label) in enumerate(zip(pngs, y)):
        path = "%s/%s/%d/%03d.png" % (folder, name, label, i)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(png)


order = np.random.default_rng(5)
x, y = cut("train", 3 * PER_CLIENT, order)
for client in range(3):
    part = slice(client * PER_CLIENT, (client + 1) * PER_CLIENT)
    write("client-%d" % (client + 1), x[part], y[part])
test_x, test_y = cut("test", TEST, order)
# A folder of images has its examples by class; so do all forms here, and outputs can be compared.
by_class = np.argsort(test_y, kind="stable")
write("test", test_x[by_class], test_y[by_class])
inputs = test_x[by_class, ..., None].astype("f4") / 255

keras.utils.set_random_seed(1)
model = keras.Sequential(
    [
        keras.Input((SIDE, SIDE, 1)),
        keras.layers.Conv2D(4, 3, strides=2, activation="relu"),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.Flatten(),
        keras.layers.Dense(CLASSES, activation="softmax"),
    ]
)
model.save(folder + "/model.h5")
model.save(folder + "/model.keras")
print("ready", flush=True)

for line in sys.stdin:
    request = json.loads(line)
    opened = keras.models.load_model(request["model"], compile=False)
    print(np.abs(opened.predict(inputs, verbose=0) - np.load(request["outputs"])).max(), flush=True)
