//! softkey as the authenticator.

use softkey::attestation::authority::Authority;
use softkey::authenticator::Authenticator;
use softkey::client::{Caller, Client};
use softkey::env::SeededEnv;
use softkey::profile::{Profile, persona};
use softkey::store::{Change, MemoryStore, Store};

use super::*;

struct Key {
    authority: Authority,
    device: Authenticator<MemoryStore>,
    env: SeededEnv,
}

impl Key {
    fn new(name: &str) -> Self {
        let mut env = SeededEnv::new(7);
        env.unix_time = softkey::system_env::Clock::default().unix_time();
        let authority = Authority::generate(&mut env);
        let profile: Profile = persona::find(name).unwrap().profile.clone();
        let identity = authority.issue(profile.aaguid, "serial").unwrap();
        let mut device = Authenticator::new(profile, MemoryStore::default(), &mut env).unwrap();
        device
            .store_mut()
            .commit(vec![Change::Attestation(Box::new(identity))])
            .unwrap();
        let mut made = Self {
            authority,
            device,
            env,
        };
        made.client().set_pin(None, "123456").unwrap();
        made
    }

    fn client(&mut self) -> Client<'_, MemoryStore> {
        Client::new(&mut self.device, &mut self.env).pin(Some("123456"))
    }

    fn model(&self) -> Uuid {
        self.device.profile().aaguid.to_string().parse().unwrap()
    }

    fn trust(&self) -> TrustList {
        let pem = self.authority.root_pem().unwrap();
        let body: String = pem
            .lines()
            .filter(|line| !line.starts_with("---"))
            .collect();
        let der = base64::engine::general_purpose::STANDARD
            .decode(body)
            .unwrap();
        let root = Root {
            certificate: &der,
            model: self.model(),
            name: "test",
        };
        TrustList::new([root]).unwrap()
    }

    fn register(&mut self, challenge: &[u8]) -> Value {
        let options = json!({
            "rp": {"id": RP_ID, "name": "Microsoft"},
            "user": {"id": encode(&[7; 51]), "name": "alice", "displayName": "Alice"},
            "challenge": encode(challenge),
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
            "authenticatorSelection": {"requireResidentKey": true, "userVerification": "required"},
            "attestation": "direct",
        });
        self.client()
            .register(&options, &Caller::new(ORIGIN))
            .unwrap()
    }

    fn sign_in(&mut self, challenge: &[u8]) -> Value {
        let options =
            json!({"rpId": RP_ID, "challenge": encode(challenge), "userVerification": "required"});
        self.client()
            .sign_in(&options, &Caller::new(ORIGIN))
            .unwrap()
    }
}

const CHALLENGE: &[u8] = &[9; 384];

fn expected(trust: &TrustList) -> Registration<'_> {
    Registration {
        challenge: CHALLENGE,
        exclude: &[],
        trust,
    }
}

#[test]
fn a_key_that_proves_its_model_is_attested_and_signs_in() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let (server, trust) = (RelyingParty::default(), key.trust());
    let answer = key.register(CHALLENGE);
    let made = server.register(&expected(&trust), &answer).unwrap();
    assert!(made.unproved.is_none() && !made.backup_eligible);
    assert_eq!(made.aaguid, Some(key.model()));
    assert!(!made.certificates.is_empty());
    let mut counter = made.counter;
    for challenge in [b"first".as_slice(), &[1; 2000]] {
        let answer = key.sign_in(challenge);
        let shown = server
            .authenticate(challenge, &made.key, counter, &answer)
            .unwrap();
        assert_eq!(shown.credential_id, made.credential_id);
        assert!(shown.counter > counter);
        counter = shown.counter;
        // The same answer a second time: the counter does not move.
        let again = server.authenticate(challenge, &made.key, counter, &answer);
        assert!(matches!(again, Err(Refusal::Counter)), "{again:?}");
        let other = server.authenticate(b"other", &made.key, 0, &answer);
        assert!(matches!(other, Err(Refusal::Failed(_))), "{other:?}");
    }
}

#[test]
fn without_trust_a_key_proves_nothing() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let (server, nobody) = (RelyingParty::default(), TrustList::default());
    let answer = key.register(CHALLENGE);
    let made = server.register(&expected(&nobody), &answer).unwrap();
    assert!(made.unproved.is_some());
    let twice = Registration {
        exclude: &[&made.credential_id],
        ..expected(&nobody)
    };
    let refused = server.register(&twice, &answer);
    assert!(matches!(refused, Err(Refusal::Excluded)), "{refused:?}");
    let late = Registration {
        challenge: b"another",
        ..expected(&nobody)
    };
    assert!(matches!(
        server.register(&late, &answer),
        Err(Refusal::Failed(_))
    ));
}

#[test]
fn what_clients_leave_out_is_not_missed_and_garbage_is_refused() {
    let mut key = Key::new("yubikey5-nfc-5.7");
    let (server, nobody) = (RelyingParty::default(), TrustList::default());
    let answer = key.register(CHALLENGE);
    let bare = json!({
        "id": answer["id"],
        "response": {
            "clientDataJSON": answer["response"]["clientDataJSON"],
            "attestationObject": answer["response"]["attestationObject"],
        },
        "clientExtensionResults": {"hmacCreateSecret": "perhaps"},
    });
    server.register(&expected(&nobody), &bare).unwrap();
    for wrong in [
        json!({}),
        json!([]),
        json!({"id": "x", "response": {"clientDataJSON": "%", "attestationObject": ""}}),
    ] {
        let refused = server.register(&expected(&nobody), &wrong);
        assert!(
            matches!(refused, Err(Refusal::Unreadable(_))),
            "{refused:?}"
        );
    }
}
