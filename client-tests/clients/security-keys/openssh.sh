# OpenSSH: keys that live on the security key, made, used, and fetched on another machine.
. "$(dirname "$0")/lib.sh"

with_pin fido2-token -S "$SOFTKEY_HIDRAW"
# OpenSSH asks for the PIN through a program.
printf '#!/bin/sh\necho %s\n' "$PIN" >askpass
chmod +x askpass
export SSH_ASKPASS="$PWD/askpass" SSH_ASKPASS_REQUIRE=force DISPLAY=none HOME="$PWD"
ssh() { with_key "$@" 2>&1 </dev/null; }

for kind in ecdsa-sk ed25519-sk; do
  ssh ssh-keygen -q -t "$kind" -f "id_$kind" -N '' -C "alice@example"
  echo "what is signed" >message
  rm -f message.sig
  ssh ssh-keygen -Y sign -f "id_$kind" -n file message
  { printf 'alice '; cat "id_$kind.pub"; } >allowed
  ssh-keygen -Y verify -f allowed -I alice -n file -s message.sig <message >/dev/null
  echo "something else" >other
  refused sh -c 'ssh-keygen -Y verify -f allowed -I alice -n file -s message.sig <other'
  done_with "ssh-keygen -t $kind: made, signs, verified"
done

for kind in ecdsa-sk ed25519-sk; do
  ssh ssh-keygen -q -t "$kind" -O resident -O verify-required -O "application=ssh:$kind" -f "resident_$kind" -N ''
done
mkdir elsewhere
(cd elsewhere && ssh ssh-keygen -K -N '') >/dev/null
for kind in ecdsa-sk ed25519-sk; do
  fetched=elsewhere/id_$(echo "$kind" | tr - _)_rk_$kind
  [ "$(cut -d ' ' -f 2 "$fetched.pub")" = "$(cut -d ' ' -f 2 "resident_$kind.pub")" ]
  rm -f message.sig
  ssh ssh-keygen -Y sign -f "$fetched" -n file message
  { printf 'alice '; cat "resident_$kind.pub"; } >allowed
  ssh-keygen -Y verify -f allowed -I alice -n file -s message.sig <message >/dev/null
  done_with "ssh-keygen -K: a resident $kind key is fetched elsewhere and signs with the PIN"
done
