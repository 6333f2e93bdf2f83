"""Reference values for the metrics that gates judge, from scikit-learn, and for intervals of shares, from statsmodels.

Run with Python 3.11 and scikit-learn, numpy and statsmodels installed:
  python bench/referee/gate_metrics_reference.py > test/reference/gate-metrics.json
"""
import json
import numpy as np
import sklearn
import statsmodels
from sklearn.calibration import calibration_curve
from sklearn.metrics import (average_precision_score, f1_score, mean_absolute_error, mean_pinball_loss, mean_squared_error,
                             precision_score, recall_score)
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint


def nothing(value):
    return None if value is None or np.isnan(value) else float(value)


def calibration_error(labels, scores):
    true, predicted = calibration_curve(labels, scores, n_bins=10, strategy="uniform")
    bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], scores)
    sizes = np.array([n for n in np.bincount(bins, minlength=10) if n > 0])
    return float(np.sum(np.abs(true - predicted) * sizes) / len(labels))


def at_k(labels, scores, rows):
    """The first rows; among rows tied at the last place each counts by the share that fits, as a sample weight."""
    cut = np.sort(scores)[::-1][rows - 1]
    above, tied = scores > cut, scores == cut
    chosen = above | tied
    share = (rows - above.sum()) / tied.sum()
    weight = np.where(tied, share, 1.0)
    precision = precision_score(labels, chosen, sample_weight=weight)
    # the positives that are left out count in full: what does not fit of a tied row is one more row that is left out
    y = np.concatenate([labels, labels[tied]])
    p = np.concatenate([chosen, np.zeros(tied.sum(), bool)])
    w = np.concatenate([weight, np.full(tied.sum(), 1 - share)])
    return {"precision": float(precision), "recall": float(recall_score(y, p, sample_weight=w))}


def binary(why, labels, scores):
    decided = scores >= 0.5
    return {"why": why, "labels": labels.tolist(), "scores": scores.tolist(),
            "averagePrecision": float(average_precision_score(labels, scores)),
            "f1": nothing(f1_score(labels, decided, zero_division=np.nan)),
            "precision": nothing(precision_score(labels, decided, zero_division=np.nan)),
            "recall": nothing(recall_score(labels, decided, zero_division=np.nan)),
            "calibrationError": calibration_error(labels, scores),
            "atK": [{"k": k, **at_k(labels, scores, rows)} for k, rows in
                    [(1, 1), (5, 5), (0.25, max(1, int(np.floor(0.25 * len(labels) + 0.5)))), (len(labels), len(labels))]]}


def regression(why, labels, scores):
    return {"why": why, "labels": labels.tolist(), "scores": scores.tolist(),
            "rmse": float(np.sqrt(mean_squared_error(labels, scores))), "mae": float(mean_absolute_error(labels, scores)),
            "pinball": [{"alpha": a, "value": float(mean_pinball_loss(labels, scores, alpha=a))} for a in (0.05, 0.5, 0.9)]}


rng = np.random.default_rng(20260101)
binaries = []
for why, n, digits, rate in [("50 rows, no ties", 50, 17, 0.4), ("80 rows, ties on the edges of bins", 80, 1, 0.3),
                             ("200 rows, rare positives", 200, 3, 0.05), ("20 rows, two scores", 20, 0, 0.5)]:
    labels = (rng.random(n) < rate).astype(int)
    labels[:3] = [0, 1, 1]
    binaries.append(binary(why, labels, np.clip(np.round(rng.random(n) * 0.7 + 0.3 * labels * rng.random(n), digits), 0, 1)))
binaries.append(binary("nothing is decided", np.array([0, 1, 0, 1, 0]), np.array([0.1, 0.2, 0.3, 0.4, 0.45])))
regressions = [regression("40 rows", rng.normal(size=40), rng.normal(size=40)),
               regression("all alike", np.ones(5), np.full(5, 3.0))]
proportions = [{"hits": h, "n": n, "confidence": c, "interval": [float(x) for x in proportion_confint(h, n, 1 - c, "wilson")]}
               for h, n, c in [(0, 10, 0.95), (10, 10, 0.95), (3, 40, 0.9), (500, 1000, 0.99), (1, 1, 0.5)]]
differences = [{"a": [a, n], "b": [b, m], "interval": [float(x) for x in
                confint_proportions_2indep(a, n, b, m, method="newcomb", compare="diff", alpha=0.05)]}
               for a, n, b, m in [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (6, 7, 2, 7), (0, 30, 0, 20)]]
print(json.dumps({"how": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, statsmodels {statsmodels.__version__}; "
                         "bench/referee/gate_metrics_reference.py; precision and recall at k with tied rows as sample weights",
                  "binary": binaries, "regression": regressions, "proportions": proportions, "differences": differences}, indent=1))
