//! `GET /metadata/endpoints`: where this cloud's services are. No token needed.

use http::StatusCode;
use serde_json::{Value, json};

use crate::call::Call;
use crate::hosts::{SimulatedHost, lookup};
use crate::origins;
use crate::wire::{Form, Reply};

/// A single object from 2022 on, a list before (Terraform and the Azure CLI read one each).
pub(super) fn endpoints(call: &Call<'_>) -> Reply {
    let query = Form::parse(call.request.query.as_bytes());
    let version = query
        .get_ignoring_case("api-version")
        .unwrap_or("2022-09-01");
    let cloud = cloud(call);
    if version < "2022" {
        Reply::json(StatusCode::OK, &json!([cloud]))
    } else {
        Reply::json(StatusCode::OK, &cloud)
    }
}

fn cloud(call: &Call<'_>) -> Value {
    let custom = lookup(&call.request.host()) != Some(SimulatedHost::Arm);
    let own = call.request.origin();
    let at = |public: &str| {
        if custom {
            own.clone()
        } else {
            public.to_owned()
        }
    };
    json!({
        "portal": at("https://portal.azure.com"),
        "authentication": {
            "loginEndpoint": at(origins::SIGN_IN),
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "media": "https://rest.media.azure.net",
        "graphAudience": "https://graph.windows.net/",
        "graph": "https://graph.windows.net/",
        "name": if custom { "Entrasim" } else { "AzureCloud" },
        "suffixes": {
            "azureDataLakeStoreFileSystem": "azuredatalakestore.net", "acrLoginServer": "azurecr.io",
            "sqlServerHostname": "database.windows.net", "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
            "keyVaultDns": "vault.azure.net", "storage": "core.windows.net", "azureFrontDoorEndpointSuffix": "azurefd.net",
            "storageSyncEndpointSuffix": "afs.azure.net", "mhsmDns": "managedhsm.azure.net",
            "mysqlServerEndpoint": "mysql.database.azure.com", "postgresqlServerEndpoint": "postgres.database.azure.com",
            "mariadbServerEndpoint": "mariadb.database.azure.com", "synapseAnalytics": "dev.azuresynapse.net",
            "attestationEndpoint": "attest.azure.net",
        },
        "batch": "https://batch.core.windows.net/",
        "resourceManager": at("https://management.azure.com/"),
        "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "sqlManagement": "https://management.core.windows.net:8443/",
        "microsoftGraphResourceId": at("https://graph.microsoft.com/"),
        "appInsightsResourceId": "https://api.applicationinsights.io",
        "appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
        "attestationResourceId": "https://attest.azure.net",
        "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
        "logAnalyticsResourceId": "https://api.loganalytics.io",
        "ossrDbmsResourceId": "https://ossrdbms-aad.database.windows.net",
        "gallery": "https://gallery.azure.com/",
    })
}
