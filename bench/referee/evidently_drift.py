"""Evidently's data drift preset on the log of bench/drift.ts.

Usage: EVIDENTLY_PYTHON runs it for the bench: evidently_drift.py LIVE.parquet REFERENCE.parquet
Prints a line of JSON: seconds and cpuSeconds of the report alone, without reading the files, peakMb of the process, rows,
columns, version. Written for Evidently 0.7; its default tests are chosen by the number of rows.
"""

import importlib.metadata
import json
import resource
import sys
import time

import pandas as pd
import pyarrow.parquet as pq
from evidently import Report
from evidently.presets import DataDriftPreset

NUMBERS = 40
TEXTS = 10


def frame(path):
    table = pq.read_table(path, columns=["input_numbers", "input_texts"])
    columns = {}
    numbers = table["input_numbers"].combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(table.num_rows, -1)
    for i in range(NUMBERS):
        columns[f"n{i}"] = numbers[:, i].copy()
    texts = table["input_texts"].combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(table.num_rows, -1)
    for i in range(TEXTS):
        columns[f"t{i}"] = pd.Series(texts[:, NUMBERS + i], dtype="category").astype(object)
    return pd.DataFrame(columns)


live, reference = (frame(path) for path in sys.argv[1:3])
started, cpu = time.perf_counter(), time.process_time()
Report([DataDriftPreset()]).run(live, reference)
print(
    json.dumps(
        {
            "seconds": time.perf_counter() - started,
            "cpuSeconds": time.process_time() - cpu,
            "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "rows": len(live),
            "columns": len(live.columns),
            "version": importlib.metadata.version("evidently"),
        }
    )
)
