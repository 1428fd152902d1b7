"""What the scripts of this folder share: rows of the table, and what is expected."""

import importlib.metadata
import json


async def row(flow, run):
    line = {"client": "msgraph-sdk (Python)", "version": importlib.metadata.version("msgraph-sdk"), "flow": flow, "route": "proxy"}
    try:
        line |= {"ok": True, "proven": await run()}
    except Exception as error:  # noqa: BLE001 - whatever a client raises is a row of the table
        line |= {"ok": False, "proven": f"{type(error).__name__}: {error}"[:800]}
    print(json.dumps(line), flush=True)


def expect(truth, seen):
    if not truth:
        raise ValueError(seen)
