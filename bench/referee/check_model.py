"""Loads a model that Headgate trained into real XGBoost, and compares margins.

usage: python bench/referee/check_model.py MODEL ROWS_CSV [MARGINS]
  MODEL     xgboost-model in XGBoost JSON
  ROWS_CSV  rows without header and label; empty or nan is missing
  MARGINS   one margin per line as our scorer computed them; without it only real margins are printed
prints one JSON line: rows, features, and the largest absolute margin difference
"""

import json
import pathlib
import sys

import numpy as np
import xgboost as xgb


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    rows = np.genfromtxt(sys.argv[2], delimiter=",", dtype=np.float32, ndmin=2)
    booster = xgb.Booster()
    booster.load_model(bytearray(pathlib.Path(sys.argv[1]).read_bytes()))
    margins = booster.predict(xgb.DMatrix(rows), output_margin=True)
    if len(sys.argv) == 3:
        print("\n".join(repr(float(margin)) for margin in margins))
        return
    ours = np.loadtxt(sys.argv[3], ndmin=1)
    if ours.shape != margins.shape:
        sys.exit(f"{ours.shape[0]} margins for {margins.shape[0]} rows")
    result = {
        "xgboost": xgb.__version__,
        "rows": int(rows.shape[0]),
        "features": int(rows.shape[1]),
        "maxMarginDifference": float(np.abs(ours - margins).max()),
        "identical": int((ours.astype(np.float32) == margins).sum()),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
