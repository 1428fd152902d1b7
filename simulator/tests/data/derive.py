#!/usr/bin/env python3
"""Derives what the tests read of Microsoft's published descriptions of Graph. Usage: derive.py FOLDER

FOLDER holds graph-v1.0.openapi.json, graph-beta.openapi.json, permissions.json and examples.jsonl. Written beside this file,
one line an entry so that differences stay readable; the first line of each names its sources by their SHA-256:

graph_contract.jsonl     operations: {"op", "v": versions, "ok": {status: type}, "alias": of which path}
                         schemas:    {"schema", "base", "open", "abstract", "enum", "flags", "type": @odata.type, "derived",
                                      "p": properties, "nav": navigations, "v1.0"/"beta": what only that version has}
                         A type: string, string:uuid, boolean, integer, number, object, any, #schema, [of items]; `?` behind
                         it: may be null; `>` before it: a navigation that is also described inline.
graph_permissions.jsonl  {"op", "delegated", "application", "and", "all", "companions", "inferred"}; permissions by their
                         number in the second line.
graph_examples.jsonl     {"doc", "v", "op", "method", "url", "headers", "body", "status", "shape"}; of an answer only the names
                         of its members and the kinds of their values.
"""
import hashlib
import json
import pathlib
import re
import sys

AREAS = (
    "users me groups directoryRoles directoryRoleTemplates roleManagement applications servicePrincipals "
    "oauth2PermissionGrants organization domains subscribedSkus directory directoryObjects $batch $metadata "
    "identity auditLogs policies reports"
).split()
METHODS = ("get", "post", "patch", "put", "delete")
VERSIONS = ("v1.0", "beta")


def short(reference):
    return reference.split("/")[-1].replace("microsoft.graph.", "")


def in_area(path):
    return path.split("/")[1].split("(")[0] in AREAS


def kind(schema):
    """The type of a value, as text."""
    if schema is None:
        return None
    null = "?" if schema.get("nullable") else ""
    mark = ">" if schema.get("x-nav") else ""
    if "$ref" in schema:
        return mark + "#" + short(schema["$ref"]) + null
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return mark + kind(schema["allOf"][0]).rstrip("?") + null
    if schema.get("type") == "array":
        return mark + "[" + kind(schema["items"]) + "]" + null
    if "properties" in schema and "value" in schema["properties"]:
        # A page that is described where it is used.
        return "{value:" + kind(schema["properties"]["value"]) + "}"
    form = schema.get("format")
    return mark + (schema.get("type") or "any") + (":" + form if form else "") + null


def contract(sources):
    operations, schemas = {}, {}
    for version in VERSIONS:
        document = json.loads(sources[f"graph-{version}.openapi.json"])
        known = document["components"]["schemas"]
        wanted = set()

        def want(part):
            if isinstance(part, dict):
                names = [part["$ref"]] if "$ref" in part else []
                names += part.get("x-derived", {}).values()
                for name in (name.split("/")[-1] for name in names):
                    if name in known and name not in wanted:
                        wanted.add(name)
                        want(known[name])
                for name, inner in part.items():
                    if name not in ("description", "x-navigation"):
                        want(inner)
            elif isinstance(part, list):
                for inner in part:
                    want(inner)

        for path, item in document["paths"].items():
            if not in_area(path):
                continue
            if "x-alias-of" in item:
                for method in item["x-methods"]:
                    operations.setdefault(f"{method.upper()} {path}", {})[version] = {"alias": item["x-alias-of"]}
                continue
            for method in METHODS:
                operation = item.get(method)
                if operation is None:
                    continue
                entry = {"ok": {}}
                for status, answer in operation["responses"].items():
                    if status.startswith("2"):
                        schema = answer.get("content", {}).get("application/json", {}).get("schema")
                        want(schema)
                        entry["ok"][status] = kind(schema)
                returned = operation.get("x-response-schema-if-returned")
                if returned:
                    want(returned)
                    entry["ok"].setdefault("200", kind(returned))
                operations.setdefault(f"{method.upper()} {path}", {})[version] = entry
        want(document["components"]["responses"]["error"])
        for name in wanted:
            schema, entry = known[name], {}
            for part in schema.get("allOf", [schema]):
                if "$ref" in part:
                    entry["base"] = short(part["$ref"])
                if "enum" in part:
                    entry["enum"] = part["enum"]
                for flag, to in (("x-flags", "flags"), ("x-open", "open"), ("x-abstract", "abstract")):
                    if part.get(flag):
                        entry[to] = True
                for member, value in part.get("properties", {}).items():
                    entry.setdefault("p", {})[member] = kind(value)
                for member, value in part.get("x-navigation", {}).items():
                    value = re.sub(r"^Collection\((.*)\)$", r"[\1]", value)
                    entry.setdefault("nav", {})[member] = value.replace("microsoft.graph.", "#")
            if "x-odata-type" in schema and schema["x-odata-type"] != "#microsoft.graph." + short(name):
                entry["type"] = schema["x-odata-type"]
            if "x-derived" in schema:
                entry["derived"] = {to[17:]: short(of) for to, of in schema["x-derived"].items()}
            schemas.setdefault(short(name), {})[version] = entry
    lines = []
    for name, by in sorted(operations.items(), key=lambda item: (item[0].split()[1], item[0])):
        if len(by) == 2 and by["v1.0"] == by["beta"]:
            by = {"both": by["v1.0"]}
        lines += [{"op": name, "v": version, **entry} for version, entry in by.items()]
    for name, by in sorted(schemas.items()):
        if len(by) == 1:
            lines += [{"schema": name, "v": version, **entry} for version, entry in by.items()]
            continue
        first, second = (by[version] for version in VERSIONS)
        entry = {"schema": name}
        own = {version: {} for version in VERSIONS}
        for key in dict.fromkeys([*first, *second]):
            one, two = first.get(key), second.get(key)
            if one == two:
                entry[key] = one
            elif isinstance(one or two, dict):
                one, two = one or {}, two or {}
                entry[key] = {k: v for k, v in one.items() if two.get(k) == v}
                for version, side in zip(VERSIONS, (one, two)):
                    rest = {k: v for k, v in side.items() if k not in entry[key]}
                    if rest:
                        own[version][key] = rest
            else:
                for version, side in zip(VERSIONS, (one, two)):
                    if side is not None:
                        own[version][key] = side
        entry.update({version: part for version, part in own.items() if part})
        lines.append(entry)
    return lines


def permissions(sources):
    document = json.loads(sources["permissions.json"])
    names, lines = [], []

    def number(name):
        if name not in names:
            names.append(name)
        return names.index(name)

    for row in document["operations"]:
        if not in_area(row["path"]):
            continue
        entry = {"op": f"{row['method']} {row['path']}"}
        for scheme in ("delegated", "application"):
            if row.get(scheme):
                both = row[scheme]["least"] + row[scheme]["higher"]
                entry[scheme] = [number(name) for name in dict.fromkeys(both)]
        if row.get("companions"):
            entry["companions"] = [number(name) for name in row["companions"]]
        if row.get("alsoRequires"):
            entry["and"] = {key: value.split(",") for key, value in row["alsoRequires"].items()}
        if row.get("requireAll"):
            entry["all"] = row["requireAll"]
        if row.get("inferred"):
            entry["inferred"] = True
        lines.append(entry)
    return [{"names": names}, *sorted(lines, key=lambda row: (row["op"].split()[1], row["op"]))]


def shape(value):
    """The names of the members and the kinds of the values; of a list its first element stands for all."""
    if isinstance(value, dict):
        # What names a type is part of the shape.
        return {k: v if k in ("@odata.type", "@odata.context") else shape(v) for k, v in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return None if value is None else "string"


def examples(sources):
    lines = []
    for line in sources["examples.jsonl"].splitlines():
        row = json.loads(line)
        if not row["operation"] or not in_area(row["operation"].split(" ", 1)[1]):
            continue
        entry = {"doc": row["doc"], "v": row["api_version"], "op": row["operation"], "method": row["method"], "url": row["url"]}
        if row["request_headers"]:
            entry["headers"] = row["request_headers"]
        if row["request_body"] is not None:
            entry["body"] = row["request_body"]
        entry["status"] = row["response_status"]
        if row["response_body"] is not None:
            entry["shape"] = shape(row["response_body"])
        lines.append(entry)
    return lines


def main():
    folder, here = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else here
    for name, derive, files in (
        ("graph_contract", contract, ["graph-v1.0.openapi.json", "graph-beta.openapi.json"]),
        ("graph_permissions", permissions, ["permissions.json"]),
        ("graph_examples", examples, ["examples.jsonl"]),
    ):
        sources = {file: (folder / file).read_bytes() for file in files}
        header = {"sha256": {file: hashlib.sha256(text).hexdigest() for file, text in sources.items()}}
        lines = [json.dumps(line, separators=(",", ":"), ensure_ascii=False) for line in [header, *derive(sources)]]
        (out / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


main()
