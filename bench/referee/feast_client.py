"""Reads a running platform with the real Feast client, through its remote online store, and compares what it gets with
what was pushed. Prints one line per read; ends with 1 when anything differs.

usage: python bench/referee/feast_client.py URL EXPECTATIONS.json        (bench/trials/feast-client.ts calls it)
needs: pip install feast        (the version is printed)
"""

import datetime
import json
import logging
import pathlib
import sys
import tempfile

import feast
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.infra.online_stores.remote import RemoteOnlineStore
from feast.protos.feast.serving.ServingService_pb2 import FieldStatus
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
from feast.types import Bool, Float64, Int64, String, UnixTimestamp

PYTHON_TYPES = {"float64": float, "int64": int, "boolean": bool, "string": str, "timestamp": int}
FEAST_TYPES = {"float64": Float64, "int64": Int64, "boolean": Bool, "string": String, "timestamp": UnixTimestamp}
KEY_TYPES = {"int64": ValueType.INT64, "string": ValueType.STRING}


def store_at(folder, url):
    """A Feast repository whose online store is the platform; nothing is materialized by Feast itself."""
    config = f"""
project: headgate
provider: local
registry: {folder}/registry.db
offline_store: {{type: file}}
online_store: {{type: remote, path: {url}, connection_retries: 0}}
entity_key_serialization_version: 3
"""
    pathlib.Path(folder, "feature_store.yaml").write_text(config)
    return FeatureStore(repo_path=folder)


def is_same(kind, got, expected):
    """The same value of the same Python type: 40.0 is a float for Feast's client only when it came with a point."""
    return got is None if expected is None else type(got) is PYTHON_TYPES[kind] and got == PYTHON_TYPES[kind](expected)


def read_problems(store, read):
    features = read.get("features") or FeatureService(name=read["service"], features=[])
    response = store.get_online_features(
        features=features, entity_rows=read["rows"], full_feature_names=read["hasFullNames"]
    )
    names = [column["name"] for column in read["columns"]]
    got_names = list(response.proto.metadata.feature_names.val)
    if got_names != names:
        return [f"names are {got_names}, not {names}"]
    values = response.to_dict()
    problems = []
    for column, result in zip(read["columns"], response.proto.results):
        name, got = column["name"], values[column["name"]]
        statuses = [FieldStatus.Name(status) for status in result.statuses]
        if statuses != column["statuses"]:
            problems.append(f"statuses of {name} are {statuses}, not {column['statuses']}")
        if len(got) != len(column["values"]):
            problems.append(f"{name} has {len(got)} values, not {len(column['values'])}")
        for place, (one, expected) in enumerate(zip(got, column["values"])):
            if not is_same(column["type"], one, expected):
                problems.append(f"{name}[{place}] is {one!r}, not {expected!r} ({column['type']})")
    return problems


def value_of(proto):
    which = proto.WhichOneof("val")
    return None if which is None else getattr(proto, which)


def view_read_problems(store, read):
    """The way of clients that read each view by itself and know its types."""
    key = read["joinKey"]
    entity = Entity(name=f"{read['view']}_of", join_keys=[key["name"]], value_type=KEY_TYPES[key["type"]])
    view = FeatureView(
        name=read["view"],
        entities=[entity],
        schema=[Field(name=one["name"], dtype=FEAST_TYPES[one["type"]]) for one in read["features"]],
        source=FileSource(path="nowhere.parquet", timestamp_field="at"),
    )
    field = "int64_val" if key["type"] == "int64" else "string_val"
    keys = [EntityKey(join_keys=[key["name"]], entity_values=[Value(**{field: one})]) for one in read["keys"]]
    names = [one["name"] for one in read["features"]]
    rows = RemoteOnlineStore().online_read(store.config, view, keys, names)
    problems = []
    if rows[0][0] != datetime.datetime.fromisoformat(read["eventTime"].replace("Z", "+00:00")):
        problems.append(f"the event time is {rows[0][0]}, not {read['eventTime']}")
    for place, ((_, got), expected) in enumerate(zip(rows, read["values"])):
        for one in read["features"]:
            value = value_of(got[one["name"]])
            if not is_same(one["type"], value, expected[one["name"]]):
                problems.append(f"{one['name']}[{place}] is {value!r}, not {expected[one['name']]!r}")
    return problems


def refusal_problems(store, refusal):
    try:
        store.get_online_features(features=refusal["features"], entity_rows=refusal["rows"])
    except Exception as error:
        text = str(error)
        wanted = [str(refusal["status"]), refusal["says"]]
        return [f'"{one}" is not in: {text}' for one in wanted if one not in text]
    return ["it was answered"]


def main(url, path):
    logging.disable(logging.WARNING)
    expectations = json.loads(pathlib.Path(path).read_text())
    print(f"feast {feast.__version__}, remote online store {url}")
    checks = [("get_online_features", one["why"], read_problems, one) for one in expectations["reads"]]
    checks += [("online_read", f"view {one['view']}", view_read_problems, one) for one in expectations["viewReads"]]
    checks += [("refused", one["why"], refusal_problems, one) for one in expectations["refusals"]]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        store = store_at(folder, url)
        for how, why, problems_of, one in checks:
            problems = problems_of(store, one)
            failed += bool(problems)
            print(f"{'ok ' if not problems else 'BAD'} {how}: {why}")
            for problem in problems:
                print(f"    {problem}")
    print(f"{len(checks) - failed} of {len(checks)} as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
