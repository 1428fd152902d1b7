// MSAL4J: its grants, with and without a person, both routes.

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.DeviceCodeFlowParameters;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IClientCredential;
import com.microsoft.aad.msal4j.InteractiveRequestParameters;
import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.ManagedIdentityId;
import com.microsoft.aad.msal4j.ManagedIdentityParameters;
import com.microsoft.aad.msal4j.OnBehalfOfParameters;
import com.microsoft.aad.msal4j.PublicClientApplication;
import com.microsoft.aad.msal4j.SilentParameters;
import com.microsoft.aad.msal4j.SystemBrowserOptions;
import com.microsoft.aad.msal4j.UserAssertion;
import com.microsoft.aad.msal4j.UserNamePasswordParameters;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

final class Msal {
    private static final String ARM = "https://management.core.windows.net//.default";
    private final String version;

    Msal(String version) {
        this.version = version;
    }

    private void row(String flow, String route, Common.Flow run) {
        Common.row("MSAL Java", version, flow, route, run);
    }

    private static String pem(String text, String kind) {
        String begin = "-----BEGIN " + kind + "-----";
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf("-----END " + kind + "-----")).replaceAll("\\s", "");
    }

    private static IClientCredential certificate() throws Exception {
        String file = Files.readString(Path.of(Common.env("DEPLOY_CERTIFICATE")));
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem(file, "PRIVATE KEY"))));
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(pem(file, "CERTIFICATE"))));
        return ClientCredentialFactory.createFromCertificate(key, certificate);
    }

    void flows() throws Exception {
        route("proxy", Common.PUBLIC, true);
        route("custom host", Common.CUSTOM, false);
    }

    private void route(String route, String host, boolean discovers) throws Exception {
        String authority = host + Common.env("TENANT") + "/";
        row("client secret", route, () -> asApp(ClientCredentialFactory.createFromSecret(Common.env("DEPLOY_CLIENT_SECRET")), authority, discovers, "1"));
        row("certificate", route, () -> asApp(certificate(), authority, discovers, "2"));
        row("federated token", route, () -> asApp(ClientCredentialFactory.createFromClientAssertion(Common.env("DEPLOY_FEDERATED_TOKEN")), authority, discovers, "2"));
        row("on-behalf-of", route, () -> Common.onBehalf(confidential(System.getenv("API_ID"), ClientCredentialFactory.createFromSecret(System.getenv("API_SECRET")), authority, discovers)
            .acquireToken(OnBehalfOfParameters.builder(Set.of(Common.GRAPH), new UserAssertion(System.getenv("USER_ASSERTION"))).build()).get().accessToken()));
        PublicClientApplication client = PublicClientApplication.builder(Common.CLI).authority(authority).instanceDiscovery(discovers).build();
        if (discovers) {
            // With another host it asks for the realm of the user without the port of that host.
            row("password, then silent", route, () -> passwordThenSilent(client));
        }
        row("interactive with MFA", route, () -> {
            SystemBrowserOptions browser = SystemBrowserOptions.builder().openBrowserAction(url -> Common.person(url.toString())).build();
            InteractiveRequestParameters wish = InteractiveRequestParameters.builder(URI.create("http://localhost"))
                .scopes(Set.of(ARM)).claimsChallenge(Common.P1).systemBrowserOptions(browser).build();
            return Common.has(client.acquireToken(wish).get().accessToken(), "\"amr\":[\"pwd\",\"mfa\"]", "\"acrs\":[\"p1\"]");
        });
        row("device code", route, () -> Common.has(client.acquireToken(DeviceCodeFlowParameters.builder(Set.of(ARM),
            code -> Common.person(discovers ? Common.DEVICE : code.verificationUri(), "--code", code.userCode())).build()).get().accessToken(), Common.USER));
    }

    private static String passwordThenSilent(PublicClientApplication client) throws Exception {
        IAuthenticationResult first = client.acquireToken(UserNamePasswordParameters.builder(Set.of(ARM), Common.env("BOB_UPN"), Common.env("BOB_PASSWORD").toCharArray()).build()).get();
        IAuthenticationResult again = client.acquireTokenSilently(SilentParameters.builder(Set.of(ARM), first.account()).forceRefresh(true).build()).get();
        return Common.has(again.accessToken(), "\"amr\":[\"pwd\"]");
    }

    private static ConfidentialClientApplication confidential(String id, IClientCredential credential, String authority, boolean discovers) throws Exception {
        return ConfidentialClientApplication.builder(id, credential).authority(authority).instanceDiscovery(discovers).build();
    }

    private static String asApp(IClientCredential credential, String authority, boolean discovers, String proof) throws Exception {
        IAuthenticationResult result = confidential(Common.env("DEPLOY_CLIENT_ID"), credential, authority, discovers)
            .acquireToken(ClientCredentialParameters.builder(Set.of(ARM)).build()).get();
        return Common.has(result.accessToken(), Common.APP, "\"appidacr\":\"" + proof + "\"");
    }

    void managedIdentity(String host) {
        row("managed identity, " + host, "proxy", () -> {
            ManagedIdentityApplication machine = ManagedIdentityApplication.builder(ManagedIdentityId.systemAssigned()).build();
            String found = ManagedIdentityApplication.getManagedIdentitySource().toString();
            IAuthenticationResult result = machine.acquireTokenForManagedIdentity(ManagedIdentityParameters.builder("https://management.azure.com/").build()).get();
            return Common.has(result.accessToken(), Common.subject(host)) + ", recognised as " + found;
        });
    }
}
