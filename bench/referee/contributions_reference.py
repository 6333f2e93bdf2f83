"""Writes test/reference/contributions.json: what real XGBoost says that each feature contributed (pred_contribs) to the
scores of rows by the models in test/reference/xgboost-*.json, missing values included.

usage: python bench/referee/contributions_reference.py TEST_REFERENCE_FOLDER
needs: pip install "xgboost>=3.2" numpy
"""

import base64
import json
import pathlib
import sys
import tempfile

import numpy as np
import xgboost as xgb

HOW = (
    "bench/referee/contributions_reference.py: real XGBoost loads the models of test/reference/xgboost-*.json and gives "
    "pred_contribs of the first rows beside them (null is missing); one list per row, per output for several outputs, "
    "bias last; no project code involved"
)
ROWS = 25


def contributions(path):
    reference = json.loads(path.read_text())
    model = reference["model"]
    raw = base64.b64decode(model) if isinstance(model, str) else json.dumps(model).encode()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / ("model.ubj" if isinstance(model, str) else "model.json")
        file.write_bytes(raw)
        booster = xgb.Booster({"nthread": 1}, model_file=file)
    rows = np.array([[np.nan if v is None else v for v in row] for row in reference["rows"][:ROWS]], dtype=np.float32)
    return booster.predict(xgb.DMatrix(rows), pred_contribs=True)


def main():
    folder = pathlib.Path(sys.argv[1])
    cases = {path.name: contributions(path) for path in sorted(folder.glob("xgboost-*.json"))}
    content = {
        "how": HOW,
        "xgboost": xgb.__version__,
        # seven digits, all that single precision has
        "contributions": {name: json.loads(json.dumps(c.tolist(), allow_nan=False), parse_float=lambda t: float(f"{float(t):.7g}")) for name, c in cases.items()},
    }
    path = folder / "contributions.json"
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size, {name: c.shape for name, c in cases.items()})


if __name__ == "__main__":
    main()
