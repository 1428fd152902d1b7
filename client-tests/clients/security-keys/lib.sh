# What the scripts beside this one share. They run in a folder of their own, with the served key at $SOFTKEY_HIDRAW and
# the preload library at $SHIM. Every step prints one line when it has worked; the first that has not ends the script.
set -eu

PIN=123456

# Runs a program that looks for a security key. Without a terminal it takes PINs from standard input.
with_key() { LD_PRELOAD="$SHIM" setsid -w "$@"; }

# The same, with the PIN typed as often as it is asked for.
with_pin() { yes "$PIN" | head -n 4 | with_key "$@" 2>prompts.txt || { cat prompts.txt >&2; return 1; }; }

refused() { if "$@" >refused.txt 2>&1; then echo "this should have been refused: $*" >&2; return 1; fi; }

random() { head -c 32 /dev/urandom | base64; }

done_with() { echo "step: $1"; }
