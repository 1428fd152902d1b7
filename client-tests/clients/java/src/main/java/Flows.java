// MSAL4J and azure-identity for Java, every flow that they have here. Prints one row a flow, as JSON.

import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.DeviceCodeCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.DeviceCodeFlowParameters;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IClientCredential;
import com.microsoft.aad.msal4j.InteractiveRequestParameters;
import com.microsoft.aad.msal4j.PublicClientApplication;
import com.microsoft.aad.msal4j.SilentParameters;
import com.microsoft.aad.msal4j.SystemBrowserOptions;
import com.microsoft.aad.msal4j.UserNamePasswordParameters;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

public final class Flows {
    private static final String CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    private static final String ARM = "https://management.core.windows.net//.default";
    private static final String P1 = "{\"access_token\":{\"acrs\":{\"essential\":true,\"values\":[\"p1\"]}}}";
    private static final String APP = "\"idtyp\":\"app\"";

    private interface Flow {
        String run() throws Exception;
    }

    private static String env(String name) {
        return System.getenv("ENTRASIM_" + name);
    }

    private static void row(String client, String version, String flow, Flow run) {
        String detail;
        try {
            detail = run.run();
        } catch (Throwable error) {
            detail = "FAILED " + error;
        }
        detail = detail.length() > 500 ? detail.substring(0, 500) : detail;
        String text = detail.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ").replace("\r", " ");
        System.out.printf("{\"client\":\"%s\",\"version\":\"%s\",\"flow\":\"%s\",\"route\":\"proxy\",\"ok\":%s,\"detail\":\"%s\"}%n",
            client, version, flow, detail.equals("ok"), text);
    }

    /** The claims as text contain what is wanted. */
    private static String expect(String token, String... wanted) {
        String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
        for (String part : wanted) {
            if (!claims.contains(part)) {
                return part + " is not in " + claims;
            }
        }
        return "ok";
    }

    private static void person(String url, String... more) {
        List<String> command = new ArrayList<>(List.of("node", System.getenv("PERSON"), url, "--user", env("ALICE_UPN"), "--password", env("ALICE_PASSWORD")));
        command.addAll(List.of(more));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            builder.start();
        } catch (java.io.IOException error) {
            throw new IllegalStateException(error);
        }
    }

    private static String pem(String text, String kind) {
        String begin = "-----BEGIN " + kind + "-----";
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf("-----END " + kind + "-----")).replaceAll("\\s", "");
    }

    private static IAuthenticationResult asApp(IClientCredential credential, String authority) throws Exception {
        return ConfidentialClientApplication.builder(env("DEPLOY_CLIENT_ID"), credential).authority(authority).build()
            .acquireToken(ClientCredentialParameters.builder(Set.of(ARM)).build()).get();
    }

    private static String token(TokenCredential credential, String... wanted) {
        TokenRequestContext context = new TokenRequestContext().addScopes("https://management.azure.com/.default").setTenantId(env("TENANT"));
        return expect(credential.getTokenSync(context).getToken(), wanted);
    }

    public static void main(String[] arguments) throws Exception {
        String authority = "https://login.microsoftonline.com/" + env("TENANT") + "/";
        String file = Files.readString(Path.of(env("DEPLOY_CERTIFICATE")));
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem(file, "PRIVATE KEY"))));
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(pem(file, "CERTIFICATE"))));
        String msal = arguments[0];
        String identity = arguments[1];

        row("MSAL Java", msal, "client secret", () -> expect(asApp(ClientCredentialFactory.createFromSecret(env("DEPLOY_CLIENT_SECRET")), authority).accessToken(), APP));
        row("MSAL Java", msal, "certificate", () -> expect(asApp(ClientCredentialFactory.createFromCertificate(key, certificate), authority).accessToken(), APP, "\"appidacr\":\"2\""));
        row("MSAL Java", msal, "federated token", () -> expect(asApp(ClientCredentialFactory.createFromClientAssertion(env("DEPLOY_FEDERATED_TOKEN")), authority).accessToken(), APP));
        PublicClientApplication client = PublicClientApplication.builder(CLI).authority(authority).build();
        row("MSAL Java", msal, "password, then silent", () -> {
            IAuthenticationResult first = client.acquireToken(UserNamePasswordParameters.builder(Set.of(ARM), env("BOB_UPN"), env("BOB_PASSWORD").toCharArray()).build()).get();
            IAuthenticationResult again = client.acquireTokenSilently(SilentParameters.builder(Set.of(ARM), first.account()).forceRefresh(true).build()).get();
            return expect(again.accessToken(), "\"amr\":[\"pwd\"]");
        });
        row("MSAL Java", msal, "interactive with MFA", () -> {
            SystemBrowserOptions browser = SystemBrowserOptions.builder().openBrowserAction(url -> person(url.toString())).build();
            InteractiveRequestParameters wish = InteractiveRequestParameters.builder(URI.create("http://localhost"))
                .scopes(Set.of(ARM)).claimsChallenge(P1).systemBrowserOptions(browser).build();
            return expect(client.acquireToken(wish).get().accessToken(), "\"amr\":[\"pwd\",\"mfa\"]", "\"acrs\":[\"p1\"]");
        });
        row("MSAL Java", msal, "device code", () -> expect(client.acquireToken(DeviceCodeFlowParameters.builder(Set.of(ARM),
            code -> person("https://login.microsoft.com/device", "--code", code.userCode())).build()).get().accessToken(), "\"idtyp\":\"user\""));

        row("azure-identity (Java)", identity, "client secret", () -> token(new ClientSecretCredentialBuilder().tenantId(env("TENANT")).clientId(env("DEPLOY_CLIENT_ID")).clientSecret(env("DEPLOY_CLIENT_SECRET")).build(), APP));
        row("azure-identity (Java)", identity, "certificate", () -> token(new ClientCertificateCredentialBuilder().tenantId(env("TENANT")).clientId(env("DEPLOY_CLIENT_ID")).pemCertificate(env("DEPLOY_CERTIFICATE")).build(), APP));
        row("azure-identity (Java)", identity, "workload identity", () -> {
            Path path = Path.of(System.getenv("AZURE_CONFIG_DIR"), "federated-token");
            Files.writeString(path, env("DEPLOY_FEDERATED_TOKEN"));
            return token(new WorkloadIdentityCredentialBuilder().tenantId(env("TENANT")).clientId(env("DEPLOY_CLIENT_ID")).tokenFilePath(path.toString()).build(), APP);
        });
        row("azure-identity (Java)", identity, "device code", () -> token(new DeviceCodeCredentialBuilder().tenantId(env("TENANT")).clientId(CLI)
            .challengeConsumer(code -> person("https://login.microsoft.com/device", "--code", code.getUserCode())).build(), "\"idtyp\":\"user\""));
        row("azure-identity (Java)", identity, "DefaultAzureCredential, environment", () -> token(new DefaultAzureCredentialBuilder().build(), APP));
        System.exit(0);
    }
}
