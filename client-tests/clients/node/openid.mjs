// openid-client, a certified relying party by others: discovery, code flow with PKCE, an id token verified against the
// published keys, userinfo, refresh. Prints one row a flow, as JSON. Needs Node 24, whose fetch knows the proxy.

import * as client from "openid-client";
import { PUBLIC, env, row, webApp } from "./shared.mjs";

const flow = (name, run) => row("openid-client", "openid-client", name, "proxy", run);
let config, tokens, claims;

await flow("discovery", async () => {
  config = await client.discovery(new URL(`${PUBLIC}/${env.ENTRASIM_TENANT}/v2.0`), env.FRONT_ID, env.FRONT_SECRET);
  // Verifies the signature of id tokens, which the specification lets clients skip on a direct connection.
  client.enableNonRepudiationChecks(config);
  return "issuer as asked for";
});
await flow("authorization code with PKCE", async () => {
  const [pkceCodeVerifier, expectedNonce, expectedState] = [client.randomPKCECodeVerifier(), client.randomNonce(), client.randomState()];
  const { url } = await webApp(async (redirect_uri) => client.buildAuthorizationUrl(config, {
    redirect_uri, scope: "openid profile email offline_access", nonce: expectedNonce, state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256",
  }).href);
  tokens = await client.authorizationCodeGrant(config, url, { pkceCodeVerifier, expectedNonce, expectedState, idTokenExpected: true });
  claims = tokens.claims();
  if (claims.preferred_username !== env.ENTRASIM_ALICE_UPN) throw new Error(JSON.stringify(claims));
  return "id token: signature, issuer, audience, nonce, dates";
});
await flow("userinfo", async () => {
  const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  if (!info.name) throw new Error(JSON.stringify(info));
  return "the same sub";
});
await flow("refresh token", async () => {
  const again = await client.refreshTokenGrant(config, tokens.refresh_token);
  if (again.claims().sub !== claims.sub) throw new Error("another sub");
  return "the same sub";
});
await flow("sign-out address", async () => {
  const url = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token });
  if (url.origin !== PUBLIC) throw new Error(url.href);
  return "end_session_endpoint";
});
process.exit(0);
