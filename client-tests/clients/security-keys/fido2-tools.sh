# The tools of libfido2: fido2-token, fido2-cred, fido2-assert.
. "$(dirname "$0")/lib.sh"
key=$SOFTKEY_HIDRAW

with_key fido2-token -L | grep -q "$key"
done_with "fido2-token -L finds the key"
with_key fido2-token -I "$key" >info.txt
for said in 'FIDO_2_1' 'U2F_V2' 'noclientPin' 'largeBlobs' 'credMgmt' 'minpinlen: 4'; do grep -q -- "$said" info.txt; done
done_with "fido2-token -I"

with_pin fido2-token -S "$key"
with_key fido2-token -I "$key" | grep -q ', clientPin'
printf '%s\n654321\n654321\n' "$PIN" | with_key fido2-token -C "$key" 2>/dev/null
PIN=654321
printf 'wrong-pin\n' | refused with_key fido2-token -L -r "$key"
done_with "fido2-token -S and -C: a PIN is set, changed, and a wrong one refused"

for kind in es256 eddsa; do
  { random; echo example.com; echo alice; random; } >cred_param
  with_pin fido2-cred -M -i cred_param "$key" "$kind" >cred
  fido2-cred -V -i cred "$kind" >cred_id_and_key
  head -n 1 cred_id_and_key >cred_id
  tail -n +2 cred_id_and_key >pubkey
  { random; echo example.com; cat cred_id; } >assert_param
  with_pin fido2-assert -G -i assert_param "$key" >assertion
  fido2-assert -V -i assertion pubkey "$kind"
  { sed -n 1p assert_param; echo example.org; cat cred_id; } >elsewhere_param
  refused with_pin fido2-assert -G -i elsewhere_param "$key"
  done_with "fido2-cred -M and -V, fido2-assert -G and -V: $kind"
done

{ random; echo example.com; echo bob; random; } >cred_param
with_pin fido2-cred -M -r -v -h -b -i cred_param "$key" >resident
fido2-cred -V -h -v -i resident -o resident_id_and_key
tail -n +2 resident_id_and_key >pubkey
{ random; echo example.com; random; } >assert_param
with_pin fido2-assert -G -r -v -h -b -i assert_param "$key" >assertion
fido2-assert -V -h -v -i assertion pubkey
done_with "a resident credential with hmac-secret and a key for large blobs, verified by PIN"

with_pin fido2-token -L -r "$key" | grep -q example.com
with_pin fido2-token -L -k example.com "$key" >credentials
grep -q es256 credentials
credential=$(cut -d ' ' -f 2 credentials)
with_pin fido2-token -I -c "$key" | grep -q 'existing rk(s): 1'
with_pin fido2-token -I -k example.com -i "$credential" "$key" >public_key
tail -n +2 public_key | cmp - pubkey
done_with "fido2-token -L -r, -L -k and -I -k list what is on the key"

head -c 1500 /dev/urandom >blob
with_pin fido2-token -S -b -n example.com -i "$credential" blob "$key"
with_pin fido2-token -L -b "$key" | grep -q " 1500 "
with_pin fido2-token -G -b -n example.com -i "$credential" blob.read "$key"
cmp blob blob.read
with_pin fido2-token -D -b -n example.com -i "$credential" "$key"
done_with "fido2-token -S -b, -L -b, -G -b and -D -b: a large blob is kept, read and deleted"

with_pin fido2-token -D -i "$credential" "$key"
with_pin fido2-token -L -k example.com "$key" >credentials || true
refused grep -q es256 credentials
done_with "fido2-token -D -i deletes a credential"

with_pin fido2-token -S -l 6 "$key"
with_key fido2-token -I "$key" | grep -q 'minpinlen: 6'
with_pin fido2-token -S -a "$key"
with_key fido2-token -I "$key" | grep -q 'ep,'
with_pin fido2-token -S -u "$key"
with_key fido2-token -I "$key" | grep -q ' alwaysUv'
done_with "fido2-token -S -l, -a and -u: the least PIN, enterprise attestation, always verify"

"$SOFTKEY" control "$CONTROL" '{"command":"power-cycle"}' >/dev/null
with_key fido2-token -R "$key"
with_key fido2-token -I "$key" >info.txt
for said in 'noclientPin' 'noalwaysUv' 'noep' 'minpinlen: 4'; do grep -q -- "$said" info.txt; done
done_with "fido2-token -R erases the key"
