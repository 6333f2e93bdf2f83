"""Feast's Python feature server over its DynamoDB online store, for bench/online.ts.

usage: python bench/referee/feast_server.py prepare FOLDER ENDPOINT ENTITIES VIEWS FEATURES_PER_VIEW
       python bench/referee/feast_server.py serve FOLDER ENDPOINT PORT
needs: pip install 'feast[aws]'        (the version is printed)

`prepare` defines the views and writes their values through Feast itself; `serve` is `feast serve` with its defaults,
except that a worker is not replaced after a thousand requests and that no access log is written.
"""

import datetime
import pathlib
import sys

import feast
import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float64


def store_at(folder, endpoint):
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    config = f"""
project: bench
provider: local
registry: {folder}/registry.db
offline_store: {{type: file}}
online_store: {{type: dynamodb, region: us-east-1, endpoint_url: {endpoint}}}
entity_key_serialization_version: 3
"""
    pathlib.Path(folder, "feature_store.yaml").write_text(config)
    return FeatureStore(repo_path=folder)


def prepare(folder, endpoint, entities, views, width):
    store = store_at(folder, endpoint)
    customer = Entity(name="customer", join_keys=["customer_id"], value_type=ValueType.INT64)
    source = FileSource(path=f"{folder}/nowhere.parquet", timestamp_field="event_timestamp")
    names = [[f"v{view}_f{feature}" for feature in range(width)] for view in range(views)]
    defined = [
        FeatureView(
            name=f"view_{view}",
            entities=[customer],
            ttl=datetime.timedelta(days=30),
            schema=[Field(name=name, dtype=Float64) for name in names[view]] ,
            source=source,
        )
        for view in range(views)
    ]
    store.apply([customer, *defined])
    now = datetime.datetime.now(datetime.timezone.utc)
    for view in range(views):
        columns = {"customer_id": range(entities), "event_timestamp": [now] * entities}
        for feature, name in enumerate(names[view]):
            columns[name] = [entity * 0.5 + view * 16 + feature * 0.25 for entity in range(entities)]
        store.write_to_online_store(f"view_{view}", pd.DataFrame(columns))
    print(f"feast {feast.__version__}")


def serve(folder, endpoint, port):
    store_at(folder, endpoint).serve(
        host="127.0.0.1",
        port=port,
        type_="http",
        no_access_log=True,
        workers=1,
        max_requests=0,
        max_requests_jitter=0,
        keep_alive_timeout=30,
        registry_ttl_sec=60,
    )


if __name__ == "__main__":
    what, folder, endpoint, *numbers = sys.argv[1:]
    {"prepare": prepare, "serve": serve}[what](folder, endpoint, *map(int, numbers))
