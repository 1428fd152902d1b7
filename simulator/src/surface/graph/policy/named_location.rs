//! `ipNamedLocation` and `countryNamedLocation`.

use entrasim_domain::policy::named_location::{AddressRange, NamedLocation, NamedLocationKind};
use serde_json::{Map, Value, json};

use crate::surface::graph::error::GraphError;
use crate::surface::graph::write::invalid;

const CLASS: &str = "NamedLocation";

/// Reads the kind from a whole body; `@odata.type` says which it is.
pub(in crate::surface::graph) fn kind(
    odata_type: &str,
    members: &Map<String, Value>,
) -> Result<NamedLocationKind, GraphError> {
    match odata_type.trim_start_matches('#') {
        "microsoft.graph.ipNamedLocation" => {
            let ranges = members
                .get("ipRanges")
                .and_then(Value::as_array)
                .ok_or_else(|| invalid("ipRanges", CLASS))?
                .iter()
                .map(|range| {
                    range
                        .get("cidrAddress")
                        .and_then(Value::as_str)
                        .and_then(AddressRange::parse)
                        .ok_or_else(|| invalid("ipRanges", CLASS))
                })
                .collect::<Result<Vec<_>, _>>()?;
            if ranges.is_empty() {
                return Err(invalid("ipRanges", CLASS));
            }
            Ok(NamedLocationKind::Addresses {
                ranges,
                trusted: members.get("isTrusted") == Some(&json!(true)),
            })
        }
        "microsoft.graph.countryNamedLocation" => {
            lookup_method(members)?;
            let countries: Vec<String> = members
                .get("countriesAndRegions")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_uppercase)
                .collect();
            let well_formed = |code: &String| {
                code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase())
            };
            if countries.is_empty() || !countries.iter().all(well_formed) {
                return Err(invalid("countriesAndRegions", CLASS));
            }
            Ok(NamedLocationKind::Countries {
                countries,
                include_unknown: members.get("includeUnknownCountriesAndRegions")
                    == Some(&json!(true)),
            })
        }
        "microsoft.graph.compliantNetworkNamedLocation" => Err(GraphError::NotSimulated(
            "graph compliantNetworkNamedLocation".to_owned(),
        )),
        _ => Err(invalid("@odata.type", CLASS)),
    }
}

/// Countries follow from addresses here; positions that Authenticator tells are not simulated.
fn lookup_method(members: &Map<String, Value>) -> Result<(), GraphError> {
    match members.get("countryLookupMethod").and_then(Value::as_str) {
        None | Some("clientIpAddress") => Ok(()),
        Some(other @ "authenticatorAppGps") => Err(GraphError::NotSimulated(format!(
            "graph countryNamedLocation/countryLookupMethod/{other}"
        ))),
        Some(_) => Err(invalid("countryLookupMethod", CLASS)),
    }
}

/// A location as Graph shows it.
pub(in crate::surface::graph) fn show(location: &NamedLocation) -> Map<String, Value> {
    let value = match &location.kind {
        NamedLocationKind::Addresses { ranges, trusted } => {
            let ranges: Vec<Value> = ranges
                .iter()
                .map(|range| {
                    let kind = if range.address.is_ipv4() {
                        "#microsoft.graph.iPv4CidrRange"
                    } else {
                        "#microsoft.graph.iPv6CidrRange"
                    };
                    json!({"@odata.type": kind, "cidrAddress": format!("{}/{}", range.address, range.prefix)})
                })
                .collect();
            json!({"@odata.type": "#microsoft.graph.ipNamedLocation", "isTrusted": trusted, "ipRanges": ranges})
        }
        NamedLocationKind::Countries {
            countries,
            include_unknown,
        } => json!({
            "@odata.type": "#microsoft.graph.countryNamedLocation", "countriesAndRegions": countries,
            "includeUnknownCountriesAndRegions": include_unknown, "countryLookupMethod": "clientIpAddress",
        }),
    };
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
