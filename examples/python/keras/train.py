"""A small convolutional network of Keras (on TensorFlow) on Fashion-MNIST."""

import keras
import numpy as np
from keras import layers

import cifer_trainer


def network():
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(8, 3, padding="same", activation="relu"),
                             layers.MaxPooling2D(), layers.Conv2D(16, 3, padding="same", activation="relu"),
                             layers.MaxPooling2D(), layers.Flatten(), layers.Dense(64, activation="relu"),
                             layers.Dense(10)])


def data(path, purpose):
    with np.load(path) as file:
        return file["x"][..., None].astype(np.float32) / 255, file["y"].astype(np.int32)


class Progress(keras.callbacks.Callback):
    def __init__(self, progress):
        super().__init__()
        self.progress = progress

    def on_train_batch_end(self, batch, logs=None):
        self.progress(batch + 1, self.params["steps"])


def compiled(rate=0.0):
    net = network()
    net.compile(optimizer=keras.optimizers.SGD(rate, momentum=0.9), metrics=["accuracy"],
                loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return net


# ---- what makes it a trainer: weights get a name by their place, since Keras numbers its layers anew
def values(net):
    return {"%02d" % place: array for place, array in enumerate(net.get_weights())}


def loaded(model, rate=0.0):
    net = compiled(rate)
    net.set_weights([model[name] for name in sorted(model)])
    return net


def initial(seed):
    keras.utils.set_random_seed(seed)
    return values(network())


def train(model, data, config):
    keras.utils.set_random_seed(config.seed)
    net = loaded(model, config.learning_rate)
    net.fit(*data, batch_size=config.batch_size, epochs=config.local_epochs, verbose=0,
            callbacks=[Progress(config.progress)])
    return values(net)


def evaluate(model, data):
    loss, accuracy = loaded(model).evaluate(*data, batch_size=500, verbose=0)
    return {"loss": loss, "accuracy": accuracy}


if __name__ == "__main__":
    cifer_trainer.serve(initial, data, train, evaluate, examples=lambda data: len(data[1]))
