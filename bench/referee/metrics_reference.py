"""Reference values for core/metrics and core/stats, from scikit-learn, scipy and plain numpy.

Run with Python 3.11, scikit-learn and scipy installed:  python bench/referee/metrics_reference.py > test/reference/metrics.json
"""
import json
import numpy as np
import scipy
import sklearn
from scipy.stats import norm
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error, roc_auc_score


def delong(labels, a, b):
    """The definition over all pairs: kernel 1, 1/2, 0; covariance of the structural components."""
    pos, neg = labels == 1, labels == 0
    comp10, comp01, aucs = [], [], []
    for s in (a, b):
        diff = s[pos][:, None] - s[neg][None, :]
        kernel = (diff > 0) + 0.5 * (diff == 0)
        aucs.append(kernel.mean())
        comp10.append(kernel.mean(axis=1))
        comp01.append(kernel.mean(axis=0))
    s10, s01 = np.cov(comp10), np.cov(comp01)
    s = s10 / pos.sum() + s01 / neg.sum()
    return aucs[0], aucs[1], float(np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1]))


def case(why, labels, a, b):
    auc_a, auc_b, se = delong(labels, a, b)
    gap = np.array([-np.log(p if y else 1 - p) for y, p in zip(labels, b)]) - np.array(
        [-np.log(p if y else 1 - p) for y, p in zip(labels, a)])
    return {"why": why, "labels": labels.tolist(), "a": a.tolist(), "b": b.tolist(),
            "auc": roc_auc_score(labels, a), "logLoss": log_loss(labels, a), "accuracy": accuracy_score(labels, a >= 0.5),
            "rmse": float(np.sqrt(mean_squared_error(labels, a))), "mae": mean_absolute_error(labels, a),
            "delong": {"a": auc_a, "b": auc_b, "standardError": se},
            "logLossGap": {"loss": float(gap.mean()), "standardError": float(gap.std(ddof=1) / np.sqrt(len(gap)))}}


rng = np.random.default_rng(20260101)
cases = []
for why, n, digits in [("40 rows, no ties", 40, 17), ("60 rows, heavy ties", 60, 1), ("7 rows, sizes unequal", 7, 2)]:
    labels = (rng.random(n) < 0.4).astype(int)
    labels[:4] = [0, 1, 0, 1]
    clip = lambda x: np.clip(np.round(x, digits), 0.05, 0.95)
    a = clip(rng.random(n) * 0.7 + 0.3 * labels)
    b = clip(rng.random(n) * 0.8 + 0.2 * labels)
    cases.append(case(why, labels, a, b))
quantiles = [{"probability": p, "value": float(norm.ppf(p))} for p in [1e-300, 1e-12, 0.001, 0.025, 0.2, 0.5, 0.7, 0.975, 0.995, 1 - 1e-9]]
print(json.dumps({"how": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}; bench/referee/metrics_reference.py; DeLong written out over all pairs",
                  "cases": cases, "normalQuantiles": quantiles}, indent=1))
