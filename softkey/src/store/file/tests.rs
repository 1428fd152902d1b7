use super::FileStore;
use crate::authenticator::{Authenticator, Channel, command};
use crate::cbor::{Value, read};
use crate::env::SeededEnv;
use crate::profile::Profile;
use crate::store::{Store, StoreError};
use std::path::PathBuf;

/// A directory that goes away with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("softkey-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("key.softkey")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("the directory is ours");
    }
}

fn map(entries: Vec<(i64, Value)>) -> Value {
    Value::map(entries)
}

fn text_map(entries: Vec<(&str, Value)>) -> Value {
    Value::map(entries)
}

fn call(key: &mut Authenticator<FileStore>, command: u8, parameters: &Value) -> Value {
    let request = [&[command], parameters.to_bytes().as_slice()].concat();
    let response = key.handle(Channel(1), &request, &mut SeededEnv::new(9));
    assert_eq!(response[0], 0, "{response:02x?}");
    read(&response[1..]).expect("CBOR")
}

fn register(key: &mut Authenticator<FileStore>, user: u8) {
    let algorithm = text_map(vec![
        ("alg", Value::from(-7_i64)),
        ("type", Value::from("public-key")),
    ]);
    let parameters = map(vec![
        (1, Value::from([0; 32])),
        (2, text_map(vec![("id", Value::from("example.com"))])),
        (3, text_map(vec![("id", Value::from([user]))])),
        (4, Value::from(vec![algorithm])),
        (7, text_map(vec![("rk", Value::Bool(true))])),
    ]);
    // Every registration of this test needs randomness of its own.
    let request = [
        &[command::MAKE_CREDENTIAL],
        parameters.to_bytes().as_slice(),
    ]
    .concat();
    let response = key.handle(Channel(1), &request, &mut SeededEnv::new(u64::from(user)));
    assert_eq!(response[0], 0);
}

fn sign(key: &mut Authenticator<FileStore>) -> u32 {
    let parameters = map(vec![
        (1, Value::from("example.com")),
        (2, Value::from([0; 32])),
    ]);
    let response = call(key, command::GET_ASSERTION, &parameters);
    let data = response
        .get(2_i64)
        .and_then(Value::as_bytes)
        .expect("authData");
    u32::from_be_bytes(data[33..37].try_into().expect("four bytes"))
}

fn create(scratch: &Scratch, passphrase: Option<&str>) -> Authenticator<FileStore> {
    let mut env = SeededEnv::new(1);
    let store = FileStore::create(&scratch.file(), Profile::default(), passphrase, &mut env);
    Authenticator::new(Profile::default(), store.expect("created"), &mut env).expect("powered up")
}

fn open(scratch: &Scratch, passphrase: Option<&str>) -> Authenticator<FileStore> {
    let store = FileStore::open(&scratch.file(), passphrase).expect("opened");
    Authenticator::new(store.profile().clone(), store, &mut SeededEnv::new(2)).expect("powered up")
}

#[test]
fn a_key_that_was_closed_goes_on_where_it_was() {
    let scratch = Scratch::new("closed");
    let mut key = create(&scratch, None);
    register(&mut key, 1);
    assert_eq!(sign(&mut key), 2);
    key.close().expect("closed");
    drop(key);
    let mut key = open(&scratch, None);
    assert_eq!(sign(&mut key), 3);
}

#[test]
fn a_key_that_was_killed_skips_counters_and_loses_nothing() {
    let scratch = Scratch::new("killed");
    let mut key = create(&scratch, None);
    register(&mut key, 1);
    register(&mut key, 2);
    let last = sign(&mut key);
    drop(key);
    let mut key = open(&scratch, None);
    assert_eq!(key.store().state().discoverable_count(), 2);
    assert!(sign(&mut key) > last);
}

#[test]
fn a_file_cut_off_anywhere_opens_with_every_commit_before_the_cut() {
    let scratch = Scratch::new("cut");
    let mut key = create(&scratch, None);
    let begin = std::fs::read(scratch.file()).expect("a file").len();
    // The length of the file after each acknowledged registration.
    let mut acknowledged = vec![(begin, 0)];
    for user in 1..=3 {
        register(&mut key, user);
        let length = std::fs::read(scratch.file()).expect("a file").len();
        acknowledged.push((length, usize::from(user)));
    }
    drop(key);
    let whole = std::fs::read(scratch.file()).expect("a file");
    // Every seventh byte, and the very ends of commits.
    for end in (begin..=whole.len())
        .step_by(7)
        .chain(acknowledged.iter().map(|one| one.0))
    {
        std::fs::write(scratch.file(), &whole[..end]).expect("written");
        let store = FileStore::open(&scratch.file(), None).expect("opened");
        let expected = acknowledged
            .iter()
            .rev()
            .find(|(length, _)| *length <= end)
            .expect("one")
            .1;
        assert!(
            store.state().discoverable_count() >= expected,
            "cut at {end}"
        );
    }
}

#[test]
fn a_cut_off_commit_is_dropped_and_the_next_one_stands_in_its_place() {
    let scratch = Scratch::new("dropped");
    let mut key = create(&scratch, None);
    register(&mut key, 1);
    drop(key);
    let mut bytes = std::fs::read(scratch.file()).expect("a file");
    bytes.extend_from_slice(b"0123456789abcdef {\"chan");
    std::fs::write(scratch.file(), &bytes).expect("written");
    let mut key = open(&scratch, None);
    register(&mut key, 2);
    drop(key);
    assert_eq!(open(&scratch, None).store().state().discoverable_count(), 2);
}

#[test]
fn damage_before_the_end_is_reported_with_its_line() {
    let scratch = Scratch::new("damaged");
    let mut key = create(&scratch, None);
    register(&mut key, 1);
    register(&mut key, 2);
    drop(key);
    let text = std::fs::read_to_string(scratch.file()).expect("a file");
    std::fs::write(
        scratch.file(),
        text.replacen("example.com", "example.org", 1),
    )
    .expect("written");
    let error = FileStore::open(&scratch.file(), None).expect_err("damaged");
    assert!(
        matches!(error, StoreError::Damaged { line: 4.., .. }),
        "{error}"
    );
}

#[test]
fn an_encrypted_file_shows_nothing_and_opens_only_with_its_passphrase() {
    let scratch = Scratch::new("sealed");
    let mut key = create(&scratch, Some("correct horse"));
    register(&mut key, 1);
    drop(key);
    let text = std::fs::read_to_string(scratch.file()).expect("a file");
    assert!(!text.contains("example.com"));
    let open = |passphrase: Option<&str>| FileStore::open(&scratch.file(), passphrase);
    assert!(matches!(open(None), Err(StoreError::PassphraseNeeded(_))));
    assert!(matches!(
        open(Some("wrong")),
        Err(StoreError::WrongPassphrase(_))
    ));
    assert_eq!(
        open(Some("correct horse"))
            .expect("opened")
            .state()
            .discoverable_count(),
        1
    );
}

#[test]
fn a_file_is_opened_once_at_a_time_and_never_overwritten() {
    let scratch = Scratch::new("locked");
    let key = create(&scratch, None);
    assert!(matches!(
        FileStore::open(&scratch.file(), None),
        Err(StoreError::InUse(_))
    ));
    drop(key);
    let again = FileStore::create(
        &scratch.file(),
        Profile::default(),
        None,
        &mut SeededEnv::new(1),
    );
    assert!(matches!(again, Err(StoreError::Io { .. })));
    assert!(FileStore::open(&scratch.file(), None).is_ok());
}

#[test]
fn a_long_journal_is_rewritten_without_loss() {
    let scratch = Scratch::new("long");
    let mut key = create(&scratch, None);
    register(&mut key, 1);
    let device = key.store().state().device().expect("a device").clone();
    for _ in 0..1100 {
        let change = crate::store::Change::Device(Box::new(device.clone()));
        key.store_mut().commit(vec![change]).expect("written");
    }
    let last = sign(&mut key);
    let long = std::fs::metadata(scratch.file()).expect("a file").len();
    drop(key);
    let mut key = open(&scratch, None);
    assert!(std::fs::metadata(scratch.file()).expect("a file").len() < long / 10);
    assert!(matches!(
        FileStore::open(&scratch.file(), None),
        Err(StoreError::InUse(_))
    ));
    assert!(sign(&mut key) > last);
}
