//! What differs between a resource as it is and as it would be, member by member, as what-if tells it.
//!
//! Paths go down through objects with dots; a list is one change with a change for each of its items that differ, named by
//! their place (`WhatIfPropertyChange`; the example of Microsoft Learn's page on what-if).

use serde_json::{Map, Value, json};

/// A resource without what its provider adds to what is written: members that `written` has and `declared` has not.
pub(super) fn without_additions(
    resource: &Value,
    written: &Value,
    declared: &Map<String, Value>,
) -> Value {
    let mut kept = stripped(resource, written, declared);
    for name in ["id", "name", "type"] {
        if let Some(value) = resource.get(name) {
            kept.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(kept)
}

fn stripped(value: &Value, written: &Value, declared: &Map<String, Value>) -> Map<String, Value> {
    let empty = Map::new();
    let mut kept = Map::new();
    for (name, member) in value.as_object().into_iter().flatten() {
        let below = declared.get(name).map(Value::as_object);
        match (member, written.get(name), below) {
            (Value::Object(_), Some(deeper @ Value::Object(_)), Some(Some(below))) => {
                let inner = stripped(member, deeper, below);
                kept.insert(name.clone(), Value::Object(inner));
            }
            // Somebody may have written more than the provider adds.
            (Value::Object(_), Some(deeper @ Value::Object(_)), None) => {
                let inner = stripped(member, deeper, &empty);
                if !inner.is_empty() {
                    kept.insert(name.clone(), Value::Object(inner));
                }
            }
            (_, Some(_), None) => {}
            _ => {
                kept.insert(name.clone(), member.clone());
            }
        }
    }
    kept
}

/// The changes from one resource to the other; none when they are the same.
pub(super) fn of(before: &Value, after: &Value) -> Vec<Value> {
    let mut changes = Vec::new();
    compare("", before, after, &mut changes);
    changes
}

fn compare(path: &str, before: &Value, after: &Value, changes: &mut Vec<Value>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                let path = below(path, name);
                match new.get(name) {
                    Some(after) => compare(&path, value, after, changes),
                    None => one_sided(&path, value, "Delete", "before", changes),
                }
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                one_sided(&below(path, name), value, "Create", "after", changes);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            let children = items(old, new);
            // Without any, only the order differs.
            if children.is_empty() {
                modified(path, before, after, changes);
            } else {
                changes.push(json!({
                    "path": path,
                    "propertyChangeType": "Array",
                    "children": children,
                }));
            }
        }
        _ => modified(path, before, after, changes),
    }
}

fn modified(path: &str, before: &Value, after: &Value, changes: &mut Vec<Value>) {
    changes.push(json!({
        "path": path,
        "propertyChangeType": "Modify",
        "before": before,
        "after": after,
    }));
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// What only one of the two has. Objects are told by what is in them: `tags.owner`, not `tags`.
fn one_sided(path: &str, value: &Value, kind: &str, side: &str, changes: &mut Vec<Value>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                one_sided(&below(path, name), value, kind, side, changes);
            }
        }
        _ => changes.push(json!({"path": path, "propertyChangeType": kind, side: value})),
    }
}

/// What differs between two lists. Objects are the same item when they have the same name or id; other items when they are
/// equal.
fn items(old: &[Value], new: &[Value]) -> Vec<Value> {
    let mut changes = Vec::new();
    let mut left: Vec<(usize, &Value)> = new.iter().enumerate().collect();
    for (at, before) in old.iter().enumerate() {
        let path = at.to_string();
        let found = left
            .iter()
            .position(|(_, after)| is_same_item(before, after));
        let Some((_, after)) = found.map(|found| left.remove(found)) else {
            changes.push(json!({
                "path": path,
                "propertyChangeType": "Delete",
                "before": before,
            }));
            continue;
        };
        let children = of(before, after);
        if !children.is_empty() {
            changes.push(json!({
                "path": path,
                "propertyChangeType": "Modify",
                "before": before,
                "after": after,
                "children": children,
            }));
        }
    }
    for (at, after) in left {
        changes.push(json!({
            "path": at.to_string(),
            "propertyChangeType": "Create",
            "after": after,
        }));
    }
    changes
}

fn is_same_item(before: &Value, after: &Value) -> bool {
    let key = |item: &Value| {
        let name = item.get("name").or_else(|| item.get("id"))?;
        name.as_str().map(str::to_lowercase)
    };
    match (key(before), key(after)) {
        (Some(before), Some(after)) => before == after,
        _ => before == after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &Value, after: &Value) -> Vec<String> {
        of(before, after)
            .iter()
            .map(|change| {
                format!(
                    "{} {}",
                    change["propertyChangeType"].as_str().unwrap(),
                    change["path"].as_str().unwrap()
                )
            })
            .collect()
    }

    #[test]
    fn members_are_told_by_their_whole_path() {
        let before =
            json!({"a": {"b": 1, "c": 2}, "tags": {"owner": "A"}, "kind": "x", "order": [1, 2]});
        let after =
            json!({"a": {"b": 3, "c": 2}, "new": {"x": {"y": true}}, "kind": {}, "order": [2, 1]});
        let expected = [
            "Modify a.b",
            "Delete tags.owner",
            "Modify kind",
            "Modify order",
            "Create new.x.y",
        ];
        assert_eq!(told(&before, &after), expected);
        assert!(of(&before, &before).is_empty());
    }

    #[test]
    fn a_list_is_one_change_with_its_items_below() {
        let before = json!({"list": ["10.0.0.0/16", "same"], "named": [{"name": "a", "x": 1}, {"name": "b"}]});
        let after = json!({"list": ["same", "10.0.0.0/15"], "named": [{"name": "a", "x": 2}]});
        let changes = of(&before, &after);
        let list = json!({"path": "list", "propertyChangeType": "Array", "children": [
            {"path": "0", "propertyChangeType": "Delete", "before": "10.0.0.0/16"},
            {"path": "1", "propertyChangeType": "Create", "after": "10.0.0.0/15"},
        ]});
        assert_eq!(changes[0], list);
        let named = &changes[1]["children"];
        assert_eq!(named[0]["propertyChangeType"], "Modify");
        let x = json!({"path": "x", "propertyChangeType": "Modify", "before": 1, "after": 2});
        assert_eq!(named[0]["children"], json!([x]));
        assert_eq!(named[1]["propertyChangeType"], "Delete");
        assert_eq!(named[1]["path"], "1");
    }

    #[test]
    fn what_a_provider_adds_is_left_out_of_both_sides() {
        let declared = json!({"sku": {"name": "S"}, "properties": {"a": 1}});
        let declared = declared.as_object().unwrap();
        let written = json!({
            "id": "/x", "name": "x", "type": "A.B/c", "sku": {"name": "S", "tier": "T"},
            "properties": {"a": 1, "state": "done"}, "identity": {"principalId": "p"},
        });
        let before = json!({
            "id": "/x", "name": "x", "type": "A.B/c", "sku": {"name": "S", "tier": "T"},
            "properties": {"a": 2, "b": 3, "state": "done"}, "identity": {"principalId": "p", "type": "None"},
        });
        let kept = without_additions(&written, &written, declared);
        let expected = json!({"sku": {"name": "S"}, "properties": {"a": 1}, "id": "/x", "name": "x", "type": "A.B/c"});
        assert_eq!(kept, expected);
        let before = without_additions(&before, &written, declared);
        let expected = [
            "Modify properties.a",
            "Delete properties.b",
            "Delete identity.type",
        ];
        assert_eq!(told(&before, &kept), expected);
    }
}
