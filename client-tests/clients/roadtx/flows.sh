# roadtx, a public tool of security researchers, on the v1 endpoints. Prints one row a flow, as JSON.
cd "$AZURE_CONFIG_DIR" || exit 9
version=$(python3 -c 'import importlib.metadata as m; print(m.version("roadtx"))')
row() {
  if [ -n "$3" ] && [ -z "$2" ]; then ok=true; else ok=false; fi
  printf '{"client":"roadtx","version":"%s","flow":"%s","route":"proxy","ok":%s,"proven":"%s"}\n' "$version" "$1" "$ok" "$3$2"
}
# Says what is not as wanted, and nothing otherwise.
has() {
  python3 - "$1" "$2" 2>&1 <<'PYTHON'
import base64, json, sys
token = json.load(open(".roadtools_auth"))["accessToken"].split(".")[1]
claims = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
if json.dumps(claims.get(sys.argv[1])) != sys.argv[2]:
    print(f"{sys.argv[1]} is {claims.get(sys.argv[1])}")
PYTHON
}
roadtx gettokens -u "$ENTRASIM_ALICE_UPN" -p "$ENTRASIM_ALICE_PASSWORD" -c azcli -r azrm > password.txt 2>&1
row "password" "$(has amr '["pwd"]')" "amr pwd"
roadtx refreshtokento -r msgraph -c azcli > refresh.txt 2>&1
row "refresh to another resource" "$(has aud '"https://graph.microsoft.com/"')" "aud https://graph.microsoft.com/"
rm -f .roadtools_auth
roadtx gettokens --device-code -c azcli -r azrm > device.txt 2>&1 &
waiting=$!
code=""
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  code=$(sed -n 's/.*enter the code \([A-Z0-9]*\) to.*/\1/p' device.txt)
  [ -n "$code" ] && break
  sleep 0.5
done
node "$PERSON" https://login.microsoft.com/device --user "$ENTRASIM_ALICE_UPN" --password "$ENTRASIM_ALICE_PASSWORD" --code "$code" > person.txt
wait $waiting
row "device code" "$(has idtyp '"user"')" "idtyp user"
