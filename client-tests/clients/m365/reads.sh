# CLI for Microsoft 365, as an administrator's report script calls it. Prints one row a flow, as JSON.
here=$(cd "$(dirname "$0")" && pwd)
export HOME="$(mktemp -d)"
m365() { node "$here/node_modules/@pnp/cli-microsoft365/dist/index.js" "$@"; }
row() { # flow, what it proves, a test in JavaScript of the answer `it`
  out=$(cat)
  OUT="$out" FLOW="$1" PROVEN="$2" TEST="$3" VERSION="$(node -p "require('$here/node_modules/@pnp/cli-microsoft365/package.json').version")" node -e '
    const { OUT, FLOW: flow, PROVEN, TEST, VERSION: version } = process.env;
    let ok = false;
    try { const it = JSON.parse(OUT); ok = Boolean(eval(TEST)); } catch { /* not JSON: what it says is the row */ }
    console.log(JSON.stringify({ client: "CLI for Microsoft 365", version, flow, route: "proxy", ok, proven: ok ? PROVEN : OUT.slice(0, 600) }));'
}
m365 cli config set --key disableTelemetry --value true > /dev/null 2>&1
m365 login --authType secret --appId "$ENTRASIM_DEPLOY_CLIENT_ID" --tenant "$ENTRASIM_TENANT" --secret "$ENTRASIM_DEPLOY_CLIENT_SECRET" --output json 2>&1 |
  row "login with a secret" "connected as deploy" 'it.connectedAs === "deploy"'
m365 entra user registrationdetails list --output json 2>&1 |
  row "registration details" "who is MFA capable" 'it.length > 4 && it.some((one) => one.isMfaCapable) && it.some((one) => one.isAdmin && !one.isMfaCapable)'
m365 entra user registrationdetails list --isAdmin true --isMfaCapable false --output json 2>&1 |
  row "registration details, filtered" "administrators without a second factor" 'it.length > 0 && it.every((one) => one.isAdmin && !one.isMfaCapable)'
m365 entra user signin list --output json 2>&1 |
  row "sign-ins" "interactive sign-ins" 'Array.isArray(it)'
m365 entra user list --properties id,displayName,userPrincipalName --output json 2>&1 |
  row "users" "everybody" 'it.length > 4'
