use super::*;

fn compare(path: &str, operator: Operator, value: Literal) -> Expression {
    Expression::Compare {
        path: path.to_owned(),
        operator,
        value,
    }
}

fn text(value: &str) -> Literal {
    Literal::Text(value.to_owned())
}

#[test]
fn and_binds_closer_than_or_and_not_closest() {
    let a = || Box::new(compare("a", Operator::Equal, Literal::Bare("1".to_owned())));
    let expected = Expression::Or(
        a(),
        Box::new(Expression::And(Box::new(Expression::Not(a())), a())),
    );
    assert_eq!(parse("a eq 1 or not a eq 1 and a eq 1"), Ok(expected));
}

#[test]
fn quotes_are_doubled_inside_texts() {
    let expected = compare("displayName", Operator::Equal, text("O'Neil (x), y"));
    assert_eq!(parse("displayName eq 'O''Neil (x), y'"), Ok(expected));
}

#[test]
fn a_lambda_names_its_member() {
    let inner = compare("", Operator::Equal, text("x"));
    let expected = Expression::Any {
        path: "servicePrincipalNames".to_owned(),
        condition: Some(Box::new(inner)),
    };
    assert_eq!(
        parse("servicePrincipalNames/any(c:c eq 'x')"),
        Ok(expected.clone())
    );
    assert_eq!(
        parse("servicePrincipalNames/any(c: c eq 'x')"),
        Ok(expected)
    );
}

#[test]
fn dates_keep_their_colons() {
    let date = Literal::Bare("2025-01-01T00:00:00Z".to_owned());
    let expected = compare("createdDateTime", Operator::GreaterOrEqual, date);
    assert_eq!(
        parse("createdDateTime ge 2025-01-01T00:00:00Z"),
        Ok(expected)
    );
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let message = |text| match parse(text) {
        Err(GraphError::Filter(detail)) => detail,
        other => panic!("{text}: {other:?}"),
    };
    insta::assert_snapshot!(
        [
            "",
            "displayName eq",
            "displayName eq 'x",
            "displayName eq 'x' and",
            "eq 'x'",
            "(a eq 1",
            "a eq 1)",
            "frob(a,'x')",
            "a in ()",
            "a in 1",
            "a/some(x:x eq 1)",
            "a eq 'x' 'y'",
        ]
        .map(|text| format!("{text:24} {}", message(text)))
        .join("\n"),
    );
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let deep = format!("{}a eq 1{}", "(".repeat(8000), ")".repeat(8000));
    assert!(parse(&deep).is_err());
    assert!(parse(&"not ".repeat(4000)).is_err());
    assert!(parse(&"a/any(x:".repeat(2000)).is_err());
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader(text: String) {
        let _ = parse(&text);
    }

    #[test]
    fn no_order_of_words_breaks_the_reader(words in proptest::collection::vec(
        proptest::sample::select(vec!["a", "eq", "'x'", "(", ")", "and", "or", "not", "in", ",", "startswith(", "a/any(", "c:", "c", "null", "'"]), 0..20)) {
        let _ = parse(&words.join(" "));
        let _ = parse(&words.concat());
    }
}
