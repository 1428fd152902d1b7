//! The table of `CLIENTS.md`: its rows are written by the tests that reach them, its text by people.
//!
//! A test hands in what it reached. Where that is not what the table says of this test, the file is written anew, and the
//! test fails once: look at the change, and commit it.

use std::sync::{Mutex, PoisonError};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/CLIENTS.md");
const HEAD: &str =
    "| client | version | flow | route | proven | test |\n| --- | --- | --- | --- | --- | --- |\n";

/// One flow of one client by one route.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Row {
    /// Only for the order.
    lowercase: String,
    client: String,
    version: String,
    pub(crate) flow: String,
    route: String,
    proven: String,
    test: String,
}

impl Row {
    pub(crate) fn new(
        client: &str,
        version: &str,
        flow: &str,
        route: &str,
        proven: &str,
        test: &str,
    ) -> Self {
        let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
        Self {
            lowercase: client.trim_start_matches('@').to_lowercase(),
            client: cell(client),
            version: cell(version),
            flow: cell(flow),
            route: cell(route),
            proven: cell(proven),
            test: test.to_owned(),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let cells: Vec<&str> = line
            .strip_prefix("| ")?
            .strip_suffix(" |")?
            .split(" | ")
            .collect();
        match cells.as_slice() {
            [client, version, flow, route, proven, test] => Some(Self::new(
                client,
                version,
                flow,
                route,
                proven,
                test.trim_matches('`'),
            )),
            _ => None,
        }
    }

    fn line(&self) -> String {
        let Self {
            client,
            version,
            flow,
            route,
            proven,
            test,
            ..
        } = self;
        format!("| {client} | {version} | {flow} | {route} | {proven} | `{test}` |\n")
    }
}

/// The text before the rows, the rows, and the text after them.
fn read() -> (String, Vec<Row>, String) {
    let text = std::fs::read_to_string(FILE).expect("the file is in the repository");
    let (before, rest) = text
        .split_once(HEAD)
        .expect("the file has the table's head");
    let rows: Vec<&str> = rest
        .split_inclusive('\n')
        .take_while(|line| line.starts_with("| "))
        .collect();
    let after = &rest[rows.concat().len()..];
    let rows = rows
        .iter()
        .map(|line| Row::parse(line.trim_end()).expect("a line of the table has six cells"))
        .collect();
    (before.to_owned(), rows, after.to_owned())
}

/// Compares what a test reached with its rows. Rows of it that this machine cannot reach stay as they are.
pub(crate) fn record(test: &str, reached: Vec<Row>, out_of_reach: impl Fn(&Row) -> bool) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (before, known, after) = read();
    let mut rows: Vec<Row> = known
        .iter()
        .filter(|row| row.test != test || out_of_reach(row))
        .cloned()
        .chain(reached)
        .collect();
    rows.sort();
    if rows != known {
        let lines: String = rows.iter().map(Row::line).collect();
        std::fs::write(FILE, format!("{before}{HEAD}{lines}{after}"))
            .expect("the repository can be written to");
        unreachable!(
            "{FILE} was out of date for {test} and has been written anew; look at the change and commit it"
        );
    }
}

#[test]
fn each_row_names_a_test_and_stands_once_in_order() {
    let (_, rows, _) = read();
    let sources: String = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it"))
        .unwrap()
        .flatten()
        .filter_map(|entry| std::fs::read_to_string(entry.path()).ok())
        .collect();
    for row in &rows {
        let test = format!("fn {}()", row.test);
        assert!(sources.contains(&test), "no such test: {row:?}");
    }
    for pair in rows.windows(2) {
        assert!(pair[0] < pair[1], "{:?} before {:?}", pair[0], pair[1]);
        let what = |row: &Row| {
            (
                row.client.clone(),
                row.version.clone(),
                row.flow.clone(),
                row.route.clone(),
            )
        };
        assert_ne!(what(&pair[0]), what(&pair[1]), "told twice");
    }
}
