//! How long files, functions and lines may be, and what tests may not do.
//!
//! Tests are not counted: a table of cases is long and still easy to read. Strings are not counted
//! in a line's width: a message is better read whole.

use super::plain::plain;
use super::{Breach, Tree};

/// Lines of a file without its tests: about what one sitting takes in.
const FILE_LINES: usize = 600;
/// Lines of a function.
const FUNCTION_LINES: usize = 60;
/// Characters of a line, without the insides of strings.
const COLUMNS: usize = 100;

pub fn check(tree: &Tree) -> Vec<Breach> {
    let sources = tree.iter().filter(|(path, _)| path.ends_with(".rs"));
    sources.flat_map(|(path, source)| check_source(path, source)).collect()
}

fn check_source(path: &str, source: &str) -> Vec<Breach> {
    let plain = plain(source);
    let tests_from = tests_from(path, &plain);
    let mut breaches = columns(path, source, &plain);
    if tests_from > FILE_LINES {
        let what = format!("{tests_from} lines without tests, at most {FILE_LINES}");
        breaches.push(Breach::new(path, 1, what, "divide the room into a folder by noun"));
    }
    for function in functions(&plain) {
        let lines = function.last_line - function.first_line + 1;
        if function.first_line <= tests_from && lines > FUNCTION_LINES {
            let what = format!("`{}` has {lines} lines, at most {FUNCTION_LINES}", function.name);
            let hint = "give a step of it a name of its own";
            breaches.push(Breach::new(path, function.first_line, what, hint));
        }
    }
    breaches.extend(in_tests(path, &plain, tests_from));
    breaches
}

/// How many lines come before the tests; files of tests have none.
fn tests_from(path: &str, plain: &str) -> usize {
    if path.contains("/tests/") || path.ends_with("/tests.rs") {
        return 0;
    }
    let lines: Vec<&str> = plain.lines().collect();
    let begin = lines.windows(2).position(|pair| {
        let declares = pair[1].starts_with("mod ") || pair[1].contains(" mod ");
        pair[0] == "#[cfg(test)]" && declares && pair[1].trim_end().ends_with('{')
    });
    begin.unwrap_or(lines.len())
}

fn columns(path: &str, source: &str, plain: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (index, (line, code)) in source.lines().zip(plain.lines()).enumerate() {
        let comment = line.trim_start().starts_with("//") && !line.contains("://");
        // Blanked strings are spaces in `code`: what is left is the width of the code itself.
        let code: String = code.split("  ").filter(|part| !part.is_empty()).collect();
        let width = if comment { line.chars().count() } else { code.chars().count() };
        if width > COLUMNS {
            let what = format!("{width} columns, at most {COLUMNS}");
            breaches.push(Breach::new(path, index + 1, what, "break the line"));
        }
    }
    breaches
}

fn in_tests(path: &str, plain: &str, tests_from: usize) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (index, line) in plain.lines().enumerate().skip(tests_from) {
        if line.trim_start().starts_with("#[ignore") {
            let hint = "mend it or remove it; nothing is skipped in silence";
            breaches.push(Breach::new(path, index + 1, "an ignored test", hint));
        }
        if line.contains("sleep(") {
            let hint = "wait for the event itself, or pass the time in";
            breaches.push(Breach::new(path, index + 1, "a test that sleeps", hint));
        }
    }
    breaches
}

#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    first_line: usize,
    last_line: usize,
}

/// Every function with a body, in the order of the file.
fn functions(plain: &str) -> Vec<Function> {
    let mut functions = Vec::new();
    for (at, _) in plain.match_indices("fn ") {
        let before = plain[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &plain[at + 3..];
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
        if let Some(length) = body_end(rest).filter(|_| !name.is_empty()) {
            let first_line = plain[..at].matches('\n').count() + 1;
            let last_line = first_line + rest[..length].matches('\n').count();
            functions.push(Function { name, first_line, last_line });
        }
    }
    functions
}

/// Where the body that follows a signature closes; `None` for a declaration without body.
fn body_end(rest: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut brackets = 0usize;
    for (at, c) in rest.char_indices() {
        match c {
            '[' | '(' => brackets += 1,
            ']' | ')' => brackets = brackets.saturating_sub(1),
            ';' if depth == 0 && brackets == 0 => return None,
            '{' => depth += 1,
            '}' if depth <= 1 => return (depth == 1).then_some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, source: &str) -> Vec<String> {
        check_source(path, source).iter().map(Breach::to_string).collect()
    }

    #[test]
    fn a_long_function_is_told_by_name() {
        let source =
            format!("fn short() {{}}\n\nfn long(x: [u8; 2]) {{\n{}}}\n", "    x;\n".repeat(59));
        assert_eq!(
            told("crates/a/src/lib.rs", &source),
            ["crates/a/src/lib.rs:3: `long` has 61 lines, at most 60 — \
              give a step of it a name of its own"]
        );
        let source = source.replacen("    x;\n", "", 1);
        assert_eq!(told("crates/a/src/lib.rs", &source), Vec::<String>::new());
    }

    #[test]
    fn a_file_is_measured_without_its_tests() {
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "// a\n".repeat(600));
        let code = "const A: u8 = 1;\n".repeat(600);
        assert_eq!(told("crates/a/src/lib.rs", &format!("{code}{tests}")), Vec::<String>::new());
        let longer = format!("{code}const B: u8 = 1;\n{tests}");
        assert_eq!(told("crates/a/src/lib.rs", &longer).len(), 1);
        assert_eq!(told("crates/a/tests/all.rs", &longer), Vec::<String>::new());
    }

    #[test]
    fn a_line_is_measured_without_its_strings() {
        let message = format!("    let a = \"{}\";\n", "x".repeat(200));
        assert_eq!(told("crates/a/src/lib.rs", &message), Vec::<String>::new());
        let name = format!("    let {} = 1;\n", "x".repeat(100));
        assert!(told("crates/a/src/lib.rs", &name)[0].contains("columns, at most 100"));
        let comment = format!("// {}\n", "x".repeat(100));
        assert_eq!(told("crates/a/src/lib.rs", &comment).len(), 1);
    }

    #[test]
    fn tests_neither_sleep_nor_are_ignored() {
        let source = "#[cfg(test)]\nmod tests {\n    #[ignore]\n    fn a() { sleep(1); }\n}\n";
        assert_eq!(told("crates/a/src/lib.rs", source).len(), 2);
        assert_eq!(told("crates/a/src/lib.rs", "fn a() { sleep(1); }\n"), Vec::<String>::new());
    }

    #[test]
    fn functions_without_body_and_function_types_are_passed_over() {
        let source = "trait A { fn a(&self); fn b(&self) {} }\nstruct B { c: fn(u8) -> u8 }\n";
        let names: Vec<String> = functions(source).into_iter().map(|f| f.name).collect();
        assert_eq!(names, ["b"]);
    }
}
