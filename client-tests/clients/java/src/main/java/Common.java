// What the flows share: the simulator's variables, rows of the table, and an automated person.

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

final class Common {
    static final String CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    static final String P1 = "{\"access_token\":{\"acrs\":{\"essential\":true,\"values\":[\"p1\"]}}}";
    static final String GRAPH = "https://graph.microsoft.com/User.Read";
    static final String PUBLIC = "https://login.microsoftonline.com/";
    static final String CUSTOM = env("HTTPS").replace("127.0.0.1", "localhost") + "/";
    static final String DEVICE = "https://login.microsoft.com/device";
    static final String APP = "\"idtyp\":\"app\"";
    static final String USER = "\"idtyp\":\"user\"";

    private Common() {
    }

    /** Gives what was proven, as text. */
    interface Flow {
        String run() throws Exception;
    }

    static String env(String name) {
        return System.getenv("ENTRASIM_" + name);
    }

    static void row(String client, String version, String flow, String route, Flow run) {
        boolean ok = true;
        String proven;
        try {
            proven = run.run();
        } catch (Throwable error) {
            ok = false;
            proven = error.toString();
        }
        proven = proven.length() > 600 ? proven.substring(0, 600) : proven;
        System.out.printf("{\"client\":\"%s\",\"version\":\"%s\",\"flow\":\"%s\",\"route\":\"%s\",\"ok\":%s,\"proven\":\"%s\"}%n",
            client, version, flow, route, ok, proven.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[\\r\\n\\t]", " "));
    }

    /** Cloud Shell hands out its person's tokens, every other host those of its own identity. */
    static String subject(String host) {
        return host.equals("Cloud Shell") ? USER : APP;
    }

    private static String claims(String token) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
    }

    /** The claims as text contain what is wanted. */
    static String has(String token, String... wanted) {
        List<String> proven = new ArrayList<>();
        for (String part : wanted) {
            if (!claims(token).contains(part)) {
                throw new IllegalStateException(part + " is not in " + claims(token));
            }
            proven.add(part.replaceAll("[\"\\[\\]]", "").replace(":", " ").replace(",", "+"));
        }
        return String.join(", ", proven);
    }

    /** What an API got on behalf of its caller. */
    static String onBehalf(String token) {
        has(token, "\"appid\":\"" + System.getenv("API_ID") + "\"", "User.Read", "\"upn\":\"bob@");
        return "the user's token of Graph, for the API";
    }

    /** Alice in Chromium, at the same time as the client that waits for her. */
    static void person(String url, String... more) {
        List<String> command = new ArrayList<>(List.of("node", System.getenv("PERSON"), url, "--user", env("ALICE_UPN"), "--password", env("ALICE_PASSWORD")));
        command.addAll(List.of(more));
        try {
            new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }
}
