"""Writes test/reference/xgboost-*.json, models that real XGBoost trained and saved and what it predicts with them, and
trainings.json, rows and what it predicts after training on them.

usage: python bench/referee/xgboost_reference.py [--cases binary,poisson] [--suffix=-1-7] OUTPUT_FOLDER
needs: pip install xgboost numpy        (any version from 1.7 on; the version is recorded in each file)
"""

import argparse
import base64
import json
import pathlib
import tempfile

import numpy as np
import xgboost as xgb

HOW = (
    "bench/referee/xgboost_reference.py: real XGBoost trains on seeded rows with missing values and ties, saves the "
    "model, and predicts other rows, some of them exactly at split points; no project code involved"
)


def rows(seed, count):
    """Six columns: smooth, rounded to one decimal (ties), small whole numbers, mostly missing, constant, all missing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 6)).astype(np.float32)
    x[:, 1] = np.round(x[:, 1], 1)
    x[:, 2] = rng.integers(0, 5, count)
    x[rng.random(count) < 0.15, 0] = np.nan
    x[rng.random(count) < 0.8, 3] = np.nan
    x[:, 4] = 7
    x[:, 5] = np.nan
    signal = np.nan_to_num(x[:, 0], nan=-0.5) + 0.8 * x[:, 1] * (x[:, 2] > 2) + np.nan_to_num(x[:, 3])
    return x, signal + rng.normal(scale=0.5, size=count)


CASES = {
    "binary": ({"objective": "binary:logistic", "max_depth": 4, "base_score": 0.3}, lambda s: s > 0),
    "regression": ({"objective": "reg:squarederror", "max_depth": 4, "lambda": 0.1}, lambda s: 10 * s),
    "logistic-regression": ({"objective": "reg:logistic", "max_depth": 3}, lambda s: 1 / (1 + np.exp(-s))),
    "poisson": ({"objective": "count:poisson", "max_depth": 3}, lambda s: np.floor(np.abs(3 * s))),
    "softprob": ({"objective": "multi:softprob", "num_class": 3, "max_depth": 2}, lambda s: np.digitize(s, [-0.5, 0.7])),
    "forest": (
        {"objective": "binary:logistic", "max_depth": 3, "num_parallel_tree": 3, "subsample": 0.6, "seed": 3},
        lambda s: s > 0,
    ),
    "lossguide": (
        {"objective": "binary:logistic", "grow_policy": "lossguide", "max_leaves": 9, "max_depth": 0, "gamma": 0.1},
        lambda s: s > 0.5,
    ),
    "constant-label": ({"objective": "binary:logistic", "max_depth": 2}, lambda s: s > 1e9),
    "ubjson": ({"objective": "binary:logistic", "max_depth": 3}, lambda s: s > 0),
}


TRAININGS = {
    "depthwise": {"objective": "binary:logistic", "max_depth": 4, "eta": 0.3},
    "regularized": {"objective": "binary:logistic", "max_depth": 5, "lambda": 3, "alpha": 0.5, "gamma": 0.3, "min_child_weight": 4},
    "lossguide": {"objective": "binary:logistic", "grow_policy": "lossguide", "max_leaves": 7, "max_depth": 0},
    "weighted": {"objective": "binary:logistic", "max_depth": 3, "scale_pos_weight": 2.5, "max_delta_step": 0.7},
    "squared error": {"objective": "reg:squarederror", "max_depth": 3, "base_score": 0.25},
    "counts": {"objective": "count:poisson", "max_depth": 3},
}


def trainings():
    """Rows with fewer distinct values than bins, where the histogram method has no choice of cuts, and margins after training."""
    x, signal = rows(21, 240)
    x[:, [0, 3]] = np.round(x[:, [0, 3]], 1)
    # three decimals, so that the numbers in the file are the numbers in memory
    labels = {"binary:logistic": signal > 0.2, "reg:squarederror": np.round(signal, 3), "count:poisson": np.floor(np.abs(2 * signal))}
    cases = []
    for why, parameters in TRAININGS.items():
        label = labels[parameters["objective"]].astype(np.float32)
        matrix = xgb.DMatrix(x, label)
        booster = xgb.train({"tree_method": "hist", "nthread": 1, **parameters}, matrix, 6)
        cases.append(
            {
                "why": why,
                "hyperparameters": {"num_round": "6", **{name: str(value) for name, value in parameters.items()}},
                "labels": label.astype(float).tolist(),
                "margins": booster.predict(matrix, output_margin=True).astype(float).tolist(),
            }
        )
    return {
        "how": "bench/referee/xgboost_reference.py: real XGBoost trains on the rows by the histogram method and predicts them; no project code involved",
        "xgboost": xgb.__version__,
        "rows": [[None if np.isnan(v) else float(v) for v in row] for row in x],
        "cases": cases,
    }


def at_split_points(booster, x):
    """Moves values onto the model's own thresholds, where `<` and `<=` part ways."""
    table = booster.trees_to_dataframe() if hasattr(booster, "trees_to_dataframe") else None
    splits = table[table.Feature != "Leaf"].drop_duplicates("Feature")
    for row, (_, split) in enumerate(splits.iterrows()):
        x[row, int(split.Feature.removeprefix("f"))] = np.float32(split.Split)
    return x


def case(name):
    parameters, label = CASES[name]
    x, signal = rows(11, 400)
    train = xgb.DMatrix(x, label(signal).astype(np.float32))
    booster = xgb.train({"tree_method": "hist", "nthread": 1, "seed": 1, **parameters}, train, 8)
    test = at_split_points(booster, rows(12, 60)[0])
    matrix = xgb.DMatrix(test)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / ("model.ubj" if name == "ubjson" else "model.json")
        booster.save_model(path)
        raw = path.read_bytes()
    return {
        "how": HOW,
        "xgboost": xgb.__version__,
        "model": base64.b64encode(raw).decode() if name == "ubjson" else json.loads(raw),
        "rows": [[None if np.isnan(v) else float(v) for v in row] for row in test],
        "margins": booster.predict(matrix, output_margin=True).astype(float).tolist(),
        "predictions": booster.predict(matrix).astype(float).tolist(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cases", default=",".join([*CASES, "gbdt-trainings"]))
    parser.add_argument("--suffix", default="")
    options = parser.parse_args()
    for name in options.cases.split(","):
        prefix = "" if name == "gbdt-trainings" else "xgboost-"
        path = options.folder / f"{prefix}{name}{options.suffix}.json"
        content = trainings() if name == "gbdt-trainings" else case(name)
        path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
