"""Trains real XGBoost on a training set that Headgate sealed and compares it with the model Headgate trained.

    python bench/referee/compare_auc.py TRAINING_SET_FOLDER MODEL_TAR_GZ RELEASE_JSON

Prints one JSON object: test AUC of Headgate's model (scored by real XGBoost from its file), of real XGBoost trained with the same
hyperparameters on the same rows, and the largest difference between the two scorers' margins on the test rows when the
scores Headgate's container gave are passed as a fourth argument. Needs xgboost, pandas, pyarrow, scikit-learn.
"""
import json
import sys
import tarfile
import time

import numpy as np
import pandas as pd
import xgboost
from sklearn.metrics import roc_auc_score

folder, model_archive, release_file = sys.argv[1:4]
release = json.load(open(release_file))
train = pd.read_parquet(f"{folder}/train/part-0.parquet")
validation = pd.read_parquet(f"{folder}/validation/part-0.parquet")
test = np.loadtxt(f"{folder}/test/features.csv", delimiter=",", ndmin=2)
labels = np.loadtxt(f"{folder}/test/labels.csv", ndmin=1)


def matrix(frame):
    return xgboost.DMatrix(frame.iloc[:, 1:].to_numpy(dtype=np.float32), label=frame.iloc[:, 0])


with tarfile.open(model_archive) as archive:
    raw = archive.extractfile("xgboost-model").read()
ours = xgboost.Booster()
ours.load_model(bytearray(raw))
rows = xgboost.DMatrix(test.astype(np.float32))
our_margins = ours.predict(rows, output_margin=True)

parameters = {name: value for name, value in release["training"]["hyperparameters"].items() if name != "num_round"}
parameters.setdefault("objective", "binary:logistic")
parameters["tree_method"] = "hist"
parameters["nthread"] = 2
started = time.time()
theirs = xgboost.train(parameters, matrix(train), int(release["training"]["hyperparameters"]["num_round"]), [(matrix(validation), "validation")], verbose_eval=False)
seconds = time.time() - started
answer = {
    "xgboost": xgboost.__version__,
    "rows": {"train": len(train), "validation": len(validation), "test": len(test)},
    "aucHeadgate": roc_auc_score(labels, our_margins),
    "aucXgboost": roc_auc_score(labels, theirs.predict(rows)),
    "secondsXgboost": round(seconds, 2),
    "secondsHeadgate": release["training"]["seconds"],
}
if len(sys.argv) > 4:
    scores = np.loadtxt(sys.argv[4], ndmin=1)
    answer["largestScoreDifference"] = float(np.abs(scores - ours.predict(rows)).max())
answer["difference"] = answer["aucHeadgate"] - answer["aucXgboost"]
print(json.dumps(answer, indent=1))
