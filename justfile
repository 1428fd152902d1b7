# Every recipe is a plain command; nothing here is needed to build or test.

default:
    @just --list

# What CI runs
ci:
    bash .ci/run

fmt:
    cargo fmt --all

lint:
    cargo clippy --locked --workspace --all-targets -- -D warnings

test:
    cargo test --locked --workspace

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

# Play the shipped scenarios
scenarios:
    cargo run --locked -- replay

# Unmodified clients against the real binary (sets them up inside target/)
client-tests:
    cargo test --locked -p client-tests -- --include-ignored --nocapture

# Accept new snapshots
snapshots:
    INSTA_UPDATE=always cargo test --locked --workspace

# Tokens against RSA operations, discovery against nginx, start-up and memory; needs wrk, nginx and openssl
load:
    cargo build --locked --release -p entrasim
    bash simulator/bench/load.sh target/release/entrasim

bench:
    cargo bench --locked -p entrasim-bench

# A directory of a million people: start, memory, look-ups, scans, pages, delta, fork, each with its target
million *COUNT:
    cargo bench --locked -p entrasim-bench --bench million -- {{COUNT}}

# Sign-ins with passkeys through the socket, and the share of the signature: seconds, connections
passkeys *NUMBERS:
    cargo bench --locked -p entrasim-bench --bench passkeys -- {{NUMBERS}}

deny:
    cargo deny --config .deny.toml check

run *ARGS:
    cargo run --locked -- {{ARGS}}

doctor:
    cargo run --locked -- doctor
