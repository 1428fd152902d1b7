"""What others make of what entrasim writes.

    check.py junit FILE             reads a report as CI systems do; prints the counts and the failed cases as JSON
    check.py schema SCHEMA FILE …   holds scenario files against the schema; prints what does not fit as JSON
"""

import json
import sys

import yaml
from jsonschema import Draft202012Validator
from junitparser import JUnitXml


class Loader(yaml.SafeLoader):
    """YAML 1.2 has no dates and no `on`: an instant is a text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def junit(path):
    report = JUnitXml.fromfile(path)
    cases = [(suite, case) for suite in report for case in suite]
    failed = [[suite.name, case.name, case.result[0].text] for suite, case in cases if case.result]
    return {"suites": len(list(report)), "cases": len(cases), "failed": failed}


def schema(path, *files):
    with open(path) as text:
        described = json.load(text)
    Draft202012Validator.check_schema(described)
    validator = Draft202012Validator(described)
    errors = []
    for name in files:
        with open(name) as text:
            document = yaml.load(text, Loader)
        errors += [f"{name}: {error.json_path}: {error.message}" for error in validator.iter_errors(document)]
    return {"files": len(files), "errors": errors}


print(json.dumps({"junit": junit, "schema": schema}[sys.argv[1]](*sys.argv[2:])))
