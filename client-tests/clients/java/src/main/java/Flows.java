// MSAL4J and azure-identity for Java, every flow that they have here. Prints one row a flow, as JSON.
//
//   Flows VERSION VERSION                the versions of MSAL4J and azure-identity
//   Flows VERSION VERSION LIBRARY HOST   the managed identity of one library in one host

import java.util.LinkedHashMap;
import java.util.Map;

public final class Flows {
    private Flows() {
    }

    /** A host is what its variables say; a process cannot change its own. */
    private static Map<String, Map<String, String>> hosts() {
        String http = Common.env("HTTP");
        String secret = Common.env("IDENTITY_HEADER");
        Map<String, Map<String, String>> hosts = new LinkedHashMap<>();
        hosts.put("VM", Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", http));
        hosts.put("App Service", Map.of("IDENTITY_ENDPOINT", http + "/msi/token", "IDENTITY_HEADER", secret));
        hosts.put("Cloud Shell", Map.of("MSI_ENDPOINT", http + "/msi/cloud-shell"));
        if (System.getenv("ARC") != null) {
            hosts.put("Azure Arc", Map.of("IDENTITY_ENDPOINT", http + "/msi/arc", "IMDS_ENDPOINT", http));
        }
        return hosts;
    }

    public static void main(String[] arguments) throws Exception {
        Msal msal = new Msal(arguments[0]);
        Identity identity = new Identity(arguments[1]);
        if (arguments.length == 4) {
            if (arguments[2].equals("msal")) {
                msal.managedIdentity(arguments[3]);
            } else {
                identity.managedIdentity(arguments[3]);
            }
            System.exit(0);
        }
        msal.flows();
        identity.flows();
        for (String library : new String[] {"msal", "identity"}) {
            for (Map.Entry<String, Map<String, String>> host : hosts().entrySet()) {
                ProcessBuilder own = new ProcessBuilder("java", "-cp", System.getProperty("java.class.path"), "Flows", arguments[0], arguments[1], library, host.getKey());
                own.environment().putAll(host.getValue());
                own.inheritIO().start().waitFor();
            }
        }
        System.exit(0);
    }
}
