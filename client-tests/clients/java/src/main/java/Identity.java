// azure-identity for Java: its credentials, both routes.

import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.DeviceCodeCredentialBuilder;
import com.azure.identity.InteractiveBrowserCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.OnBehalfOfCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.azure.identity.AadCredentialBuilderBase;
import java.nio.file.Files;
import java.nio.file.Path;

final class Identity {
    private final String version;

    Identity(String version) {
        this.version = version;
    }

    private void row(String flow, String route, Common.Flow run) {
        Common.row("azure-identity (Java)", version, flow, route, run);
    }

    private static String token(TokenCredential credential, String scope) {
        return credential.getTokenSync(new TokenRequestContext().addScopes(scope).setTenantId(Common.env("TENANT"))).getToken();
    }

    private static String arm(TokenCredential credential, String... wanted) {
        return Common.has(token(credential, "https://management.azure.com/.default"), wanted);
    }

    void flows() throws Exception {
        route("proxy", Common.PUBLIC);
        route("custom host", Common.CUSTOM);
        row("AzureCliCredential", "proxy", () -> arm(new AzureCliCredentialBuilder().build(), Common.USER));
        row("DefaultAzureCredential, environment", "proxy", () -> arm(new DefaultAzureCredentialBuilder().build(), Common.APP));
    }

    private void route(String route, String host) throws Exception {
        Path path = Path.of(System.getenv("AZURE_CONFIG_DIR"), "federated-token");
        Files.writeString(path, Common.env("DEPLOY_FEDERATED_TOKEN"));
        String id = Common.env("DEPLOY_CLIENT_ID");
        row("client secret", route, () -> arm(at(host, new ClientSecretCredentialBuilder()).clientId(id).clientSecret(Common.env("DEPLOY_CLIENT_SECRET")).build(), Common.APP));
        row("certificate", route, () -> arm(at(host, new ClientCertificateCredentialBuilder()).clientId(id).pemCertificate(Common.env("DEPLOY_CERTIFICATE")).build(), Common.APP));
        row("workload identity", route, () -> arm(at(host, new WorkloadIdentityCredentialBuilder()).clientId(id).tokenFilePath(path.toString()).build(), Common.APP));
        row("device code", route, () -> arm(at(host, new DeviceCodeCredentialBuilder()).clientId(Common.CLI)
            .challengeConsumer(code -> Common.person(Common.DEVICE, "--code", code.getUserCode())).build(), Common.USER));
        row("interactive", route, () -> arm(at(host, new InteractiveBrowserCredentialBuilder()).clientId(Common.CLI).redirectUrl("http://localhost").build(), Common.USER));
        row("on-behalf-of", route, () -> Common.onBehalf(token(at(host, new OnBehalfOfCredentialBuilder()).clientId(System.getenv("API_ID"))
            .clientSecret(System.getenv("API_SECRET")).userAssertion(System.getenv("USER_ASSERTION")).build(), Common.GRAPH)));
    }

    /** The tenant, and the authority with the switch that a host of one's own needs. */
    private static <B extends AadCredentialBuilderBase<B>> B at(String host, B builder) {
        builder.tenantId(Common.env("TENANT")).authorityHost(host);
        return host.equals(Common.PUBLIC) ? builder : builder.disableInstanceDiscovery();
    }

    void managedIdentity(String host) {
        row("managed identity, " + host, "proxy", () -> arm(new ManagedIdentityCredentialBuilder().build(), Common.subject(host)));
    }
}
