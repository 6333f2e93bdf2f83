"""Reference values for fairness gates, from fairlearn: the labels of Adult's 32,561 training rows taken as decisions, by
sex and by race, and made-up decisions of three groups.

Run with Python 3.11, fairlearn and pandas installed, on the UCI file:
  python bench/referee/fairness_reference.py adult.data.csv > test/reference/fairness.json
"""
import json
import sys
import fairlearn
import numpy as np
import pandas as pd
from fairlearn.metrics import (demographic_parity_difference, demographic_parity_ratio, equal_opportunity_difference,
                               equal_opportunity_ratio, equalized_odds_difference, equalized_odds_ratio)

MEASURES = {
    "demographic_parity": (demographic_parity_difference, demographic_parity_ratio),
    "equal_opportunity": (equal_opportunity_difference, equal_opportunity_ratio),
    "equalized_odds": (equalized_odds_difference, equalized_odds_ratio),
}


def case(why, label, decided, group, criteria):
    frame = pd.DataFrame({"group": group, "label": label, "decided": decided})
    counts = frame.groupby(["group", "label", "decided"]).size().reset_index(name="rows")
    values = {}
    for name in criteria:
        difference, ratio = (f(label, decided, sensitive_features=group) for f in MEASURES[name])
        values[name] = {"difference": float(difference), "ratio": None if np.isnan(ratio) else float(ratio)}
    return {"why": why, "rows": counts.to_dict("records"), "values": values}


adult = pd.read_csv(sys.argv[1], header=None, skipinitialspace=True)
income = (adult[14] == ">50K").astype(int)
rng = np.random.default_rng(20260101)
n = 900
group = rng.choice(["a", "b", "c"], n, p=[0.5, 0.4, 0.1])
label = (rng.random(n) < 0.4).astype(int)
decided = (rng.random(n) < 0.3 + 0.4 * label - 0.1 * (group == "c")).astype(int)
every = list(MEASURES)
print(json.dumps({"how": f"fairlearn {fairlearn.__version__}; bench/referee/fairness_reference.py", "cases": [
    case("Adult, labels as decisions, by sex", income, income, adult[9].to_numpy(), ["demographic_parity"]),
    case("Adult, labels as decisions, by race", income, income, adult[8].to_numpy(), ["demographic_parity"]),
    case("three groups, one of them small", label, decided, group, every),
    case("nobody is chosen in one group", np.array([0, 1] * 6), np.array([0, 1, 1, 1, 0, 0] + [0] * 6), np.repeat(["a", "b"], 6), every),
]}, indent=1))
