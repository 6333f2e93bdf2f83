"""Feast's historical retrieval of the tables of bench/point-in-time.ts, with its file offline store.

Usage: FEAST_PYTHON runs it for the bench: feast_point_in_time.py '{"folder": ..., "views": [...], "features": [...], "memoryGb": 8}'
Prints a line of JSON: seconds, peakMb, rows. Written for Feast 0.67. Known at stands in its created timestamp, by which
`filter_by_created_timestamp` hides rows that were created after the label.
"""

import json
import pathlib
import resource
import sys
import tempfile
import time
from datetime import timedelta

import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.infra.offline_stores.dask import DaskOfflineStoreConfig
from feast.repo_config import RegistryConfig, RepoConfig
from feast.types import Float64

asked = json.loads(sys.argv[1])
folder = pathlib.Path(asked["folder"])
limit = asked["memoryGb"] * 2**30
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def instants(frame, columns):
    for column, name in columns.items():
        frame[name] = pd.to_datetime(frame.pop(column), unit="ms", utc=True)
    return frame


def view_of(view, customer, scratch):
    frame = pd.read_parquet(folder / f"{view['name']}.parquet").drop(columns=["loaded_at_ms", "seq"])
    path = str(scratch / f"{view['name']}.parquet")
    instants(frame, {"event_time_ms": "event_timestamp", "known_at_ms": "created"}).to_parquet(path)
    source = FileSource(path=path, timestamp_field="event_timestamp", created_timestamp_column="created")
    ttl = timedelta(0) if view["ttlMs"] is None else timedelta(milliseconds=view["ttlMs"])
    schema = [Field(name=name, dtype=Float64) for name in asked["features"]]
    return FeatureView(name=view["name"], entities=[customer], schema=schema, source=source, ttl=ttl)


with tempfile.TemporaryDirectory() as folder_name:
    scratch = pathlib.Path(folder_name)
    config = RepoConfig(
        project="bench",
        provider="local",
        registry=RegistryConfig(path=str(scratch / "registry.db")),
        offline_store=DaskOfflineStoreConfig(),
        online_store={"type": "sqlite", "path": str(scratch / "online.db")},
        entity_key_serialization_version=3,
    )
    store = FeatureStore(config=config)
    customer = Entity(name="customer", join_keys=["customer_id"], value_type=ValueType.INT64)
    views = [view_of(view, customer, scratch) for view in asked["views"]]
    store.apply([customer, *views])
    labels = instants(pd.read_parquet(folder / "labels.parquet"), {"label_time_ms": "event_timestamp"})
    features = [f"{view['name']}:{name}" for view in asked["views"] for name in asked["features"]]

    started = time.perf_counter()
    job = store.get_historical_features(
        labels, features, full_feature_names=True, filter_by_created_timestamp=True
    )
    found = job.to_df()
    seconds = time.perf_counter() - started
    found.to_parquet(scratch / "answer.parquet")

peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peakMb": peak_mb, "rows": len(found), "values": int(found.notna().sum().sum())}))
