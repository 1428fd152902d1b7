# To be sourced, with the folder of the built programs: a folder of its own with the configuration, no registry, and `tf`.
#
#   tf VERB …       Terraform, without questions
#   there           the group's tag and the resources in it, as Resource Manager has them
#   the_day_after   moves the tenant's clock over the start of Phase 2, and forgets the tokens of the day before
#
# The provider reads the ARM_* settings that azurerm reads; without a secret it is whoever the Azure CLI is signed in as.

work="$AZURE_CONFIG_DIR/terraform"
mkdir "$work"
cp "$SOURCE/nightly.tf" "$work/main.tf"
cd "$work" || exit 9
cat > rc <<X
provider_installation {
  dev_overrides {
    "registry.example/entrasim/arm" = "$PROGRAMS"
  }
}
X
export TF_CLI_CONFIG_FILE="$work/rc" CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1
export ARM_SUBSCRIPTION_ID="$ENTRASIM_SUBSCRIPTION" ARM_TENANT_ID="$ENTRASIM_TENANT"

tf() {
  verb=$1
  shift
  "$PROGRAMS/terraform" "$verb" -no-color -input=false "$@"
}

there() {
  az group show -n nightly --query "join(' ', ['group', tags.team])" -o tsv
  az resource list -g nightly --query "[].join(' ', ['resource', name])" -o tsv
}

the_day_after() {
  python3 - <<'X'
import json, os, urllib.request
url = f"{os.environ['ENTRASIM_CONTROL']}/tenants/{os.environ['ENTRASIM_TENANT']}/clock"
body = json.dumps({"mode": "manual", "now": "2025-10-02T12:00:00Z"}).encode()
request = urllib.request.Request(url, body, {"content-type": "application/json"}, method="PUT")
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).read()
X
  az logout
}
