//! Counting what `cargo test` reports.

/// Sums over all test binaries and steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
}

impl Totals {
    /// A step that passes or fails as a whole.
    pub fn step(&mut self, passed: bool) {
        match passed {
            true => self.passed += 1,
            false => self.failed += 1,
        }
    }

    pub fn add(&mut self, other: &Totals) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }

    /// Counts a line such as `test result: ok. 22 passed; 0 failed; 0 ignored; …`; any other line
    /// counts nothing.
    pub fn read(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        let Some((_, counts)) = result.split_once(". ") else {
            return;
        };
        for count in counts.split(';') {
            let mut words = count.split_whitespace();
            let number = words.next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                Some("ignored") => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_binaries_are_summed() {
        let mut totals = Totals::default();
        let output = "running 3 tests\ntest a ... ok\n\
            test result: ok. 22 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; \
            finished in 0.10s\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out\n";
        output.lines().for_each(|line| totals.read(line));
        assert_eq!(totals, Totals { passed: 25, failed: 2, ignored: 1 });
    }

    #[test]
    fn a_test_that_prints_numbers_counts_nothing() {
        let mut totals = Totals::default();
        totals.read("5 passed; 5 failed");
        totals.read("test result: unknown");
        assert_eq!(totals, Totals::default());
    }
}
