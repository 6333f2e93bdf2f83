"""Reference values for core/performance, from scikit-learn and plain numpy; no project code involved.

Run with Python 3.11 and scikit-learn installed:
  python bench/referee/performance_reference.py > test/reference/performance.json
"""
import json
import numpy as np
import sklearn
from sklearn import metrics as sk

rng = np.random.default_rng(20260101)
THRESHOLD = 0.5


def losses():
    """Means of row losses and their standard errors."""
    scores = np.r_[rng.random(40), 0.0, 1.0, 1e-9]
    labels = np.r_[rng.random(40) < scores[:40], 1, 0, 1].astype(float)
    p = np.clip(scores, 1e-6, 1 - 1e-6)
    rows = {
        "log_loss": -(labels * np.log(p) + (1 - labels) * np.log(1 - p)),
        "brier": (scores - labels) ** 2,
        "squared_error": (scores - labels) ** 2,
        "absolute_error": np.abs(scores - labels),
    }
    told = {k: {"mean": x.mean(), "standardError": x.std(ddof=1) / np.sqrt(len(x))} for k, x in rows.items()}
    return {"scores": scores.tolist(), "labels": labels.tolist(), "losses": told}


def log_evidence(stretches, limit, mean):
    """Row by row: the mean over bets, weighed over starts."""
    bets = 0.9 * 2.0 ** (-np.arange(28) / 2)
    total = []
    for start, (place, _) in enumerate(stretches):
        x = np.concatenate([rows for _, rows in stretches[start:]])
        y = x / limit - 1
        capital = [b * (x / limit - mean / limit).sum() + (np.log1p(-b) + b) * (y**2).sum() for b in bets]
        total.append(np.logaddexp.reduce(capital) - np.log(28) - np.log((place + 1) * (place + 2)))
    return float(np.logaddexp.reduce(total))


def evidence():
    cases = []
    for why, limit, alpha, parts in [
        ("keeps its promise", 0.5, 0.005, [(k, rng.gamma(1.0, 0.45, 60)) for k in range(5)]),
        ("worse from the start", 0.5, 0.005, [(k, rng.gamma(1.0, 0.75, 60)) for k in range(5)]),
        ("worse late, a gap before", 0.5, 0.005, [(0, rng.gamma(1.0, 0.4, 300)), (7, rng.gamma(1.0, 1.2, 90)), (9, rng.gamma(1.0, 1.2, 90))]),
        ("rare and dear", 0.02, 0.05, [(3, np.where(rng.random(4000) < 0.012, 3.5, 0.004))]),
        ("one row", 0.5, 0.05, [(0, np.array([9.0]))]),
    ]:
        low, high = 0.0, 1e3
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if log_evidence(parts, limit, middle) >= -np.log(alpha) else (low, middle)
        cases.append({
            "why": why, "limit": limit, "alpha": alpha,
            "stretches": [{"place": k, "n": len(x), "sum": x.sum(), "sumSquares": (x**2).sum()} for k, x in parts],
            "isExceeded": bool(log_evidence(parts, limit, limit) >= -np.log(alpha)), "low": low,
        })
    return cases


def sk_metrics(y, s, w=None):
    d = (s >= THRESHOLD).astype(int)
    return {
        "auc": sk.roc_auc_score(y, s, sample_weight=w),
        "average_precision": sk.average_precision_score(y, s, sample_weight=w),
        "log_loss": sk.log_loss(y, np.clip(s, 1e-6, 1 - 1e-6), sample_weight=w),
        "accuracy": sk.accuracy_score(y, d, sample_weight=w),
        "precision": sk.precision_score(y, d, sample_weight=w),
        "recall": sk.recall_score(y, d, sample_weight=w),
        "f1": sk.f1_score(y, d, sample_weight=w),
    }


def expected(p, s):
    """Each row once as positive with weight p, once as negative with weight 1 - p."""
    return sk_metrics(np.r_[np.ones(len(s)), np.zeros(len(s))], np.r_[s, s], np.r_[p, 1 - p])


def bins_case():
    scores = np.sort(rng.random(12).round(2))
    n = rng.integers(1, 40, 12)
    positives = n * rng.random(12)
    y, s, w = np.r_[np.ones(12), np.zeros(12)], np.r_[scores, scores], np.r_[positives, n - positives]
    return {
        "bins": [{"n": int(a), "positives": b, "score": c, "decision": bool(c >= THRESHOLD)} for a, b, c in zip(n, positives, scores)],
        "metrics": sk_metrics(y, s, w),
    }


def fine_counts(scores):
    p = np.clip(scores, 1e-6, 1 - 1e-6)
    keys = np.stack([np.floor(np.log(p / (1 - p)) * 8), scores >= THRESHOLD], 1)
    groups, place = np.unique(keys, axis=0, return_inverse=True)
    return [
        {"decision": bool(g[1]), "n": int((place == i).sum()), "scores": scores[place == i].sum()}
        for i, g in enumerate(groups)
    ]


def estimates():
    """A model that is calibrated, and one whose scores are too high; their production has other inputs than the test rows."""
    cases = []
    for why, score_of, relation in [
        ("calibrated scores, other inputs", lambda p: p, lambda p: p),
        ("scores that are too high, other inputs", lambda p: p**0.6, lambda p: p),
        ("a relation that has changed", lambda p: p, lambda p: p * 0.5),
    ]:
        test_p = rng.beta(2, 5, 40_000)
        test_s, test_y = score_of(test_p), rng.random(40_000) < test_p
        cuts = np.quantile(test_s, np.arange(1, 10) / 10)
        place = np.searchsorted(cuts, test_s, side="right")
        live_p = rng.beta(3, 4, 20_000)
        live_s, live_y = score_of(live_p), rng.random(20_000) < relation(live_p)
        cases.append({
            "why": why,
            "calibration": [
                {"n": int((place == b).sum()), "score": test_s[place == b].mean(), "label": test_y[place == b].mean()}
                for b in range(10)
            ],
            "counts": fine_counts(live_s),
            "expected": expected(live_p, live_s),
            "seen": sk_metrics(live_y, live_s),
        })
    return cases


print(json.dumps({
    "how": f"scikit-learn {sklearn.__version__} and numpy {np.__version__} (bench/referee/performance_reference.py)",
    "losses": losses(),
    "evidence": evidence(),
    "bins": bins_case(),
    "estimates": estimates(),
}, indent=1, default=float))
