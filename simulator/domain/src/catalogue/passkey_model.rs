//! What models of passkeys are called.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use uuid::Uuid;

use super::parse;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    model: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    id: Uuid,
    name: String,
}

static TABLE: LazyLock<BTreeMap<Uuid, String>> = LazyLock::new(|| {
    let table: Table = parse(include_str!("../../data/passkey_models.toml"));
    let rows = table.model.into_iter();
    rows.map(|model| (model.id, model.name)).collect()
});

/// The name of the model with this AAGUID, if it is known.
pub fn passkey_model(aaguid: Uuid) -> Option<&'static str> {
    TABLE.get(&aaguid).map(String::as_str)
}
