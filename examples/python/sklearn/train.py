"""Logistic regression of scikit-learn on the breast cancer table: benign or malignant."""

import csv

import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss

import cifer_trainer

# About the largest value of each of the ten measures, the same for everybody; the errors are a tenth of it.
LARGEST = np.array([30, 40, 200, 2500, 0.2, 0.4, 0.5, 0.2, 0.3, 0.1])
SCALE = np.concatenate([LARGEST, LARGEST / 10, LARGEST])


def data(path, purpose):
    with open(path, encoding="utf-8") as file:
        rows = np.array(list(csv.reader(file))[1:], dtype=np.float64)
    return rows[:, :30] / SCALE, rows[:, 30].astype(int)


def fit(x, y, coef, intercept, rate, epochs, seed):
    classifier = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=rate, max_iter=epochs, tol=None,
                               random_state=seed)
    return classifier.fit(x, y, coef_init=coef, intercept_init=intercept)


# ---- what makes it a trainer
def initial(seed):
    return {"coef": np.zeros((1, 30)), "intercept": np.zeros(1)}


def train(model, data, config):
    fitted = fit(*data, model["coef"], model["intercept"], config.learning_rate, config.local_epochs, config.seed)
    return {"coef": fitted.coef_, "intercept": fitted.intercept_}


def evaluate(model, data):
    p = 1 / (1 + np.exp(-(data[0] @ model["coef"][0] + model["intercept"][0])))
    return {"loss": log_loss(data[1], p), "accuracy": ((p > 0.5) == data[1]).mean()}


if __name__ == "__main__":
    cifer_trainer.serve(initial, data, train, evaluate, examples=lambda data: len(data[1]))
