//! `GET /metadata/endpoints`: the addresses of the cloud, for clients that are pointed at Resource Manager alone. The one
//! path that needs no token.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::error::ArmError;
use super::{api_version, headers};
use crate::call::Call;
use crate::hosts::{SimulatedHost, lookup};
use crate::origins;
use crate::wire::{Form, Reply};

/// The answer, if this is that path.
pub(super) fn answer(call: &Call<'_>) -> Option<Reply> {
    let segments = call.request.segments();
    let is = |at: usize, word: &str| {
        segments
            .get(at)
            .is_some_and(|segment| segment.eq_ignore_ascii_case(word))
    };
    if segments.len() != 2 || !is(0, "metadata") || !is(1, "endpoints") {
        return None;
    }
    let reply = endpoints(call).unwrap_or_else(|error| error.reply(call));
    Some(headers::add(call, reply))
}

fn endpoints(call: &Call<'_>) -> super::Answer {
    if !matches!(call.request.method, Method::GET | Method::HEAD) {
        return Err(ArmError::MethodNotAllowed(call.request.method.to_string()));
    }
    let query = Form::parse(call.request.query.as_bytes());
    api_version::check(&query)?;
    let version = query.get_ignoring_case("api-version").unwrap_or_default();
    let origins = Origins::of(call);
    let body = match version.get(..4).unwrap_or_default() {
        "2015" => json!({
            "galleryEndpoint": "https://gallery.azure.com/",
            "graphEndpoint": "https://graph.windows.net/",
            "portalEndpoint": "https://portal.azure.com/",
            "authentication": {
                "loginEndpoint": format!("{}/", origins.sign_in),
                "audiences": origins.audiences(),
            },
        }),
        // Until 2022 the answer was a list of clouds (azure-cli and Az PowerShell ask so), since then it is one
        // (hashicorp/go-azure-sdk asks so).
        "2016" | "2017" | "2018" | "2019" | "2020" | "2021" => json!([cloud(&origins)]),
        _ => cloud(&origins),
    };
    Ok(Reply::json(StatusCode::OK, &body))
}

/// The addresses to hand out: the public ones to a client that uses them, its own origin to any other.
struct Origins {
    name: &'static str,
    sign_in: String,
    graph: String,
    arm: String,
}

impl Origins {
    fn of(call: &Call<'_>) -> Self {
        if lookup(&call.request.host()) == Some(SimulatedHost::Arm) {
            return Self {
                name: "AzureCloud",
                sign_in: origins::SIGN_IN.to_owned(),
                graph: origins::GRAPH.to_owned(),
                arm: origins::ARM.to_owned(),
            };
        }
        let origin = call.request.origin();
        Self {
            // azure-cli replaces the sign-in address of a cloud that is called AzureCloud.
            name: "Entrasim",
            sign_in: origin.clone(),
            graph: origin.clone(),
            arm: origin,
        }
    }

    fn audiences(&self) -> Vec<String> {
        if self.arm == origins::ARM {
            vec![
                "https://management.core.windows.net/".to_owned(),
                "https://management.azure.com/".to_owned(),
            ]
        } else {
            vec![self.arm.clone()]
        }
    }
}

/// One cloud, with the members of a real entry in their order.
fn cloud(origins: &Origins) -> Value {
    json!({
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": origins.sign_in,
            "audiences": origins.audiences(),
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "media": "https://rest.media.azure.net",
        "graphAudience": "https://graph.windows.net/",
        "graph": "https://graph.windows.net/",
        "name": origins.name,
        "suffixes": {
            "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
            "acrLoginServer": "azurecr.io",
            "sqlServerHostname": "database.windows.net",
            "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
            "keyVaultDns": "vault.azure.net",
            "storage": "core.windows.net",
            "azureFrontDoorEndpointSuffix": "azurefd.net",
            "storageSyncEndpointSuffix": "afs.azure.net",
            "mhsmDns": "managedhsm.azure.net",
            "mysqlServerEndpoint": "mysql.database.azure.com",
            "postgresqlServerEndpoint": "postgres.database.azure.com",
            "mariadbServerEndpoint": "mariadb.database.azure.com",
            "synapseAnalytics": "dev.azuresynapse.net",
            "attestationEndpoint": "attest.azure.net",
        },
        "batch": "https://batch.core.windows.net/",
        "resourceManager": origins.arm,
        "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "microsoftGraphResourceId": format!("{}/", origins.graph),
        "appInsightsResourceId": "https://api.applicationinsights.io",
        "appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
        "attestationResourceId": "https://attest.azure.net",
        "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
        "logAnalyticsResourceId": "https://api.loganalytics.io",
        "ossrDbmsResourceId": "https://ossrdbms-aad.database.windows.net",
        "gallery": "https://gallery.azure.com/",
    })
}
