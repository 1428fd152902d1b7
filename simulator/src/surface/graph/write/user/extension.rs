//! Values of extension properties: `extension_{appId}_{name}`, as a registration has defined it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entrasim_domain::directory::user::User;
use entrasim_domain::tenant::Tenant;
use serde_json::Value;

use super::super::super::error::GraphError;
use super::super::super::schema::Shape;
use super::super::invalid;
use super::CLASS;

const TEXT: Shape = Shape::Text(256);
const BOOLEAN: Shape = Shape::Boolean;
const INTEGER: Shape = Shape::Integer(-2_147_483_648..=2_147_483_647);
const LARGE: Shape = Shape::Integer(i64::MIN..=i64::MAX);
const DATE: Shape = Shape::Date;

/// Sets one value; null takes it away.
pub(super) fn set(
    tenant: &Tenant,
    user: &mut User,
    name: &str,
    value: &Value,
) -> Result<(), GraphError> {
    let defined = tenant.extension_property(name);
    let defined = defined.filter(|defined| defined.targets.iter().any(|target| target == "User"));
    let defined = defined.ok_or_else(|| GraphError::UnknownMember {
        member: name.to_owned(),
        entity: "user",
    })?;
    let full_name = defined.full_name();
    let extensions = &mut user.profile_mut().extensions;
    if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
        extensions.remove(&full_name);
        return Ok(());
    }
    let one = |value: &Value| one(&defined.data_type, value).ok_or_else(|| invalid(name, CLASS));
    let written = if defined.multi_valued {
        let values = value.as_array().ok_or_else(|| invalid(name, CLASS))?;
        values.iter().map(one).collect::<Result<Value, _>>()?
    } else {
        one(value)?
    };
    extensions.insert(full_name, written);
    Ok(())
}

/// A value of a data type (Microsoft Learn, extensionProperty resource type).
fn one(data_type: &str, value: &Value) -> Option<Value> {
    let shape = match data_type {
        "Binary" => {
            let bytes = STANDARD.decode(value.as_str()?).ok()?;
            return (bytes.len() <= 256).then(|| value.clone());
        }
        "Boolean" => &BOOLEAN,
        "DateTime" => &DATE,
        "Integer" => &INTEGER,
        "LargeInteger" => &LARGE,
        _ => &TEXT,
    };
    shape
        .written(&Value::Null, value)
        .ok()
        .filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::one;

    #[test]
    fn a_value_is_of_the_type_that_was_defined() {
        assert_eq!(one("String", &json!("x")), Some(json!("x")));
        assert_eq!(one("String", &json!(1)), None);
        assert_eq!(one("Boolean", &json!(true)), Some(json!(true)));
        assert_eq!(one("Integer", &json!(3_000_000_000_u64)), None);
        assert_eq!(
            one("LargeInteger", &json!(3_000_000_000_u64)),
            Some(json!(3_000_000_000_u64))
        );
        assert_eq!(one("Binary", &json!("YQ==")), Some(json!("YQ==")));
        assert_eq!(one("Binary", &json!("?")), None);
        assert_eq!(one("DateTime", &json!("soon")), None);
    }
}
